-- Which cards lead to better ratings? A row for each card of a source that staff pushed from a page of theirs.
--
-- Only pushes that the vendor took count. conversations are those that the page named; rated of them were rated by a
-- visitor after the card came first, and of several ratings of one conversation the newest counts (ratings of robots do
-- not). average_score is 1 to 5; average_score_without is that of all other rated conversations of the source, those that
-- were rated before the card came among them, and difference is what the card has above it: it says what goes together,
-- not what causes what. share_satisfied is the share of scores of 4 and 5. share_solved is the share of conversations
-- whose newest mark of staff is 1, of those that have one (marked). Shares are 0 to 1; a figure is null where there is
-- nothing to tell it from. card is its id, else its title. Bare conversation ids are taken for the
-- conversation that bare_conversation_id names. Of a span, the pushes, marks and ratings of its time.
CREATE OR REPLACE VIEW card_outcome AS
WITH
rated AS (
  SELECT
    r.source_id AS source_id,
    if(b.conversation_id != '', b.conversation_id, assumeNotNull(r.conversation_id)) AS conversation,
    r.score AS score,
    coalesce(r.occurred_at, r.received_at) AS rated_at
  FROM rating_latest AS r
  LEFT JOIN (
    SELECT source_id, event_id, conversation_id FROM bare_conversation_id WHERE topic = 'rating.v1'
  ) AS b ON b.source_id = r.source_id AND b.event_id = r.event_id
  WHERE
    r.target_role != 'ROBOT'
    AND r.score IS NOT NULL
    AND coalesce(r.conversation_id, '') != ''
    AND NOT (isNotNull(r.conversation_number) AND startsWith(conversation, '5_'))
    -- between: AND rated_at >= {from: DateTime64(3, 'Asia/Shanghai')} AND rated_at < {to: DateTime64(3, 'Asia/Shanghai')}
  ORDER BY rated_at DESC, r.version DESC
  LIMIT 1 BY source_id, conversation
),
acted AS (
  SELECT
    a.source_id AS source_id,
    a.action AS action,
    coalesce(nullIf(a.card_id, ''), a.card_title, '') AS card,
    a.card_title AS title,
    a.sign AS sign,
    if(b.conversation_id != '', b.conversation_id, coalesce(a.conversation_id, '')) AS conversation,
    coalesce(a.occurred_at, a.received_at) AS acted_at
  FROM staff_action_latest AS a
  LEFT JOIN (
    SELECT source_id, event_id, conversation_id FROM bare_conversation_id WHERE topic = 'staff-action.v1'
  ) AS b ON b.source_id = a.source_id AND b.event_id = a.event_id
  WHERE
    a.result = 'DONE'
    -- between: AND acted_at >= {from: DateTime64(3, 'Asia/Shanghai')} AND acted_at < {to: DateTime64(3, 'Asia/Shanghai')}
),
pushed AS (
  SELECT
    source_id,
    card,
    conversation,
    argMax(title, acted_at) AS title,
    count() AS pushes,
    min(acted_at) AS first_at,
    max(acted_at) AS last_at
  FROM acted
  WHERE action = 'CARD_PUSHED' AND card != ''
  GROUP BY source_id, card, conversation
),
marked AS (
  SELECT source_id, conversation, argMax(sign, acted_at) AS sign
  FROM acted
  WHERE action = 'CONVERSATION_SIGNED' AND conversation != ''
  GROUP BY source_id, conversation
),
every AS (
  SELECT source_id, sum(score) AS score_sum, count() AS scores FROM rated GROUP BY source_id
),
outcome AS (
  SELECT
    p.source_id AS source_id,
    p.card AS card,
    p.conversation AS conversation,
    p.title AS title,
    p.pushes AS pushes,
    p.last_at AS last_at,
    if(p.first_at <= r.rated_at, r.score, NULL) AS score,
    m.sign AS sign
  FROM pushed AS p
  LEFT JOIN rated AS r ON r.source_id = p.source_id AND r.conversation = p.conversation
  LEFT JOIN marked AS m ON m.source_id = p.source_id AND m.conversation = p.conversation
)
SELECT
  o.source_id AS source_id,
  o.card AS card,
  argMax(o.title, o.last_at) AS title,
  sum(o.pushes) AS pushes,
  countIf(o.conversation != '') AS conversations,
  count(o.score) AS rated,
  avg(o.score) AS average_score,
  (any(e.score_sum) - ifNull(sum(o.score), 0)) / nullIf(any(e.scores) - count(o.score), 0) AS average_score_without,
  average_score - average_score_without AS difference,
  countIf(o.score >= 4) / nullIf(count(o.score), 0) AS share_satisfied,
  count(o.sign) AS marked,
  countIf(o.sign = 1) / nullIf(count(o.sign), 0) AS share_solved
FROM outcome AS o
LEFT JOIN every AS e ON e.source_id = o.source_id
GROUP BY o.source_id, o.card
