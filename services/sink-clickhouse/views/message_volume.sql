-- How many messages came through each channel on each day? A row for each source, day and channel; the day is of
-- Asia/Shanghai, where both vendors' customers are.
--
-- The channel is that of the message's conversation, UNKNOWN where the conversation never told. A message counts once:
-- by its id, or by its place in the transcript where it has none, also when a transcript was sent again with more in
-- it; where the transcript names no conversation, each turn of each push counts. Withdrawals are no messages.
CREATE OR REPLACE VIEW message_volume AS
WITH messages AS (
  SELECT
    m.source_id AS source_id,
    argMax(coalesce(m.sent_at, m.occurred_at), m.version) AS sent_at,
    argMax(m.sender_role, m.version) AS sender_role,
    if(b.conversation_id != '', b.conversation_id, ifNull(m.conversation_id, '')) AS conversation_id,
    -- Turns of two kinds of conversations under one bare id, of which nobody knows which they are.
    if(position(conversation_id, '_') = 0, toString(m.data_type), '') AS apart
  FROM message_latest AS m
  LEFT JOIN (
    SELECT source_id, event_id, conversation_id FROM bare_conversation_id WHERE topic = 'message.v1'
  ) AS b ON b.source_id = m.source_id AND b.event_id = m.event_id
  WHERE m.kind != 'REVOKED'
  GROUP BY
    source_id,
    conversation_id,
    apart,
    if(
      conversation_id = '' AND coalesce(m.message_id, '') = '',
      toString(m.event_id),
      coalesce(nullIf(m.message_id, ''), toString(m.ordinal), toString(m.event_id))
    )
)
SELECT
  m.source_id AS source_id,
  toDate32(m.sent_at, 'Asia/Shanghai') AS day,
  if(c.channel = '', 'UNKNOWN', ifNull(c.channel, 'UNKNOWN')) AS channel,
  count() AS messages,
  countIf(m.sender_role = 'VISITOR') AS by_visitors,
  countIf(m.sender_role = 'STAFF') AS by_staff,
  countIf(m.sender_role = 'ROBOT') AS by_robots
FROM messages AS m
LEFT JOIN conversation_state -- between: a week earlier
  AS c ON c.source_id = m.source_id AND c.conversation_id = m.conversation_id
-- between: WHERE m.sent_at >= {from: DateTime64(3, 'Asia/Shanghai')} AND m.sent_at < {to: DateTime64(3, 'Asia/Shanghai')}
GROUP BY source_id, day, channel
