import { readFileSync } from 'node:fs';
import { cases, casesNamed } from './catalogue.ts';
import { pageFile } from './report/page-file.ts';
import { renderPage } from './report/render-page.ts';
import { readResults, resultKey, withResult, type Result } from './report/results.ts';
import { kafkaClients } from '@sluice/kafka/client';

/** What must exist, by the words in which it was asked for. */
const wanted: Record<string, readonly string[]> = {
  'SIGKILL at 200 seeded random points under load': ['ingress-sigkill'],
  'all brokers killed for 60 s, then back': ['all-brokers-killed'],
  'ingress started within 5 s with 1 GB spooled': ['spool-restart-1gb'],
  'spool disk full, out of inodes, read-only': ['spool-disk-full', 'spool-no-inodes', 'spool-read-only'],
  'kill during spool write and truncation at every byte of the last record': ['spool-torn-tail'],
  'one flipped byte in the middle': ['spool-flipped-byte'],
  'broker stopped (SIGSTOP) 45 s with 50 sends in flight': ['broker-sigstop'],
  'SIGTERM under load': ['ingress-sigterm'],
  'min.insync.replicas not met': ['min-isr-not-met'],
  'broker slowed to 1 Mbit/s for 5 min with bounded memory': ['broker-slow'],
  'body at limit, limit+1, 10×, chunked': ['body-sizes'],
  'clock jumps ±1 h': ['clock-jumps'],
  'slow headers, slow body, slow read with 500 connections': ['slow-headers', 'slow-body', 'slow-read'],
  'wrong, long, short, upper-case, missing, repeated signature': ['wrong-signatures'],
  'timestamp/nonce boundary shift': ['nonce-boundary-shift'],
  'exact replay inside the window, outside it, and same signature with another body (each policy)': [
    'replay-inside-window',
    'replay-outside-window-accept',
    'replay-outside-window-keep-apart',
    'replay-outside-window-refuse',
    'same-signature-other-body-accept',
    'same-signature-other-body-keep-apart',
    'same-signature-other-body-refuse',
  ],
  'every byte of a ciphertext flipped': ['ciphertext-flipped'],
  "another tenant's message (by policy)": ['other-tenant-accept', 'other-tenant-keep-apart'],
  'XML and JSON bombs': ['xml-and-json-bombs'],
  'typed texts that would forge fields': ['forged-fields'],
  'keys rotated under load': ['key-rotation-under-load'],
  'amplification, superlinear time and long names at full size': [
    'amplification',
    'superlinear-time',
    'long-names',
  ],
  'events of more than 1,000 months': ['odd-months'],
  'a flood by one source': ['flood-of-one-source'],
  'stale and reused signatures, kept apart and redriven': ['stale-and-reused'],
  'a stream whose topic is gone beside one whose topic is there': ['stream-topic-gone'],
  'a registry that takes connections and never answers': ['registry-hangs'],
  'ClickHouse answers 200 with an exception in the body': ['clickhouse-200-exception'],
  'a start on a backlog of a million events within the memory limit': ['backlog-in-limit'],
  'one partition blocked while 20 others carry load': ['one-partition-blocked'],
  'one table or index that never answers': ['one-table-hangs', 'one-index-hangs'],
  'a record that blocks its partition, skipped by an operator': ['partition-skip'],
  'compressed body': ['compressed-body'],
  'CR/LF, ANSI and bidi in headers and fields': ['control-characters'],
  'a partition leader of three brokers killed 20 times': ['leader-killed'],
  'rolling restart of three brokers, clean and SIGKILL': ['rolling-restart-clean', 'rolling-restart-sigkill'],
  'answers swallowed after the write was done': ['produce-answers-swallowed'],
  'black-holed broker for 2 min': ['broker-black-holed'],
  'connection resets for 1 min, and 30 % packet loss': ['connection-resets', 'packet-loss'],
  'topic deleted, partitions added while running': ['topic-deleted', 'partitions-added'],
  'offsets expired': ['offsets-expired'],
  "a foreign producer's gzip, zstd, snappy and lz4 batches and a 1 GB gzip bomb": [
    'foreign-gzip-batch',
    'foreign-zstd-batch',
    'foreign-snappy-batch',
    'foreign-lz4-batch',
    'gzip-bomb',
  ],
  'SIGKILL at 200 seeded points with two instances': [
    'normalizer-sigkill',
    'sink-clickhouse-sigkill',
    'sink-elasticsearch-sigkill',
  ],
  'SIGSTOP past the session time-out, takeover, SIGCONT': ['worker-sigstop'],
  'poison message that throws, hangs, is huge': ['poison-throws', 'poison-hangs', 'poison-huge'],
  'dead-letter topic away': ['dead-letter-topic-away'],
  'rebalance every 5 s for 2 min': ['rebalance-every-5s'],
  'registry away at start and in flight': ['registry-away-at-start', 'registry-away-in-flight'],
  'ClickHouse killed mid-insert, answer cut after commit, too many parts, read-only, table missing, type error in one row of 1,000':
    [
      'clickhouse-killed-mid-insert',
      'clickhouse-answer-cut',
      'clickhouse-too-many-parts',
      'clickhouse-read-only',
      'clickhouse-table-missing',
      'clickhouse-type-error',
    ],
  'Elasticsearch killed mid-bulk, 429 both kinds, mixed item results, mapping conflict, index blocked': [
    'elasticsearch-killed-mid-bulk',
    'elasticsearch-429-request',
    'elasticsearch-429-item',
    'elasticsearch-mixed-items',
    'elasticsearch-mapping-conflict',
    'elasticsearch-index-blocked',
  ],
  'replay of everything from offset 0': ['replay-from-zero'],
  'two releases with different schemas rolling both ways': ['rolling-schemas'],
  'rebuild of both stores from the raw topics': ['rebuild-stores'],
  '20 min of seeded random faults': ['random-faults'],
};

