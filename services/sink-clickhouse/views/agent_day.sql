-- How fast did each agent answer, and how long did they serve, on each day?
--
-- A row for each agent of a source and each day on which their conversations began; the day is of Asia/Shanghai,
-- where both vendors' customers are. Averages are in ms, over the conversations that have the figure: how many these
-- are stands beside them. Robots' conversations and left messages do not count, nor do those that
-- the visitor left in the queue: nobody served them. A conversation that nobody answered has no first response.
--
-- Where the vendor sends each agent's figures (some do, of transferred conversations), an agent has their own. Where
-- it names all agents and gives figures of the whole conversation: they count for the last agent, who is the
-- conversation's own, and so do an agent's own figures where one agent served alone. Handle time is then human_handle_ms, or
-- the conversation's total_ms where the vendor does not send it.
-- agent is the id, that of agent_identity where the event has none, else the account, else the name.
CREATE OR REPLACE VIEW agent_day AS
WITH parts AS (
  SELECT
    c.source_id AS source_id,
    c.conversation_id AS conversation_id,
    toDate32(c.began_at, 'Asia/Shanghai') AS day,
    arrayJoin(
      if(
        arrayExists(
          (response, handle) -> isNotNull(response) OR isNotNull(handle),
          c.staff_shares.first_response_ms,
          c.staff_shares.handle_ms
        ),
        arrayZip(
          c.staff_shares.staff_id,
          c.staff_shares.staff_account,
          c.staff_shares.staff_name,
          arrayMap(
            (response, sent) -> if(sent = 0, NULL, response),
            c.staff_shares.first_response_ms,
            c.staff_shares.staff_message_count
          ),
          c.staff_shares.handle_ms
        ),
        [(c.staff_id, c.staff_account, c.staff_name, c.first_response_ms, coalesce(c.human_handle_ms, c.total_ms))]
      )
    ) AS part
  FROM conversation_state AS c
  WHERE
    c.kind NOT IN ('ROBOT', 'LEAVE_MESSAGE')
    AND c.queue_state != 'ABANDONED'
    AND c.end_reason != 'QUEUE_ABANDONED'
)
SELECT
  p.source_id AS source_id,
  p.day AS day,
  coalesce(nullIf(p.part.1, ''), nullIf(p.part.2, ''), nullIf(p.part.3, '')) AS agent,
  max(p.part.1) AS staff_id,
  max(p.part.2) AS staff_account,
  max(p.part.3) AS staff_name,
  uniqExact(p.conversation_id) AS conversations,
  avg(p.part.4) AS average_first_response_ms,
  count(p.part.4) AS first_responses,
  avg(p.part.5) AS average_handle_ms,
  count(p.part.5) AS handles
FROM parts AS p
WHERE agent IS NOT NULL
GROUP BY p.source_id, p.day, agent
