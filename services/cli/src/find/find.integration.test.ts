import { first, second } from '../../testing/vendors.ts';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { RecentPushes } from '@sluice/raw-event/recent-pushes';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';
import { recentPushes } from './ingress.ts';
import { jsonLines, startSluice, type Ended } from '../../testing/run-sluice.ts';

jest.setTimeout(180_000);

const rating = (id: string, score = 5): string =>
  `<xml><chatRecordId>${id}</chatRecordId><chatScore>${score}</chatScore></xml>`;

let stream: TestStream;
let ops: Server;
/** What ingress says that it remembers. */
const remembered: RecentPushes = {
  sinceMs: 0,
  pushes: [
    {
      ...{ atMs: 1_000, requestId: 'asked-for', source: `shop-${first}`, address: '192.0.2.7' },
      ...{ kind: 'refused', outcome: 'unauthorized', status: 401, reason: 'signature', deadLetters: [] },
    },
  ],
};

const place = (): string[] => {
  const { servers } = stream;
  return [
    ...[...stream.place, '--sources', stream.sourcesFile],
    ...['--clickhouse', servers.clickhouseUrl, '--elasticsearch', servers.elasticsearchUrl],
  ];
};
const find = (id: string, ...more: string[]): Promise<Ended> =>
  startSluice(['find', id, ...place(), ...more]).ended;
const jsonOf = async (id: string, ...more: string[]) =>
  jsonLines<Record<string, unknown>>((await find(id, '--json', ...more)).stdout);

beforeAll(async () => {
  stream = await createTestStream();
  await stream.push(first, 'chatScore', rating('1_41'));
  await stream.push(first, 'chatScore', '<xml><chatRecordId>1_42</chatRecordId>');
  await stream.push(
    second,
    'msg',
    '{"type":"msg","content":[{"msgid":"m-43","cid":"c-43","msg":"您好"},{"msgid":"m-44","cid":"c-43","msg":"在吗"}]}',
  );
  await stream.start('normalizer', 'sink-clickhouse', 'sink-elasticsearch');
  await stream.settled();
  await stream.elasticsearch('POST', `${stream.stream}-*/_refresh`);
  ops = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://ops');
    const pushes = remembered.pushes.filter(
      ({ requestId }) => (searchParams.get('request') ?? requestId) === requestId,
    );
    response.end(
      pathname === '/metrics' ? 'sluice_spool_records 3\n' : JSON.stringify({ ...remembered, pushes }),
    );
  });
  await once(ops.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  ops.close();
  await stream.remove();
});
const opsUrl = (): string => `http://127.0.0.1:${(ops.address() as AddressInfo).port}`;

test('a conversation is told with its push, its event, and where that is in both stores', async () => {
  const { code, stdout, stderr } = await find('1_41');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [push, request, event, ...sums] = stdout.trimEnd().split('\n');
  expect(push).toMatch(/^\S+\.raw\.\w+\/\d+\/\d+ {2}\S+Z {2}shop-\w+ {2}chatScore {2}unsigned, plain$/);
  expect(request).toMatch(/^ {2}request \S+, \d+ bytes: <xml><chatRecordId>1_41</);
  expect(event).toMatch(
    /^ {2}rating\.v1 rating\.given [\da-f-]{36} {2}ClickHouse: version \d+ {2}Elasticsearch: version \d+$/,
  );
  expect(sums).toEqual([
    '1 push, 1 event, 0 dead letters.',
    expect.stringMatching(/^Raw records were read from \S+Z on \(--since\): 3\.$/),
  ]);
});

test('every id of one push finds it: of the request, the event, a message, the payload', async () => {
  const [push] = await jsonOf('m-43');
  const { record, events } = push as {
    record: { requestId: string; payloadHash: string };
    events: { eventId: string }[];
  };
  expect(events).toHaveLength(2);
  for (const id of [record.requestId, record.payloadHash, ...events.map(({ eventId }) => eventId), 'm-44'])
    expect((await jsonOf(id))[0]).toEqual(push);
});

