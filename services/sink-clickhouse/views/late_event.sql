-- Which days' figures changed after they were closed? A row for each source, table and day with events that came late.
--
-- An event is late when it was received more than 3 days after the end of its day, in Asia/Shanghai. The views of a span
-- (agent_day_between and its like) read events from 3 days before it to 3 days after it, and from 6 days before it where
-- they ask for a message's or a visit's conversation. So a day is closed 7 days after its end: its figures change no
-- more, unless there is a row here of a day from 6 days before it to 3 days after it; last_received_at says when the
-- last such event came. An event that was sent again counts by its last receipt, also when nothing in it changed. An
-- event without a time of its own is of the day of its receipt, and never late.
CREATE OR REPLACE VIEW late_event AS
WITH seen AS (
  SELECT 'conversation' AS topic, source_id, occurred_at, received_at FROM conversation_latest
  UNION ALL
  SELECT 'message' AS topic, source_id, occurred_at, received_at FROM message_latest
  UNION ALL
  SELECT 'rating' AS topic, source_id, occurred_at, received_at FROM rating_latest
  UNION ALL
  SELECT 'visit' AS topic, source_id, occurred_at, received_at FROM visit_latest
  UNION ALL
  SELECT 'page_view' AS topic, source_id, occurred_at, received_at FROM page_view_latest
  UNION ALL
  SELECT 'wrap_up' AS topic, source_id, occurred_at, received_at FROM wrap_up_latest
  UNION ALL
  SELECT 'call' AS topic, source_id, occurred_at, received_at FROM call_latest
  UNION ALL
  SELECT 'staff_action' AS topic, source_id, occurred_at, received_at FROM staff_action_latest
)
SELECT
  source_id,
  toDate32(occurred_at, 'Asia/Shanghai') AS day,
  topic,
  count() AS events,
  max(received_at) AS last_received_at
FROM seen
WHERE toRelativeDayNum(received_at, 'Asia/Shanghai') > toRelativeDayNum(occurred_at, 'Asia/Shanghai') + 3
-- between: AND occurred_at >= {from: DateTime64(3, 'Asia/Shanghai')} AND occurred_at < {to: DateTime64(3, 'Asia/Shanghai')}
GROUP BY source_id, day, topic
