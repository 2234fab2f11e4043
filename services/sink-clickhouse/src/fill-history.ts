/** Invented events, evenly over a time. */
export interface History {
  readonly conversations: number;
  /** When the first conversation begins and by when the last one has begun, epoch ms. */
  readonly from: number;
  readonly to: number;
}

/** Of each statement, so that the server's memory holds the rows of one. */
const conversationsAtOnce = 250_000;

/**
 * Statements that fill a migrated database, for measuring: the server invents the rows itself. Of five conversations
 * three come in steps and two as one record. One has 2.3 steps on average, a message, and in part a rating, or a visit with
 * pages. Ends and ratings of the first have bare ids; the robots' counter is a tenth behind the others, so that each of
 * its numbers is a human conversation's too, of another time.
 */
export function fillHistory({ conversations, from, to }: History): string[] {
  const statements: string[] = [];
  for (let first = 0; first < conversations; first += conversationsAtOnce) {
    const count = Math.min(conversationsAtOnce, conversations - first);
    const invented = `(${conversationsSql(first, count, { conversations, from, to })})`;
    statements.push(...[steps, ratings, messages, visits, pageViews].map((rows) => rows(invented)));
  }
  return statements;
}

/** A row for each conversation: its number `n`, when it began, ids, kind and agent. */
function conversationsSql(first: number, count: number, { conversations, from, to }: History): string {
  const behind = Math.floor(conversations / 10);
  return `SELECT
    number AS n,
    fromUnixTimestamp64Milli(toInt64(${from} + intDiv(n * ${to - from}, ${conversations})), 'UTC') AS began_at,
    began_at + INTERVAL 10 MINUTE AS ended_at,
    n % 5 < 3 AS in_steps,
    multiIf(n % 25 = 0, '2', n % 25 = 1, '3', n % 25 = 2 AND n >= ${behind}, '5', '1') AS prefix,
    toString(if(prefix = '5', n - ${behind}, n)) AS bare,
    lower(hex(sipHash128('conversation', n))) AS cid,
    if(in_steps, concat(prefix, '_', bare), cid) AS id,
    n % 200 AS agent,
    ['WEB', 'WECHAT', 'APP', 'MOBILE_WEB'][1 + n % 4] AS channel
  FROM numbers(${first}, ${count})`;
}

/** The columns that every event has, of the event `name` of conversation n. */
const metaColumns =
  'event_id, vendor, data_type, event_type, source_id, entity_key, occurred_at, received_at, version';
const meta = (name: string, { source, key, at }: { source: string; key: string; at: string }) =>
  `reinterpretAsUUID(sipHash128(${name}, n)), 'UNKNOWN', 'invented', 'invented', ${source},
   ${key}, ${at}, assumeNotNull(coalesce(${at}, ended_at)) + INTERVAL 1 SECOND AS received,
   toUInt64(toUnixTimestamp64Milli(received)) * 1000`;
const source = "if(in_steps, 'steps-shop', 'records-shop')";

