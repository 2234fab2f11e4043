-- How fast was each channel on each day? A row for each source, day and channel of the conversations that began on the day
-- and that staff served; the day is of Asia/Shanghai, where both vendors' customers are.
--
-- The conversations are those of agent_day: no robots', no left messages, none that the visitor left in the queue.
-- Figures are of the whole conversation, in ms, over the conversations that have the figure: how many these are stands
-- beside them. A conversation that nobody answered has no first response. Handle time is human_handle_ms, or total_ms
-- where the vendor does not send it. The channel is UNKNOWN where the vendor never told.
CREATE OR REPLACE VIEW channel_day AS
SELECT
  c.source_id AS source_id,
  toDate32(c.began_at, 'Asia/Shanghai') AS day,
  c.channel AS channel,
  count() AS conversations,
  avg(c.wait_ms) AS average_wait_ms,
  count(c.wait_ms) AS waits,
  avg(c.first_response_ms) AS average_first_response_ms,
  count(c.first_response_ms) AS first_responses,
  avg(coalesce(c.human_handle_ms, c.total_ms)) AS average_handle_ms,
  count(coalesce(c.human_handle_ms, c.total_ms)) AS handles
FROM conversation_state AS c
WHERE
  c.kind NOT IN ('ROBOT', 'LEAVE_MESSAGE')
  AND c.queue_state != 'ABANDONED'
  AND c.end_reason != 'QUEUE_ABANDONED'
GROUP BY source_id, day, channel