test('what the stores have is found though its raw record was not read', async () => {
  const [push] = await jsonOf('c-43', '--since', '2100-01-01');
  expect(push).toMatchObject({ of: 'push', record: { sourceId: `shop-${second}` } });
  expect((push as { events: object[] }).events).toHaveLength(2);
});

test('a push that became a dead letter is told with it', async () => {
  const { code, stdout } = await find('1_42');
  expect(code).toBe(0);
  expect(stdout).toMatch(/ the mapping rejects parts of it: NOT_XML\n/);
  expect(stdout).toMatch(
    /\ndead letter {2}\d+\/\d+ {2}\S+Z {2}NORMALIZER {2}NOT_XML {2}shop-\w+ {2}chatScore\n {2}/,
  );
  expect(stdout).toMatch(/\n1 push, 0 events, 1 dead letter\.\n/);
});

test('a request that was refused is told by what ingress remembers, with what waits in its spool', async () => {
  const { code, stdout } = await find('asked-for', '--ingress-ops', opsUrl());
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^1970-01-01T00:00:01\.000Z {2}shop-\w+ {2}from 192\.0\.2\.7 {2}401 signature: its signature matches no live token/,
  );
  expect(stdout).toContain('Its spool holds 3 pushes that wait for Kafka.');
  const nobody = 'http://127.0.0.1:2';
  const refused = await startSluice(['refused', '--ingress-ops', `${opsUrl()},${nobody}`]).ended;
  expect(refused.stdout).toMatch(/ 401 signature: /);
  expect(refused.stdout).toMatch(/Ingress at http:\/\/127\.0\.0\.1:2 \(--ingress-ops\) gave no answer: /);
  expect(refused.code).toBe(3);
  const silent = await startSluice(['refused', '--ingress-ops', nobody]).ended;
  expect([silent.code, silent.stdout, silent.stderr]).toEqual([
    69,
    '',
    expect.stringMatching(
      /^Ingress at http:\/\/127\.0\.0\.1:2 \(--ingress-ops\) gave no answer: .*ECONNREFUSED/,
    ),
  ]);
});

test('a name that stands for several pods stands for all of them', async () => {
  const resolve = () =>
    Promise.resolve(['127.0.0.1', '127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })));
  const url = opsUrl().replace('127.0.0.1', 'ingress-pods');
  const { requests, notes } = await recentPushes([url], {}, resolve);
  expect(requests).toHaveLength(2);
  expect(notes.filter((note) => note.includes('127.0.0.2'))).toEqual([
    expect.stringMatching(/gave no answer: .*ECONNREFUSED/),
  ]);
  const gone = await recentPushes([url], {}, () => Promise.reject(new Error('no such name')));
  expect(gone.notes).toEqual([`Ingress at ${url} (--ingress-ops) gave no answer: no such name.`]);
});

test('what is nowhere is said to be nowhere, with where was looked', async () => {
  const { code, stderr } = await find('nobody-has-this');
  expect([code, stderr]).toEqual([
    1,
    'nobody-has-this was found nowhere: in no raw record that was read, no dead letter, no row or document of ClickHouse and Elasticsearch, and no request that ingress remembers.\n',
  ]);
});

test('an event that a store lacks ends it with 3, and it says who has not done it', async () => {
  await stream.stop('sink-elasticsearch');
  await stream.push(first, 'chatScore', rating('1_45'));
  await stream.settled();
  const behind = await find('1_45');
  expect(behind.stdout).toMatch(/ClickHouse: version \d+ {2}Elasticsearch: not there\n/);
  expect(behind.stdout).toMatch(/\n {2}sink-elasticsearch is 1 records behind in \S+\.rating\.v1\/\d+\.\n/);
  expect([behind.code, behind.stderr]).toEqual([3, '1 event is not in a store: see above.\n']);

  await stream.stop('normalizer');
  await stream.push(first, 'chatScore', rating('1_46'));
  const unread = await find('1_46');
  expect(unread.stdout).toMatch(/\n {2}normalizer is 1 records behind in \S+\.raw\.\w+\/\d+\.\n/);
  expect(unread.code).toBe(3);
});