const steps = (invented: string): string => `INSERT INTO conversation (
    ${metaColumns}, conversation_id, conversation_number, phase, kind, channel, visitor_id, staff_id, staff_account,
    staff_name, staff_shares.staff_id, requested_at, started_at, answered_at, ended_at, end_reason, wait_ms, total_ms,
    queue_state, response_count, first_response_ms, human_handle_ms, page_url, transcript
  )
  SELECT
    ${meta('phase', { source, key: 'sent_id', at: 'at' })},
    sent_id, if(in_steps, bare, NULL), phase,
    if(in_steps, ['HUMAN', 'HUMAN', 'LEAVE_MESSAGE', '', 'ROBOT'][toUInt8(prefix)], if(n % 10 = 3, 'ROBOT', 'HUMAN')),
    if(phase = 'STARTED' OR NOT in_steps, channel, 'UNKNOWN'),
    if(phase = 'STARTED' OR NOT in_steps, lower(hex(sipHash64(n % 1000003))), NULL),
    if(in_steps AND phase = 'STARTED' AND prefix = '1', toString(agent), NULL),
    if(NOT in_steps, concat('agent', toString(agent), '@shop'), NULL),
    if(NOT in_steps OR phase = 'STARTED', concat('客服', toString(agent)), NULL),
    if(in_steps, [], [lower(hex(sipHash128('agent', agent)))]),
    if(phase = 'STARTED', began_at, NULL), if(in_steps, NULL, began_at), if(phase = 'ANSWERED', at, NULL),
    if(phase = 'ENDED' OR NOT in_steps, c.ended_at, NULL),
    if(phase = 'ENDED' OR NOT in_steps, if(n % 30 = 0, 'QUEUE_ABANDONED', 'VISITOR_CLOSED'), 'UNKNOWN'),
    if(phase = 'ENDED' OR NOT in_steps, if(n % 6 = 0, n % 90000, 0), NULL),
    if(phase = 'ENDED' OR NOT in_steps, 600000, NULL),
    if(in_steps, 'UNKNOWN', if(n % 6 = 0, 'ANSWERED', 'NOT_QUEUED')), if(in_steps, NULL, n % 7),
    if(phase = 'ENDED' OR NOT in_steps, n % 60000, NULL), if(in_steps, NULL, 500000),
    if(phase = 'STARTED', concat('https://shop.example/item/', toString(n % 10007)), NULL),
    if(phase = 'RECORDED' AND in_steps, repeat('访客>2026-01-10 10:00:01\\n您好\\n', 3), NULL)
  FROM ${invented} AS c
  ARRAY JOIN
    if(in_steps, arrayConcat(['STARTED', 'ENDED', 'RECORDED'], if(n % 6 = 0, ['ANSWERED'], [])), ['RECORDED']) AS phase
  ARRAY JOIN
    [if(in_steps AND phase IN ('ANSWERED', 'ENDED'), bare, id)] AS sent_id,
    [multiIf(phase = 'STARTED', began_at, phase = 'ANSWERED', began_at + INTERVAL 1 MINUTE, c.ended_at)] AS at`;

const ratings = (invented: string): string => `INSERT INTO rating (
    ${metaColumns}, conversation_id, conversation_number, target_role, staff_id, staff_name, score, nps_score, solved
  )
  SELECT
    ${meta("'rating'", { source, key: 'if(in_steps, bare, id)', at: 'if(in_steps AND n % 2 = 0, NULL, ended_at)' })},
    if(in_steps, bare, id), if(in_steps, bare, NULL), 'STAFF',
    if(in_steps, toString(agent), lower(hex(sipHash128('agent', agent)))), concat('客服', toString(agent)),
    1 + n % 5, if(in_steps, NULL, n % 11), if(in_steps, 'UNKNOWN', 'SOLVED')
  FROM ${invented} AS c
  WHERE intDiv(n, 5) % 5 = 0 AND prefix != '5'`;

const messages = (invented: string): string => `INSERT INTO message (
    ${metaColumns}, conversation_id, conversation_number, ordinal, message_id, kind, sent_at, sender_role, text
  )
  SELECT
    ${meta("'message'", { source, key: 'id', at: 'began_at' })},
    id, if(in_steps, bare, NULL), if(in_steps, 1, NULL), if(in_steps, NULL, cid), 'TEXT', began_at, 'VISITOR', '您好'
  FROM ${invented} AS c`;

const visits = (invented: string): string => `INSERT INTO visit (
    ${metaColumns}, visit_id, phase, left_at, conversation_ids
  )
  SELECT
    ${meta("'visit'", { source, key: "concat('v', toString(n))", at: 'ended_at' })},
    concat('v', toString(n)), 'LEFT', c.ended_at, [id]
  FROM ${invented} AS c
  WHERE in_steps AND intDiv(n, 5) % 6 = 0`;

const pageViews = (invented: string): string => `INSERT INTO page_view (
    ${metaColumns}, visit_id, ordinal, viewed_at, page_url, page_title
  )
  SELECT
    ${meta("concat('page', toString(ordinal))", { source, key: "concat('v', toString(n))", at: 'viewed_at' })},
    concat('v', toString(n)), ordinal, viewed_at, concat('https://shop.example/item/', toString((n + ordinal) % 10007)),
    '商品'
  FROM ${invented} AS c
  ARRAY JOIN [0, 1] AS ordinal
  ARRAY JOIN [c.began_at - INTERVAL 2 - ordinal MINUTE] AS viewed_at
  WHERE in_steps AND intDiv(n, 5) % 6 = 0`;
