-- What is known of each conversation by now? A row for each conversation of a source.
--
-- The steps of a conversation (STARTED, ANSWERED, TRANSFERRED, ENDED, RECORDED) are merged: each column has the
-- newest value that one of them sent, by the vendor's time, then by the time of receipt; an empty text and UNKNOWN
-- count as not sent. The agent's three columns are of one step, so that they are one agent's: the newest that names
-- one, of a transfer who took it. agent is the first of them that is known: id, account, name. The department's two columns are of one step too. phase is that of the newest
-- step; began_at is the first known of requested, started, answered and ended, else the newest step's time.
--
-- A bare id (5987809) belongs to the conversation with a prefix (1_5987809) that bare_conversation_id names;
-- where it names none, it is a row of its own: position(conversation_id, '_') = 0 counts them. Where the id has a prefix
-- that prefix is the kind. Events without an id are left out. Durations are in ms, times in UTC.
-- A vendor sends 0 ms also for answers that were never given: where it counts no answer, or no message of staff, there
-- is no such figure. An agent whom the vendor names by e-mail has the id that agent_identity tells.
--
-- The table is read once and joined with nothing large: the steps with one number stand in one group, which holds what
-- they sent as compact arrays, and the rule of bare_conversation_id is applied within it.
CREATE OR REPLACE VIEW conversation_state AS
WITH
steps AS (
  SELECT
    c.source_id AS source_id,
    coalesce(c.conversation_number, c.conversation_id) AS number,
    -- The vendor's time, then the version, as one number: what compares fast and needs little memory.
    bitShiftLeft(
      toUInt128(if(isNull(c.occurred_at), 0, toUnixTimestamp64Milli(assumeNotNull(c.occurred_at)) + 10000000000000)),
      64
    ) + c.version AS newness,
    -- No answer of staff.
    c.response_count = 0 OR c.staff_message_count = 0 AS unanswered,
    (
      assumeNotNull(c.conversation_id),
      isNotNull(c.conversation_number),
      transform(
        toString(c.kind),
        ['HUMAN', 'BUSY', 'LEAVE_MESSAGE', 'ROBOT'],
        ['HUMAN', 'HUMAN', 'LEAVE_MESSAGE', 'ROBOT'],
        ''
      ),
      toUnixTimestamp64Milli(coalesce(c.occurred_at, c.received_at))
    ) AS sent,
    -- What figures are made of. Positions 2 and 3 are one agent, and the parts of all agents.
    (
      newness,
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
      ),
      arrayZip(
        c.staff_shares.staff_id,
        c.staff_shares.staff_account,
        c.staff_shares.staff_name,
        c.staff_shares.first_response_ms,
        c.staff_shares.average_response_ms,
        c.staff_shares.handle_ms,
        c.staff_shares.visitor_message_count,
        c.staff_shares.staff_message_count
      ),
      c.phase,
      c.occurred_at,
      c.conversation_number,
      nullIf(c.kind, 'UNKNOWN'),
      nullIf(c.channel, 'UNKNOWN'),
      c.requested_at,
      c.started_at,
      c.answered_at,
      c.ended_at,
      nullIf(c.end_reason, 'UNKNOWN'),
      nullIf(c.queue_state, 'UNKNOWN'),
      c.total_ms,
      c.wait_ms,
      if(unanswered, NULL, c.first_response_ms),
      if(unanswered, NULL, c.average_response_ms),
      c.human_handle_ms
    ) AS figure,
    -- What a conversation was about. A query that asks for figures alone does not keep it.
    (
      newness,
      (nullIf(c.department_id, ''), nullIf(c.department_name, '')),
      c.vendor_id,
      c.tenant,
      nullIf(c.channel_code, ''),
      nullIf(c.subchannel_name, ''),
      nullIf(c.opening, 'UNKNOWN'),
      nullIf(c.entrance, ''),
      nullIf(c.visitor_id, ''),
      nullIf(c.visitor_name, ''),
      nullIf(c.partner_id, ''),
      nullIf(c.visitor_province, ''),
      nullIf(c.visitor_city, ''),
      nullIf(c.search_engine, 'UNKNOWN'),
      nullIf(c.search_keyword, ''),
      nullIf(c.landing_page_url, ''),
      nullIf(c.page_url, ''),
      nullIf(c.page_title, ''),
      nullIf(c.route_id, ''),
      nullIf(c.route_name, ''),
      nullIf(c.robot_id, ''),
      nullIf(c.robot_name, ''),
      c.visitor_message_count,
      c.staff_message_count,
      c.rating_invited
    ) AS detail
  FROM conversation_latest AS c
  LEFT JOIN agent_identity AS a ON a.source_id = c.source_id AND a.event_id = c.event_id
  WHERE c.conversation_id != ''
),
numbers AS (
  SELECT
    s.source_id AS source_id,
    groupArray(s.sent) AS sents,
    groupArray(s.figure) AS figures,
    groupArray(s.detail) AS details
  FROM steps AS s
  GROUP BY s.source_id, s.number
),
candidates AS (
  SELECT
    n.*,
    -- Each conversation with a prefix: its id, kind, first and last time.
    arrayMap(
      id -> (
        id,
        transform(
          splitByChar('_', id)[1],
          ['1', '2', '3', '5'],
          ['HUMAN', 'HUMAN', 'LEAVE_MESSAGE', 'ROBOT'],
          ''
        ),
        arrayMin(arrayMap(sent -> if(sent.1 = id, sent.4, 9223372036854775807), n.sents)),
        arrayMax(arrayMap(sent -> if(sent.1 = id, sent.4, -9223372036854775808), n.sents))
      ),
      arrayDistinct(arrayFilter((id, is_numbered) -> is_numbered AND position(id, '_') > 0, n.sents.1, n.sents.2))
    ) AS prefixed
  FROM numbers AS n
),
resolved AS (
  SELECT
    c.*,
    arrayMap(
      sent -> if(
        NOT sent.2 OR position(sent.1, '_') > 0,
        sent.1,
        coalesce(
          nullIf(
            arraySort(
              arrayFilter(
                near -> near.1 <= 7 * 86400000,
                arrayMap(
                  one -> (
                    greatest(0, one.3 - sent.4, sent.4 - one.4),
                    least(999, toUInt32OrZero(splitByChar('_', one.1)[1])),
                    one.1
                  ),
                  arrayFilter(one -> sent.3 IN ('', one.2), c.prefixed)
                )
              )
            )[1].3,
            ''
          ),
          sent.1
        )
      ),
      c.sents
    ) AS meant
  FROM candidates AS c
),
conversations AS (
  SELECT
    r.source_id AS source_id,
    conversation_id,
    arrayReverseSort(arrayFilter((step, id) -> id = conversation_id, r.figures, r.meant)) AS figures,
    arrayReverseSort(arrayFilter((step, id) -> id = conversation_id, r.details, r.meant)) AS details
  FROM resolved AS r
  ARRAY JOIN arrayDistinct(r.meant) AS conversation_id
)
SELECT
  c.source_id AS source_id,
  c.conversation_id AS conversation_id,
  c.details.3[1] AS vendor_id,
  c.details.4[1] AS tenant,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.6) AS conversation_number,
  c.figures.4[1] AS phase,
  arraySort(arrayDistinct(c.figures.4)) AS phases,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.5) AS last_step_at,
  coalesce(
    if(
      isNull(conversation_number) OR position(c.conversation_id, '_') = 0,
      NULL,
      transform(
        splitByChar('_', c.conversation_id)[1],
        ['1', '2', '3', '5'],
        ['HUMAN', 'BUSY', 'LEAVE_MESSAGE', 'ROBOT'],
        NULL
      )
    ),
    arrayFirstOrNull(sent -> isNotNull(sent), c.figures.7),
    'UNKNOWN'
  ) AS kind,
  ifNull(arrayFirstOrNull(sent -> isNotNull(sent), c.figures.8), 'UNKNOWN') AS channel,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.5) AS channel_code,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.6) AS subchannel_name,
  ifNull(arrayFirstOrNull(sent -> isNotNull(sent), c.details.7), 'UNKNOWN') AS opening,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.8) AS entrance,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.9) AS visitor_id,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.10) AS visitor_name,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.11) AS partner_id,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.12) AS visitor_province,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.13) AS visitor_city,
  ifNull(arrayFirstOrNull(sent -> isNotNull(sent), c.details.14), 'UNKNOWN') AS search_engine,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.15) AS search_keyword,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.16) AS landing_page_url,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.17) AS page_url,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.18) AS page_title,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.19) AS route_id,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.20) AS route_name,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.21) AS robot_id,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.22) AS robot_name,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.9) AS requested_at,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.10) AS started_at,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.11) AS answered_at,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.12) AS ended_at,
  ifNull(arrayFirstOrNull(sent -> isNotNull(sent), c.figures.13), 'UNKNOWN') AS end_reason,
  ifNull(arrayFirstOrNull(sent -> isNotNull(sent), c.figures.14), 'UNKNOWN') AS queue_state,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.15) AS total_ms,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.16) AS wait_ms,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.17) AS first_response_ms,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.18) AS average_response_ms,
  arrayFirstOrNull(sent -> isNotNull(sent), c.figures.19) AS human_handle_ms,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.23) AS visitor_message_count,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.24) AS staff_message_count,
  arrayFirstOrNull(sent -> isNotNull(sent), c.details.25) AS rating_invited,
  arrayFirst(one -> isNotNull(coalesce(one.1, one.2, one.3)), c.figures.2).1 AS staff_id,
  arrayFirst(one -> isNotNull(coalesce(one.1, one.2, one.3)), c.figures.2).2 AS staff_account,
  arrayFirst(one -> isNotNull(coalesce(one.1, one.2, one.3)), c.figures.2).3 AS staff_name,
  coalesce(staff_id, staff_account, staff_name) AS agent,
  arrayFirst(one -> isNotNull(coalesce(one.1, one.2)), c.details.2).1 AS department_id,
  arrayFirst(one -> isNotNull(coalesce(one.1, one.2)), c.details.2).2 AS department_name,
  coalesce(requested_at, started_at, answered_at, ended_at, last_step_at) AS began_at,
  arrayFirst(parts -> notEmpty(parts), c.figures.3).1 AS `staff_shares.staff_id`,
  arrayFirst(parts -> notEmpty(parts), c.figures.3).2 AS `staff_shares.staff_account`,
  arrayFirst(parts -> notEmpty(parts), c.figures.3).3 AS `staff_shares.staff_name`,
  arrayFirst(parts -> notEmpty(parts), c.figures.3).4 AS `staff_shares.first_response_ms`,
  arrayFirst(parts -> notEmpty(parts), c.figures.3).5 AS `staff_shares.average_response_ms`,
  arrayFirst(parts -> notEmpty(parts), c.figures.3).6 AS `staff_shares.handle_ms`,
  arrayFirst(parts -> notEmpty(parts), c.figures.3).7 AS `staff_shares.visitor_message_count`,
  arrayFirst(parts -> notEmpty(parts), c.figures.3).8 AS `staff_shares.staff_message_count`
FROM conversations AS c
-- between: WHERE began_at >= {from: DateTime64(3, 'Asia/Shanghai')} AND began_at < {to: DateTime64(3, 'Asia/Shanghai')}
