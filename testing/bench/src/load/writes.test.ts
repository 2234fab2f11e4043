import { lastDocument, rawRecordsOf } from './writes.ts';

const bulk = ['e1', 'e2']
  .flatMap((id, at) => [
    { index: { _index: 'sluice-message-2026-01', _id: id, version: 1, version_type: 'external_gte' } },
    { meta: { event_id: id, raw_topic: 's.raw.acme', raw_partition: 3, raw_offset: 40 + at } },
  ])
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

test('an insert names the raw records of its rows', () => {
  const query =
    'INSERT INTO `s`.`message` (`event_id`, `raw_topic`, `list.raw_offset`, `raw_partition`, `raw_offset`) FORMAT JSONCompactEachRow';
  const body = '["e1","s.raw.acme",[1],3,40]\n["e2","s.raw.acme",[],3,"41"]\n';
  expect(rawRecordsOf(`/?query=${encodeURIComponent(query)}`, body)).toEqual([
    's.raw.acme/3/40',
    's.raw.acme/3/41',
  ]);
});

test('a bulk request names the raw records of its documents', () => {
  expect(rawRecordsOf('/_bulk?filter_path=items', bulk)).toEqual(['s.raw.acme/3/40', 's.raw.acme/3/41']);
  expect(lastDocument(bulk)).toEqual({
    index: 'sluice-message-2026-01',
    id: 'e2',
    rawRecord: 's.raw.acme/3/41',
  });
  expect(lastDocument('')).toBeNull();
});
