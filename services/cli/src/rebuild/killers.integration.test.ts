import { first } from '../../testing/vendors.ts';
import { canonicalTopics, topicOf, rawTopicOf } from '@sluice/schemas/topics';
import { deadLetterOf } from '@sluice/stream/dead-letters';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';
import type { RebuildFact } from './facts.ts';

jest.setTimeout(120_000);

let one: TestStream;
beforeAll(async () => {
  one = await createTestStream();
  await one.pushTraffic(60);
  await one.start('normalizer', 'sink-clickhouse', 'sink-elasticsearch');
  await one.settled();
});
afterAll(() => one.remove());

/** What a rebuild tells with `--json`. */
async function factsOf(...args: string[]): Promise<RebuildFact[]> {
  const { code, stdout, stderr } = await one.sluice(
    ...['rebuild', ...args, ...one.place, '--bring-back', '--max-gone', '50', '--json'],
    ...(args.includes('clickhouse')
      ? ['--clickhouse', one.servers.clickhouseUrl]
      : ['--elasticsearch', one.servers.elasticsearchUrl]),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RebuildFact);
}

test('what a service died of is left out by a rebuild of its store alone', async () => {
  const before = [await one.clickhouseContent(), await one.elasticsearchContent()];
  const [message] = await one.kafka.readAll(topicOf(one.stream, 'message.v1'));
  await one.writeDeadLetters(deadLetterOf(message!, 'SINK_CLICKHOUSE', 'POISON_PILL', ''));
  const leftOut = { of: 'left-out', reasons: { POISON_PILL: 1 } };

  const facts = await factsOf('clickhouse', 'message.v1');
  expect(facts).toContainEqual(leftOut);
  expect(facts).toContainEqual(expect.objectContaining({ of: 'counted', topic: 'message.v1' }));
  expect(facts.at(-1)).toEqual({ of: 'done', topics: ['message.v1'] });
  expect((await one.clickhouseContent()).events).toBe(before[0]!.events - 1);
  // The raw record makes the same event again, of which the sink died.
  const fromRaw = ['--from-raw', '--sources', one.sourcesFile];
  expect(await factsOf('clickhouse', 'message.v1', ...fromRaw)).toContainEqual(leftOut);
  expect((await one.clickhouseContent()).events).toBe(before[0]!.events - 1);

  expect(await factsOf('elasticsearch', 'message.v1')).not.toContainEqual(leftOut);
  expect(await one.elasticsearchContent()).toEqual(before[1]);
});

test('a raw record that the normalizer died of is left out by every rebuild from the raw topics', async () => {
  const [raw] = await one.kafka.readAll(topicOf(one.stream, rawTopicOf(first)));
  await one.writeDeadLetters(deadLetterOf(raw!, 'NORMALIZER', 'POISON_PILL', ''));
  const before = await one.elasticsearchContent();
  const facts = await factsOf('elasticsearch', '--from-raw', '--sources', one.sourcesFile);
  expect(facts).toContainEqual({ of: 'left-out', reasons: { POISON_PILL: 1 } });
  expect(facts.at(-1)).toEqual({ of: 'done', topics: [...canonicalTopics] });
  expect((await one.elasticsearchContent()).events).toBeLessThan(before.events);
});
