-- Which pages led to a conversation? A row for each conversation that a visit had, once the visitor has left.
--
-- urls and titles are the pages of the visit up to the moment at which the conversation began, in the order in which
-- they were looked at, and the times beside them, UTC; an address or title that was not sent is ''. A page that the
-- vendor listed again, with the list so far, is there once. Where nobody knows when the conversation began, all pages of
-- the visit. A conversation without such a page is not here. Of a span, the visits that were left in it.
CREATE OR REPLACE VIEW page_path AS
WITH visits AS (
  SELECT DISTINCT v.source_id AS source_id, v.visit_id AS visit_id, arrayJoin(v.conversation_ids) AS conversation_id
  FROM visit_latest AS v
  WHERE
    v.phase = 'LEFT'
    -- between: AND coalesce(v.occurred_at, v.received_at) >= {from: DateTime64(3, 'Asia/Shanghai')}
    -- between: AND coalesce(v.occurred_at, v.received_at) < {to: DateTime64(3, 'Asia/Shanghai')}
),
paths AS (
  SELECT
    v.source_id AS source_id,
    v.visit_id AS visit_id,
    v.conversation_id AS conversation_id,
    any(c.began_at) AS began_at,
    arraySort(
      groupUniqArray(
        (
          ifNull(p.viewed_at, toDateTime64(0, 3, 'UTC')),
          ifNull(p.ordinal, 0),
          ifNull(p.page_url, ''),
          ifNull(p.page_title, '')
        )
      )
    ) AS pages
  FROM visits AS v
  INNER JOIN page_view_latest AS p ON p.source_id = v.source_id AND p.visit_id = v.visit_id
  LEFT JOIN conversation_state -- between: a week earlier
  AS c ON c.source_id = v.source_id AND c.conversation_id = v.conversation_id
  WHERE c.began_at IS NULL OR p.viewed_at IS NULL OR p.viewed_at <= c.began_at
  GROUP BY v.source_id, v.visit_id, v.conversation_id
)
SELECT
  source_id,
  conversation_id,
  visit_id,
  began_at,
  pages.3 AS urls,
  pages.4 AS titles,
  pages.1 AS viewed_at
FROM paths
