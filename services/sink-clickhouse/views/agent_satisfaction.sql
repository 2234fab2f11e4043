-- How content are visitors with each agent? A row for each agent of a source; ratings of robots do not count.
--
-- Of several ratings of one conversation the newest counts, by the vendor's time, or its receipt where there is none.
-- average_score is 1 to 5; share_satisfied is the share of scores of 4 and 5. nps is the share of 9 and 10 less the share
-- of 0 to 6, -100 to 100 (nps_ratings have such a score; Sobot always sends nps_score: a 0 beside stars is none).
-- share_solved is the share of "solved" in what visitors answered, solved or unsolved (solved_answers of
-- them). Shares are 0 to 1. A figure is null where nothing was said. agent is the id, else the account, else the
-- name, and null where the rating does not say whom it is of: Echat names nobody once the conversation is over.
CREATE OR REPLACE VIEW agent_satisfaction AS
WITH newest AS (
  SELECT
    r.* EXCEPT (nps_score),
    if(r.nps_score = 0 AND r.score IS NOT NULL, NULL, r.nps_score) AS nps_score,
    coalesce(nullIf(r.staff_id, ''), nullIf(r.staff_account, ''), nullIf(r.staff_name, '')) AS agent,
    if(b.conversation_id != '', b.conversation_id, r.entity_key) AS conversation
  FROM rating_latest AS r
  LEFT JOIN (
    SELECT source_id, event_id, conversation_id FROM bare_conversation_id WHERE topic = 'rating.v1'
  ) AS b ON b.source_id = r.source_id AND b.event_id = r.event_id
  WHERE r.target_role != 'ROBOT' AND NOT (isNotNull(r.conversation_number) AND startsWith(conversation, '5_'))
  ORDER BY coalesce(r.occurred_at, r.received_at) DESC, r.version DESC
  LIMIT 1 BY
    r.source_id,
    r.event_type,
    if(conversation = '', toString(r.event_id), conversation),
    -- A bare id of which nobody knows the conversation may be of several.
    if(isNotNull(r.conversation_number) AND position(conversation, '_') = 0, ifNull(agent, ''), '')
)
SELECT
  n.source_id AS source_id,
  n.agent AS agent,
  max(n.staff_id) AS staff_id,
  max(n.staff_account) AS staff_account,
  max(n.staff_name) AS staff_name,
  count() AS ratings,
  count(n.score) AS scores,
  avg(n.score) AS average_score,
  countIf(n.score >= 4) / nullIf(count(n.score), 0) AS share_satisfied,
  count(n.nps_score) AS nps_ratings,
  100 * (countIf(n.nps_score >= 9) - countIf(n.nps_score <= 6)) / nullIf(count(n.nps_score), 0) AS nps,
  countIf(n.solved IN ('SOLVED', 'UNSOLVED')) AS solved_answers,
  countIf(n.solved = 'SOLVED') / nullIf(countIf(n.solved IN ('SOLVED', 'UNSOLVED')), 0) AS share_solved
FROM newest AS n
-- between: WHERE coalesce(n.occurred_at, n.received_at) >= {from: DateTime64(3, 'Asia/Shanghai')}
-- between: AND coalesce(n.occurred_at, n.received_at) < {to: DateTime64(3, 'Asia/Shanghai')}
GROUP BY n.source_id, n.agent