test.each(Object.entries(wanted))('%s: is in the catalogue', (_words, names) => {
  const known = cases.map(({ name }) => name);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

test('no two cases have one name', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

test('a name that is no case is refused', () => {
  expect(() => casesNamed(['nothing'])).toThrow('There is no case nothing');
  expect(casesNamed(['ingress-sigkill'])).toHaveLength(1);
});

test('docs/reference/faults.md shows the results as they are: npm run faults writes both', () => {
  expect(readFileSync(pageFile, 'utf8')).toBe(renderPage(cases, readResults()));
});

test('results are of cases that exist', () => {
  const known = new Set(cases.flatMap(({ name }) => kafkaClients.map((client) => resultKey(name, client))));
  expect(Object.keys(readResults()).filter((name) => !known.has(name))).toEqual([]);
});

test('a short run takes only the place of a short run', () => {
  const result = (short: boolean, date: string): Result => ({
    ...{ command: '', date, seed: '1', short, outcome: 'pass', reason: '' },
    ...{ acknowledged: 1, lost: 0, duplicatesBefore: 0, duplicatesAfter: 0 },
    ...{ recoverySeconds: null, restarts: 0, peakMemoryMb: 1 },
  });
  const short = withResult({}, 'a', result(true, 'first'));
  expect(withResult(short, 'a', result(true, 'second')).a?.date).toBe('second');
  const full = withResult(short, 'a', result(false, 'third'));
  expect(withResult(full, 'a', result(true, 'fourth')).a?.date).toBe('third');
});

test('a case that could not be run takes no place of one that ran, and gives its own to any', () => {
  const result = (outcome: Result['outcome']): Result => ({
    ...{ command: '', date: '', seed: '1', short: false, outcome, reason: 'needs root' },
    ...{ acknowledged: null, lost: null, duplicatesBefore: null, duplicatesAfter: null },
    ...{ recoverySeconds: null, restarts: 0, peakMemoryMb: 0 },
  });
  expect(withResult({ a: result('fail') }, 'a', result('not-run')).a?.outcome).toBe('fail');
  expect(withResult({ a: result('not-run') }, 'a', { ...result('pass'), short: true }).a?.outcome).toBe(
    'pass',
  );
  const [one] = cases;
  expect(renderPage(cases, { [one!.name]: result('not-run') })).toContain('| not run: needs root |');
});
