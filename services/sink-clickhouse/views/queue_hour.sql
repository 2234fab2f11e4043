-- How did the queue do in each hour? A row for each source and hour in which a conversation that waited began; the
-- hour is of Asia/Shanghai, where both vendors' customers are.
--
-- waited: conversations that were queued, by queue_state, by a wait of more than 0 ms, by having been ANSWERED in a
-- step of its own (sent only of queued ones) or by having been abandoned. abandoned: the visitor left the
-- queue. answered: the others of which an answer is known; what is left was waiting when last heard of. Waits are in
-- ms, over the conversations of which the vendor tells it. Robots and left messages have no queue where a conversation comes in steps: a wait that is
-- sent of them does not count. A record of the whole says of each conversation whether it was queued, and of one that a robot had and
-- whose visitor left the queue that staff did not receive it (human_recep_flag 0): it waited.
CREATE OR REPLACE VIEW queue_hour AS
WITH queued AS (
  SELECT
    c.source_id AS source_id,
    c.began_at AS began_at,
    c.wait_ms AS wait_ms,
    c.queue_state = 'ABANDONED' OR c.end_reason = 'QUEUE_ABANDONED' AS was_abandoned,
    NOT was_abandoned AND (c.queue_state = 'ANSWERED' OR isNotNull(c.answered_at)) AS was_answered
  FROM conversation_state AS c
  WHERE
    c.queue_state IN ('ANSWERED', 'ABANDONED')
    OR (
      c.kind NOT IN ('ROBOT', 'LEAVE_MESSAGE')
      AND (
        c.end_reason = 'QUEUE_ABANDONED'
        OR (c.queue_state = 'UNKNOWN' AND (c.wait_ms > 0 OR has(c.phases, 'ANSWERED')))
      )
    )
)
SELECT
  q.source_id AS source_id,
  toStartOfHour(q.began_at, 'Asia/Shanghai') AS hour,
  count() AS waited,
  countIf(q.was_answered) AS answered,
  countIf(q.was_abandoned) AS abandoned,
  avg(q.wait_ms) AS average_wait_ms,
  max(q.wait_ms) AS max_wait_ms
FROM queued AS q
GROUP BY source_id, hour
