-- Which conversation does a bare id of Echat mean?
--
-- Echat sends one conversation as 1_5987809 in most pushes and as 5987809 in chatEnd, chatAnswer and chatScore;
-- 1_5987809 and 3_5987809 are different conversations. A row for each number of a source that exactly one prefixed
-- id has; a number that several have is not here, since nothing says which of them is meant.
CREATE OR REPLACE VIEW bare_conversation_id AS
SELECT
  c.source_id AS source_id,
  assumeNotNull(c.conversation_number) AS bare_id,
  assumeNotNull(any(c.conversation_id)) AS conversation_id
FROM conversation_latest AS c
WHERE c.conversation_number IS NOT NULL AND position(c.conversation_id, '_') > 0
GROUP BY c.source_id, c.conversation_number
HAVING uniqExact(c.conversation_id) = 1
