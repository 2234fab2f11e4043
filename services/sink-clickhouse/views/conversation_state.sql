-- What is known of each conversation by now? A row for each conversation of a source.
--
-- The steps of a conversation (STARTED, ANSWERED, TRANSFERRED, ENDED, RECORDED) are merged: each column has the
-- newest value that one of them sent, by the vendor's time, then by the time of receipt; an empty text and UNKNOWN
-- count as not sent. The agent's three columns are of one step, so that they are one agent's: the newest that names
-- one, of a transfer who took it. The department's two columns are of one step too. phase is that of the newest
-- step; began_at is the first known of requested, started, answered and ended, else the newest step's time.
--
-- A bare id of Echat (5987809) belongs to the conversation with a prefix (1_5987809) that bare_conversation_id names;
-- where it names none, it is a row of its own: position(conversation_id, '_') = 0 counts them. Where the id has a prefix
-- that prefix is the kind. Events without an id are left out. Durations are in ms, times in UTC.
-- A vendor sends 0 ms also for answers that were never given: where it counts no answer, or no message of staff, there
-- is no such figure. An agent whom Sobot names by e-mail has the id that agent_identity tells.
CREATE OR REPLACE VIEW conversation_state AS
WITH
events AS (
  SELECT
    c.*,
    if(b.conversation_id != '', b.conversation_id, assumeNotNull(c.conversation_id)) AS conversation
  FROM conversation_latest AS c
  LEFT JOIN (
    SELECT source_id, event_id, conversation_id FROM bare_conversation_id WHERE topic = 'conversation.v1'
  ) AS b ON b.source_id = c.source_id AND b.event_id = c.event_id
  WHERE c.conversation_id != ''
),
steps AS (
  SELECT
    c.*,
    if(
      isNull(c.conversation_number) OR position(c.conversation, '_') = 0,
      '',
      transform(
        splitByChar('_', c.conversation)[1],
        ['1', '2', '3', '5'],
        ['HUMAN', 'BUSY', 'LEAVE_MESSAGE', 'ROBOT'],
        ''
      )
    ) AS kind_of_prefix,
    -- The vendor's time, then the version, as one number: what compares fast and needs little memory.
    bitShiftLeft(
      toUInt128(if(isNull(c.occurred_at), 0, toUnixTimestamp64Milli(assumeNotNull(c.occurred_at)) + 10000000000000)),
      64
    ) + c.version AS newness,
    if(
      c.phase = 'TRANSFERRED',
      (nullIf(c.to_staff_id, ''), nullIf(c.to_staff_account, ''), nullIf(c.to_staff_name, '')),
      (
        coalesce(
          nullIf(c.staff_id, ''),
          if(length(c.staff_shares.staff_id) = 1 AND c.phase = 'RECORDED', c.staff_shares.staff_id[1], NULL),
          nullIf(a.staff_id, '')
        ),
        nullIf(c.staff_account, ''),
        nullIf(c.staff_name, '')
      )
    ) AS agent,
    (nullIf(c.department_id, ''), nullIf(c.department_name, '')) AS department,
    (
      c.staff_shares.staff_id,
      c.staff_shares.staff_account,
      c.staff_shares.staff_name,
      c.staff_shares.first_response_ms,
      c.staff_shares.average_response_ms,
      c.staff_shares.handle_ms,
      c.staff_shares.visitor_message_count,
      c.staff_shares.staff_message_count
    ) AS shares,
    -- No answer of staff.
    c.response_count = 0 OR c.staff_message_count = 0 AS unanswered
  FROM events AS c
  LEFT JOIN agent_identity AS a ON a.source_id = c.source_id AND a.event_id = c.event_id
),
merged AS (
  SELECT
    s.source_id AS source_id,
    s.conversation AS conversation_id,
    any(s.vendor) AS vendor,
    argMax(s.tenant, s.newness) AS tenant,
    argMax(s.conversation_number, s.newness) AS conversation_number,
    argMax(s.phase, s.newness) AS phase,
    arraySort(groupUniqArray(s.phase)) AS phases,
    argMax(s.occurred_at, s.newness) AS last_step_at,
    coalesce(
      nullIf(any(s.kind_of_prefix), ''),
      toString(argMax(nullIf(s.kind, 'UNKNOWN'), s.newness)),
      'UNKNOWN'
    ) AS kind,
    ifNull(argMax(nullIf(s.channel, 'UNKNOWN'), s.newness), 'UNKNOWN') AS channel,
    argMax(nullIf(s.channel_code, ''), s.newness) AS channel_code,
    argMax(nullIf(s.subchannel_name, ''), s.newness) AS subchannel_name,
    ifNull(argMax(nullIf(s.opening, 'UNKNOWN'), s.newness), 'UNKNOWN') AS opening,
    argMax(nullIf(s.entrance, ''), s.newness) AS entrance,
    argMax(nullIf(s.visitor_id, ''), s.newness) AS visitor_id,
    argMax(nullIf(s.visitor_name, ''), s.newness) AS visitor_name,
    argMax(nullIf(s.partner_id, ''), s.newness) AS partner_id,
    argMax(nullIf(s.visitor_province, ''), s.newness) AS visitor_province,
    argMax(nullIf(s.visitor_city, ''), s.newness) AS visitor_city,
    ifNull(argMax(nullIf(s.search_engine, 'UNKNOWN'), s.newness), 'UNKNOWN') AS search_engine,
    argMax(nullIf(s.search_keyword, ''), s.newness) AS search_keyword,
    argMax(nullIf(s.landing_page_url, ''), s.newness) AS landing_page_url,
    argMax(nullIf(s.page_url, ''), s.newness) AS page_url,
    argMax(nullIf(s.page_title, ''), s.newness) AS page_title,
    argMaxIf(s.agent, s.newness, isNotNull(coalesce(s.agent.1, s.agent.2, s.agent.3))) AS agent,
    argMaxIf(s.department, s.newness, isNotNull(coalesce(s.department.1, s.department.2))) AS department,
    argMax(nullIf(s.route_id, ''), s.newness) AS route_id,
    argMax(nullIf(s.route_name, ''), s.newness) AS route_name,
    argMax(nullIf(s.robot_id, ''), s.newness) AS robot_id,
    argMax(nullIf(s.robot_name, ''), s.newness) AS robot_name,
    argMaxIf(s.shares, s.newness, notEmpty(s.shares.1)) AS shares,
    argMax(s.requested_at, s.newness) AS requested_at,
    argMax(s.started_at, s.newness) AS started_at,
    argMax(s.answered_at, s.newness) AS answered_at,
    argMax(s.ended_at, s.newness) AS ended_at,
    ifNull(argMax(nullIf(s.end_reason, 'UNKNOWN'), s.newness), 'UNKNOWN') AS end_reason,
    ifNull(argMax(nullIf(s.queue_state, 'UNKNOWN'), s.newness), 'UNKNOWN') AS queue_state,
    argMax(s.total_ms, s.newness) AS total_ms,
    argMax(s.wait_ms, s.newness) AS wait_ms,
    argMax(if(s.unanswered, NULL, s.first_response_ms), s.newness) AS first_response_ms,
    argMax(if(s.unanswered, NULL, s.average_response_ms), s.newness) AS average_response_ms,
    argMax(s.human_handle_ms, s.newness) AS human_handle_ms,
    argMax(s.visitor_message_count, s.newness) AS visitor_message_count,
    argMax(s.staff_message_count, s.newness) AS staff_message_count,
    argMax(s.rating_invited, s.newness) AS rating_invited
  FROM steps AS s
  GROUP BY s.source_id, s.conversation
)
SELECT
  m.* EXCEPT (agent, department, shares),
  m.agent.1 AS staff_id,
  m.agent.2 AS staff_account,
  m.agent.3 AS staff_name,
  m.department.1 AS department_id,
  m.department.2 AS department_name,
  coalesce(m.requested_at, m.started_at, m.answered_at, m.ended_at, m.last_step_at) AS began_at,
  m.shares.1 AS `staff_shares.staff_id`,
  m.shares.2 AS `staff_shares.staff_account`,
  m.shares.3 AS `staff_shares.staff_name`,
  m.shares.4 AS `staff_shares.first_response_ms`,
  m.shares.5 AS `staff_shares.average_response_ms`,
  m.shares.6 AS `staff_shares.handle_ms`,
  m.shares.7 AS `staff_shares.visitor_message_count`,
  m.shares.8 AS `staff_shares.staff_message_count`
FROM merged AS m
-- between: WHERE began_at >= {from: DateTime64(3, 'Asia/Shanghai')} AND began_at < {to: DateTime64(3, 'Asia/Shanghai')}
