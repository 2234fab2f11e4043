import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { findSchemaIds } from '@sluice/canonical-event/registry';
import { encodeNewer, newerSchemaOf } from '@sluice/canonical-event/testing/newer-schema';
import { createPublisher } from '@sluice/kafka/publisher';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { subjectOf, topicOf } from '@sluice/schemas/topics';
import { sampleEvent } from '@sluice/sink/testing/sample-items';
import { jsonLines } from '../testing/run-sluice.ts';
import { createTestStream, type TestStream } from '../testing/test-stream.ts';

jest.setTimeout(180_000);

let one: TestStream;
let newerId = 0;
beforeAll(async () => {
  one = await createTestStream();
  const subject = subjectOf(one.stream, 'rating.v1');
  const answer = await fetch(`${one.servers.registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(newerSchemaOf('rating.v1')) }),
  });
  newerId = ((await answer.json()) as { id: number }).id;

  const topic = topicOf(one.stream, 'rating.v1');
  const publisher = createPublisher(one.kafka.connection, [topic]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  const ids = await findSchemaIds({ url: one.servers.registryUrl }, one.stream, ['rating.v1']);
  const encode = createEncoder('rating.v1', ids.get('rating.v1') ?? 0);
  const eventOf = (number: number) =>
    sampleEvent('rating.v1', { event_id: `00000000-0000-5000-8000-00000000000${number}` });
  for (const value of [encode(eventOf(1)), encodeNewer('rating.v1', newerId, eventOf(2)), encode(eventOf(3))])
    await publisher.publish({ topic, key: Buffer.from('one partition'), value, headers: {} });
  await publisher.close();
});
afterAll(() => one.remove());

const blocked = async (): Promise<{ error: string; isExact: boolean }[]> => {
  const { stdout } = await one.sluice('partitions', 'list', '--json', ...one.place.slice(0, 2), '--stream', one.stream); // prettier-ignore
  const states = jsonLines<{ group?: string; blocked: { error: string; isExact: boolean } | null }>(stdout);
  return states.flatMap((state) => (state.group === 'sink-clickhouse' ? (state.blocked ?? []) : []));
};
const stored = async (): Promise<string[]> => {
  const text = await one.clickhouse(
    `SELECT toString(event_id) FROM ${one.stream}.rating_latest ORDER BY 1 FORMAT TSV`,
  );
  return text.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(-1)]));
};
const message = (): string =>
  `Schema ${newerId} of rating.v1 is newer than this release, which does not know the symbol NEXT of `;

test('a sink blocks the partition at an event of a newer schema, also when it is started again, until it is told to read it', async () => {
  for (let starts = 0; starts < 2; starts += 1) {
    await one.start('sink-clickhouse');
    await waitUntil('the record blocks', async () => (await blocked())[0]?.isExact === true, 60_000);
    const error = (await blocked())[0]?.error;
    expect(error).toContain(message());
    expect(error).toContain('Its events wait for an upgrade. SLUICE_NEWER_SCHEMAS=read stores them');
    expect(await stored()).toEqual(['1']);
    await one.stop('sink-clickhouse');
  }
  await one.startWith({ SLUICE_NEWER_SCHEMAS: 'read' }, 'sink-clickhouse');
  await one.settled();
  expect([await stored(), await blocked()]).toEqual([['1', '2', '3'], []]);
});

test.each([
  ['the topics', () => []],
  ['the raw topics', () => ['--from-raw', '--sources', one.sourcesFile]],
])('a rebuild from %s is refused before anything is changed', async (_name, options) => {
  const rebuild = (...more: string[]) =>
    one.sluice(
      ...['rebuild', 'clickhouse', 'rating.v1', '--clickhouse', one.servers.clickhouseUrl],
      ...[...one.place, ...options(), ...more, '--dry-run'],
    );
  const { code, stderr } = await rebuild();
  expect([code, stderr]).toEqual([1, expect.stringContaining(message())]);
  expect(stderr).toContain('Rebuild with that release, or give --newer-schemas read');
  expect(await rebuild('--newer-schemas', 'read')).toMatchObject({ code: 0, stderr: '' });
});
