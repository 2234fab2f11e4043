-- How content are visitors with each agent? A row for each agent of a source, over the ratings of conversation_rating: of
-- each conversation the newest, none of robots. Its agent is null where the rating does not say whom it is of.
--
-- average_score is 1 to 5; share_satisfied is the share of scores of 4 and 5. nps is the share of 9 and 10 less the share
-- of 0 to 6, -100 to 100 (nps_ratings have such a score). share_solved is the share of "solved" in what visitors
-- answered, solved or unsolved (solved_answers of them). Shares are 0 to 1. A figure is null where nothing was said.
CREATE OR REPLACE VIEW agent_satisfaction AS
SELECT
  r.source_id AS source_id,
  r.agent AS agent,
  max(r.staff_id) AS staff_id,
  max(r.staff_account) AS staff_account,
  max(r.staff_name) AS staff_name,
  count() AS ratings,
  count(r.score) AS scores,
  avg(r.score) AS average_score,
  countIf(r.score >= 4) / nullIf(count(r.score), 0) AS share_satisfied,
  count(r.nps_score) AS nps_ratings,
  100 * (countIf(r.nps_score >= 9) - countIf(r.nps_score <= 6)) / nullIf(count(r.nps_score), 0) AS nps,
  countIf(r.solved IN ('SOLVED', 'UNSOLVED')) AS solved_answers,
  countIf(r.solved = 'SOLVED') / nullIf(countIf(r.solved IN ('SOLVED', 'UNSOLVED')), 0) AS share_solved
FROM conversation_rating AS r
GROUP BY r.source_id, r.agent
