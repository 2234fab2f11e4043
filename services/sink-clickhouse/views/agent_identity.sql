-- Who is an agent that an event names without their id? A row for each such event of which that is known.
--
-- An agent is their id. Some vendors send it in every event. Others send it in ratings, messages and summaries, and in the
-- record of a conversation only within staffids, the list of all who served; the last one stands there by e-mail and
-- name. Of one id in the list it is that one, and conversation_state takes it so. Of several it is the one in the list
-- to whom other events of the source tie the e-mail, on the nearest day; else the name, if it ties to one alone. Where
-- the list is empty it is whoever of the source they tie it to. What ties them is a conversation that one agent served, a
-- rating, a summary or a call that names both, by Asia/Shanghai's days, and none that is further than 7 days away: so who
-- a day's agents are does not change a year later. An agent whose event is not here and has no id is known by account,
-- else by name.
CREATE OR REPLACE VIEW agent_identity AS
WITH
named AS (
  SELECT
    c.source_id AS source_id,
    coalesce(nullIf(c.staff_id, ''), if(length(c.staff_shares.staff_id) = 1, c.staff_shares.staff_id[1], NULL)) AS id,
    c.staff_account AS account,
    c.staff_name AS name,
    coalesce(c.occurred_at, c.received_at) AS at
  FROM conversation_latest AS c
  WHERE c.phase != 'TRANSFERRED'
  UNION ALL
  SELECT r.source_id, r.staff_id AS id, r.staff_account, r.staff_name, coalesce(r.occurred_at, r.received_at) AS at
  FROM rating_latest AS r
  WHERE r.target_role != 'ROBOT'
  UNION ALL
  SELECT w.source_id, w.staff_id AS id, NULL, w.staff_name, coalesce(w.occurred_at, w.received_at) AS at
  FROM wrap_up_latest AS w
  UNION ALL
  SELECT l.source_id, l.staff_id AS id, l.staff_account, l.staff_name, coalesce(l.occurred_at, l.received_at) AS at
  FROM call_latest AS l
),
ties AS (
  SELECT source_id, word, assumeNotNull(id) AS staff_id, toRelativeDayNum(at, 'Asia/Shanghai') AS day
  FROM named
  ARRAY JOIN [('account', ifNull(account, '')), ('name', ifNull(name, ''))] AS word
  WHERE coalesce(id, '') != '' AND word.2 != ''
  GROUP BY source_id, word, staff_id, day
),
known AS (
  SELECT source_id, word, staff_id, day + away AS day, min(abs(away)) AS apart
  FROM ties
  ARRAY JOIN range(-7, 8) AS away
  GROUP BY source_id, word, staff_id, day
),
nameless AS (
  SELECT
    c.source_id AS source_id,
    c.event_id AS event_id,
    c.staff_shares.staff_id AS ids,
    word,
    toRelativeDayNum(coalesce(c.occurred_at, c.received_at), 'Asia/Shanghai') AS day
  FROM conversation_latest AS c
  ARRAY JOIN [('account', ifNull(c.staff_account, '')), ('name', ifNull(c.staff_name, ''))] AS word
  WHERE coalesce(c.staff_id, '') = '' AND length(c.staff_shares.staff_id) != 1 AND word.2 != ''
)
SELECT
  n.source_id AS source_id,
  n.event_id AS event_id,
  if(
    countIf(n.word.1 = 'account') > 0,
    argMinIf(k.staff_id, (k.apart, k.staff_id), n.word.1 = 'account'),
    any(k.staff_id)
  ) AS staff_id
FROM nameless AS n
INNER JOIN known AS k ON k.source_id = n.source_id AND k.word = n.word AND k.day = n.day
WHERE empty(n.ids) OR has(n.ids, k.staff_id)
GROUP BY source_id, event_id
HAVING countIf(n.word.1 = 'account') > 0 OR uniqExact(k.staff_id) = 1
