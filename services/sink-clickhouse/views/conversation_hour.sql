-- When do visitors come? A row for each source, hour and channel in which a conversation began, whether it waited or not;
-- the hour is of Asia/Shanghai, where both vendors' customers are.
--
-- for_staff: conversations with staff, and those that found all staff busy; by_robots: those that no human had;
-- left_messages: messages that were left. A conversation of an unknown kind is in conversations alone. abandoned: the
-- visitor left the queue. The channel is UNKNOWN where the vendor never told.
CREATE OR REPLACE VIEW conversation_hour AS
SELECT
  c.source_id AS source_id,
  toStartOfHour(c.began_at, 'Asia/Shanghai') AS hour,
  c.channel AS channel,
  count() AS conversations,
  countIf(c.kind IN ('HUMAN', 'BUSY')) AS for_staff,
  countIf(c.kind = 'ROBOT') AS by_robots,
  countIf(c.kind = 'LEAVE_MESSAGE') AS left_messages,
  countIf(c.queue_state = 'ABANDONED' OR c.end_reason = 'QUEUE_ABANDONED') AS abandoned
FROM conversation_state AS c
GROUP BY source_id, hour, channel
