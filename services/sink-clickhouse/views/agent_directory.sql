-- Who are the agents? A row for each agent of a source whose id an event of a conversation, a rating, a summary or a call
-- names: the key of every view with agents, beside the newest account and name that came with the id.
--
-- agent is staff_id, as in agent_day, conversation_rating and satisfaction_day. An agent who is known there by account or
-- name alone has no id, and no row here. last_named_at is the newest event that names the id, by the vendor's time, or
-- its receipt where there is none. Robots are no agents. Of a record with staffids, staff_emails and staff_name are those of the
-- only agent in it.
CREATE OR REPLACE VIEW agent_directory AS
WITH named AS (
  SELECT
    c.source_id AS source_id,
    coalesce(c.occurred_at, c.received_at) AS at,
    arrayJoin(
      arrayConcat(
        [
          (
            coalesce(
              nullIf(c.staff_id, ''),
              if(length(c.staff_shares.staff_id) = 1 AND c.phase = 'RECORDED', c.staff_shares.staff_id[1], NULL)
            ),
            c.staff_account,
            c.staff_name
          ),
          (c.from_staff_id, c.from_staff_account, c.from_staff_name),
          (c.to_staff_id, c.to_staff_account, c.to_staff_name)
        ],
        arrayZip(c.staff_shares.staff_id, c.staff_shares.staff_account, c.staff_shares.staff_name)
      )
    ) AS one
  FROM conversation_latest AS c
  UNION ALL
  SELECT
    r.source_id AS source_id,
    coalesce(r.occurred_at, r.received_at) AS at,
    (r.staff_id, r.staff_account, r.staff_name) AS one
  FROM rating_latest AS r
  WHERE r.target_role != 'ROBOT'
  UNION ALL
  SELECT
    w.source_id AS source_id,
    coalesce(w.occurred_at, w.received_at) AS at,
    (w.staff_id, w.staff_account, w.staff_name) AS one
  FROM wrap_up_latest AS w
  UNION ALL
  SELECT
    l.source_id AS source_id,
    coalesce(l.occurred_at, l.received_at) AS at,
    (l.staff_id, l.staff_account, l.staff_name) AS one
  FROM call_latest AS l
)
SELECT
  n.source_id AS source_id,
  assumeNotNull(n.one.1) AS agent,
  agent AS staff_id,
  argMax(nullIf(n.one.2, ''), (n.at, n.one.2)) AS staff_account,
  argMax(nullIf(n.one.3, ''), (n.at, n.one.3)) AS staff_name,
  max(n.at) AS last_named_at
FROM named AS n
WHERE coalesce(n.one.1, '') != ''
-- between: AND n.at >= {from: DateTime64(3, 'Asia/Shanghai')} AND n.at < {to: DateTime64(3, 'Asia/Shanghai')}
GROUP BY source_id, agent
