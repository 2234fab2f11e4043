-- How content are visitors on each day, by channel and agent? A row for each source, day, channel and agent, over the
-- ratings of conversation_rating; the day is that of the rating, of Asia/Shanghai, where the customers are.
--
-- The channel is the rating's own where the vendor sends one, else that of its conversation, UNKNOWN where that
-- never told. Figures are those of agent_satisfaction. To sum rows up, weigh each figure by its count:
-- sum(average_score * scores) / sum(scores).
CREATE OR REPLACE VIEW satisfaction_day AS
SELECT
  r.source_id AS source_id,
  toDate32(r.rated_at, 'Asia/Shanghai') AS day,
  if(r.channel != 'UNKNOWN', r.channel, if(c.channel = '', 'UNKNOWN', ifNull(c.channel, 'UNKNOWN'))) AS channel,
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
LEFT JOIN conversation_state -- between: a week earlier
  AS c ON c.source_id = r.source_id AND c.conversation_id = r.conversation_id
GROUP BY source_id, day, channel, r.agent
