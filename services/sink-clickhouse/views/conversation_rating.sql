-- What did the visitor say of each conversation? A row for each conversation of a source that was rated; ratings of robots
-- do not count. Of several ratings of one conversation the newest counts, by the vendor's time, or its receipt where there
-- is none: rated_at is that time.
--
-- conversation_id is the conversation's own, where bare_conversation_id knows it, and empty where the rating names none:
-- each such rating is a row. agent is the id, else the account, else the name, and null where the rating does not say whom
-- it is of: some vendors name nobody once the conversation is over. nps_score is null beside stars where it is 0: some vendors
-- always send one.
CREATE OR REPLACE VIEW conversation_rating AS
WITH newest AS (
  SELECT
    r.* EXCEPT (nps_score),
    if(r.nps_score = 0 AND r.score IS NOT NULL, NULL, r.nps_score) AS nps_score,
    coalesce(nullIf(r.staff_id, ''), nullIf(r.staff_account, ''), nullIf(r.staff_name, '')) AS agent,
    coalesce(r.occurred_at, r.received_at) AS given_at,
    if(b.conversation_id != '', b.conversation_id, r.entity_key) AS conversation
  FROM rating_latest AS r
  LEFT JOIN (
    SELECT source_id, event_id, conversation_id FROM bare_conversation_id WHERE topic = 'rating.v1'
  ) AS b ON b.source_id = r.source_id AND b.event_id = r.event_id
  WHERE r.target_role != 'ROBOT' AND NOT (isNotNull(r.conversation_number) AND startsWith(conversation, '5_'))
  ORDER BY given_at DESC, r.version DESC
  LIMIT 1 BY
    r.source_id,
    r.event_type,
    if(conversation = '', toString(r.event_id), conversation),
    -- A bare id of which nobody knows the conversation may be of several.
    if(isNotNull(r.conversation_number) AND position(conversation, '_') = 0, ifNull(agent, ''), '')
)
SELECT
  n.source_id AS source_id,
  n.event_id AS event_id,
  n.conversation AS conversation_id,
  n.agent AS agent,
  n.staff_id AS staff_id,
  n.staff_account AS staff_account,
  n.staff_name AS staff_name,
  n.channel AS channel,
  n.given_at AS rated_at,
  n.score AS score,
  n.nps_score AS nps_score,
  n.solved AS solved
FROM newest AS n
-- between: WHERE n.given_at >= {from: DateTime64(3, 'Asia/Shanghai')} AND n.given_at < {to: DateTime64(3, 'Asia/Shanghai')}
