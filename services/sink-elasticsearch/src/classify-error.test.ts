import { classifyItem } from './classify-error.ts';

// Parsing, nested, strict, shard limit, name, closed and not-found answers are recorded from Elasticsearch 8.19.21;
// the others have the form that its source gives them, or are what nobody knows.

test.each([
  [201, 'created'],
  [200, 'updated'],
])('%i is written: %s', (status) => {
  expect(classifyItem({ status })).toEqual({ outcome: 'written' });
});

test('a version conflict is stale', () => {
  const error = {
    type: 'version_conflict_engine_exception',
    reason: '[x]: version conflict, current version [2] is higher than the one provided [1]',
  };
  expect(classifyItem({ status: 409, error })).toEqual({ outcome: 'stale' });
});

test.each([
  [
    'document_parsing_exception',
    "[1:23] failed to parse field [score] of type [integer] in document with id 'x'. Preview of field's value: 'five'",
    'document_parsing_exception in field score',
  ],
  [
    'document_parsing_exception',
    '[1:28] The number of nested documents has exceeded the allowed limit of [2]. This limit can be set by changing the [index.mapping.nested_objects.limit] index level setting.',
    'document_parsing_exception',
  ],
  [
    'strict_dynamic_mapping_exception',
    '[1:12] mapping set to strict, dynamic introduction of [secret] within [_doc] is not allowed',
    'strict_dynamic_mapping_exception',
  ],
  [
    'illegal_argument_exception',
    'Document contains at least one immense term in field="page_url" (whose UTF8 encoding is longer than the max length 32766), all of which were skipped.',
    'illegal_argument_exception in field page_url',
  ],
  [
    'illegal_argument_exception',
    'DocValuesField "meta.entity_key" is too large, must be <= 32766',
    'illegal_argument_exception in field meta.entity_key',
  ],
  [
    'x_content_parse_exception',
    '[1:20000001] String value length (20054016) exceeds the maximum allowed (20000000)',
    'x_content_parse_exception',
  ],
])('is about the document: %s: %s', (type, reason, told) => {
  expect(classifyItem({ status: 400, error: { type, reason } })).toEqual({
    outcome: 'rejected',
    detail: `Elasticsearch refused it: ${told}.`,
  });
});

test.each([
  [400, 'validation_exception', 'Validation Failed: 1: something else;'],
  [400, 'invalid_index_name_exception', 'Invalid index name [A], must be lowercase'],
  [400, 'nobody_knows_exception', 'new'],
  [
    403,
    'cluster_block_exception',
    'index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];',
  ],
  [403, 'cluster_block_exception', 'blocked by: [FORBIDDEN/6/cluster read-only (api)];'],
  [403, 'security_exception', 'action [indices:data/write/bulk[s]] is unauthorized'],
  [404, 'index_not_found_exception', 'no such index [x] and [action.auto_create_index] is [false]'],
  [409, 'nobody_knows_exception', 'new'],
  [
    429,
    'cluster_block_exception',
    'index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark];',
  ],
  [429, 'es_rejected_execution_exception', 'rejected execution of coordinating operation'],
  [500, 'document_parsing_exception', 'with a status that it never has'],
  [503, 'unavailable_shards_exception', '[x][0] primary shard is not active Timeout: [1m]'],
])('nothing is known: %i %s', (status, type, reason) => {
  expect(classifyItem({ status, error: { type, reason } })).toEqual({ outcome: 'unknown' });
});

test.each([
  [
    400,
    'validation_exception',
    'Validation Failed: 1: this action would add [2] shards, but this cluster currently has [1000]/[1000] maximum normal shards open;',
  ],
  [
    400,
    'validation_exception',
    'Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [999]/[1000] maximum shards open;',
  ],
  [400, 'index_closed_exception', 'closed'],
  [400, 'illegal_argument_exception', 'number of documents in the index cannot exceed 2147483519'],
  [403, 'cluster_block_exception', 'index [x] blocked by: [FORBIDDEN/5/index read-only (api)];'],
  [403, 'cluster_block_exception', 'index [x] blocked by: [FORBIDDEN/8/index write (api)];'],
])('is about one index, and another one may take the document: %i %s', (status, type, reason) => {
  expect(classifyItem({ status, error: { type, reason } })).toEqual({ outcome: 'no-place' });
});

test('a status that is no success, without an error, is not known', () => {
  expect(classifyItem({ status: 302 })).toEqual({ outcome: 'unknown' });
});
