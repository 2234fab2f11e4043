-- Which conversation does a bare id mean? A row for each event with a bare id of which that is known.
--
-- A vendor may send one conversation as 1_5987809 in most pushes and as 5987809 in its end, answer, rating and
-- transcripts. The prefix is the kind, and each kind has a counter of its own: 1_5987809 and 5_5987809 are different
-- conversations, months apart. An event means the conversation with its number and its kind (1_ and 2_ are human ones;
-- a rating that names staff is of a human one); where the event says no kind, of all with its number. Of several it
-- is the nearest in time, and none that is further than 7 days away. So what a day's events mean does not change when
-- another counter reaches their numbers. An event that is not here keeps its bare id: conversation_state has a row of
-- its own for that.
CREATE OR REPLACE VIEW bare_conversation_id AS
WITH
candidates AS (
  SELECT
    c.source_id AS source_id,
    assumeNotNull(c.conversation_number) AS bare_id,
    assumeNotNull(c.conversation_id) AS conversation_id,
    transform(
      splitByChar('_', assumeNotNull(c.conversation_id))[1],
      ['1', '2', '3', '5'],
      ['HUMAN', 'HUMAN', 'LEAVE_MESSAGE', 'ROBOT'],
      ''
    ) AS kind,
    min(coalesce(c.occurred_at, c.received_at)) AS first_at,
    max(coalesce(c.occurred_at, c.received_at)) AS last_at
  FROM conversation_latest AS c
  WHERE c.conversation_number IS NOT NULL AND position(c.conversation_id, '_') > 0
  GROUP BY source_id, bare_id, conversation_id
),
bare AS (
  SELECT
    'conversation.v1' AS topic,
    c.source_id AS source_id,
    c.event_id AS event_id,
    assumeNotNull(c.conversation_number) AS bare_id,
    transform(
      toString(c.kind),
      ['HUMAN', 'BUSY', 'LEAVE_MESSAGE', 'ROBOT'],
      ['HUMAN', 'HUMAN', 'LEAVE_MESSAGE', 'ROBOT'],
      ''
    ) AS kind,
    coalesce(c.occurred_at, c.received_at) AS at
  FROM conversation_latest AS c
  WHERE c.conversation_number IS NOT NULL AND c.conversation_id = c.conversation_number
  UNION ALL
  SELECT
    'message.v1' AS topic,
    m.source_id AS source_id,
    m.event_id AS event_id,
    assumeNotNull(m.conversation_number) AS bare_id,
    transform(
      toString(m.data_type),
      ['chatContent', 'leaveMsgContent', 'robotChatContent'],
      ['HUMAN', 'LEAVE_MESSAGE', 'ROBOT'],
      ''
    ) AS kind,
    coalesce(m.sent_at, m.occurred_at, m.received_at) AS at
  FROM message_latest AS m
  WHERE m.conversation_number IS NOT NULL AND m.conversation_id = m.conversation_number
  UNION ALL
  SELECT
    'rating.v1' AS topic,
    r.source_id AS source_id,
    r.event_id AS event_id,
    assumeNotNull(r.conversation_number) AS bare_id,
    if(coalesce(r.staff_id, '') = '' AND coalesce(r.staff_name, '') = '', '', 'HUMAN') AS kind,
    coalesce(r.occurred_at, r.received_at) AS at
  FROM rating_latest AS r
  WHERE r.conversation_number IS NOT NULL AND r.conversation_id = r.conversation_number
  UNION ALL
  SELECT
    'staff-action.v1' AS topic,
    a.source_id AS source_id,
    a.event_id AS event_id,
    assumeNotNull(a.conversation_number) AS bare_id,
    '' AS kind,
    coalesce(a.occurred_at, a.received_at) AS at
  FROM staff_action_latest AS a
  WHERE a.conversation_number IS NOT NULL AND a.conversation_id = a.conversation_number
),
pairs AS (
  SELECT
    b.topic AS topic,
    b.source_id AS source_id,
    b.event_id AS event_id,
    b.bare_id AS bare_id,
    c.conversation_id AS conversation_id,
    greatest(
      0,
      toUnixTimestamp64Milli(c.first_at) - toUnixTimestamp64Milli(b.at),
      toUnixTimestamp64Milli(b.at) - toUnixTimestamp64Milli(c.last_at)
    ) AS apart_ms
  FROM bare AS b
  INNER JOIN candidates AS c ON c.source_id = b.source_id AND c.bare_id = b.bare_id
  WHERE b.kind IN ('', c.kind)
)
SELECT
  p.topic AS topic,
  p.source_id AS source_id,
  p.event_id AS event_id,
  any(p.bare_id) AS bare_id,
  -- Of two that are as near, the one of the lower kind.
  argMin(
    p.conversation_id,
    p.apart_ms * 1000 + least(999, toUInt32OrZero(splitByChar('_', p.conversation_id)[1]))
  ) AS conversation_id
FROM pairs AS p
WHERE p.apart_ms <= 7 * 86400000
GROUP BY topic, source_id, event_id
