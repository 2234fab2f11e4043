import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { cloudEventHeaders, replayedHeader } from '@sluice/canonical-event/cloud-events';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { createPublisher, type Publisher } from '@sluice/kafka/publisher';
import { scratchKafka } from '@sluice/kafka/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { endOffsets } from '@sluice/kafka/topics-admin';
import type { Meta } from '@sluice/schemas/schemas';
import { canonicalTopics, subjectOf, topicOf, topics } from '@sluice/schemas/topics';
import { root } from './system.ts';
import * as shown from './subscribers.ts';

const run = promisify(execFile);
const endpoints = testEndpoints();
const kafka = scratchKafka();
const stream = kafka.name();
const topic = topicOf(stream, 'message.v1');
const placesOf = (group: string, from = topic): shown.Places => ({
  brokers: endpoints.kafkaBrokers.join(','),
  registry: endpoints.registryUrl,
  topic: from,
  group,
});

const day = 24 * 60 * 60 * 1000;
const noon = Date.UTC(2026, 10, 21, 12);

/** What is left out takes its default. */
const metaOf = (event: Partial<Meta>): Meta =>
  ({
    event_id: randomUUID(),
    event_type: 'message.sent',
    vendor: 'SOBOT',
    source_id: 'shop-sobot',
    entity_key: 'cid-1',
    occurred_at: noon,
    received_at: noon + 1000,
    mapping_version: 1,
    ...event,
  }) as Meta;

let publish: (events: readonly { meta: Meta; text: string | null }[]) => Promise<void>;
let publisher: Publisher;
/** Holds one record that Sluice did not write. */
let strangeTopic: string;
beforeAll(async () => {
  await kafka.topic({ name: topic, ...topics['message.v1'] });
  strangeTopic = await kafka.topic();
  const ids = await registerSchemas({ url: endpoints.registryUrl }, stream);
  const encode = createEncoder('message.v1', ids.get('message.v1')!);
  publisher = createPublisher(kafka.connection, [topic, strangeTopic]);
  await waitUntil('the publisher knows its topics', () => publisher.ready());
  const strange = { topic: strangeTopic, key: Buffer.from('k'), value: Buffer.from('hello'), headers: {} };
  expect(await publisher.publish(strange)).toMatchObject({ outcome: 'published' });
  publish = async (events) => {
    const outcomes = await Promise.all(
      events.map(({ meta, text }) =>
        publisher.publish({
          topic,
          // As the normalizer's pipeline does.
          key: Buffer.from(`${meta.source_id}/${meta.entity_key || meta.event_id}`),
          value: encode({ meta, text, kind: 'TEXT' }),
          headers: cloudEventHeaders(meta, ''),
        }),
      ),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(events.map(() => 'published'));
  };
}, 60_000);
afterAll(async () => {
  await publisher.close();
  await kafka.remove();
}, 60_000);

describe(shown.pageFile, () => {
  const firstCells = (heading: string): string[] => {
    const [, section = ''] = shown.page.split(`\n## ${heading}\n`);
    return [...section.split('\n## ')[0]!.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
  };

  test('names every canonical topic, and no other', () => {
    expect(firstCells('Topics').sort()).toEqual([...canonicalTopics].sort());
  });

  test('says how long each of them is kept and how large a record may be', () => {
    for (const name of canonicalTopics) {
      const { retentionMs, maxMessageBytes } = topics[name];
      expect(shown.page).toContain(`are kept for ${retentionMs / day} days`);
      expect(shown.page).toContain(`保留 ${retentionMs / day} 天`);
      expect(shown.page).toContain(`up to ${maxMessageBytes / 1024 / 1024} MiB`);
    }
  });

  test('names every header, and no other', () => {
    const sent = cloudEventHeaders(metaOf({}), `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`);
    expect(firstCells('A record').sort()).toEqual([...Object.keys(sent), replayedHeader].sort());
  });

  test('links to the three programs and what they need', () => {
    for (const { program, manifest } of shown.subscribers) {
      expect(shown.page).toContain(`](subscribing/${program})`);
      expect(shown.page).toContain(`](subscribing/${manifest})`);
    }
  });

  test('shows no command that is not tried here', () => {
    const tried = shown.subscribers.map((one) => shown.commandsOf(one).run);
    const others = shown.shownCommands.filter((commands) => !tried.includes(commands.at(-1)!));
    expect(others).toEqual([[expect.stringMatching(/^curl /)]]);
  });

  test('its curl gets the schema', async () => {
    const [command = ''] = shown.shownCommands.find(([first]) => first?.startsWith('curl '))!;
    const { stdout } = await run('sh', ['-c', shown.atPlaces(command, placesOf(''))]);
    const answer = JSON.parse(stdout) as { subject: string; schema: string };
    expect(answer.subject).toBe(subjectOf(stream, 'message.v1'));
    expect(JSON.parse(answer.schema)).toMatchObject({ type: 'record', name: 'Message' });
  });
});

test('consumer.ts type-checks, and its manifest pins what the tests of this repository run', async () => {
  const folder = join(root, 'docs/subscribing');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await expect(run(process.execPath, [tsc, '-p', folder])).resolves.toMatchObject({ stdout: '' });
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(dependencies)) {
    const installed = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
    expect([name, (JSON.parse(installed) as { version: string }).version]).toEqual([name, version]);
  }
}, 60_000);

describe('the consumers', () => {
  /** What every one of them must print for what is published, byte for byte. */
  const expected: string[] = [];
  const lineOf = (meta: Meta, text: string | null): string => {
    const { event_id, event_type, entity_key, occurred_at } = meta;
    const occurredAt = occurred_at === null ? null : new Date(occurred_at).toISOString();
    return JSON.stringify({ event_id, event_type, entity_key, occurred_at: occurredAt, text });
  };
  const publishPrinted = async (event: Partial<Meta>, text: string | null): Promise<string> => {
    const meta = metaOf(event);
    await publish([{ meta, text }]);
    return lineOf(meta, text);
  };

  beforeAll(async () => {
    const words = { meta: metaOf({ occurred_at: noon + 7 }), text: '到还款日,延期3天怎么算 👩‍👩‍👧 "<b>\n' };
    const nothing = { meta: metaOf({ occurred_at: null, entity_key: '' }), text: null };
    const large = { meta: metaOf({ entity_key: 'cid-2' }), text: '字'.repeat(1024 * 1024) };
    const resent = {
      meta: { ...words.meta, received_at: words.meta.received_at + 60_000 },
      text: 'mapped again 🎉',
    };
    const mapped = { meta: { ...resent.meta, mapping_version: 2 }, text: 'mapped better' };
    const early = { meta: metaOf({ entity_key: 'cid-3' }), text: 'the lower version comes last' };
    const late = { meta: { ...early.meta, received_at: early.meta.received_at + 1 }, text: early.text };
    // Copies that are equal or lower follow those that win: nobody may print them.
    await publish([words, nothing, large, late, resent, words, mapped, resent, mapped, early]);
    for (const { meta, text } of [words, nothing, large, late, resent, mapped])
      expected.push(lineOf(meta, text));
  }, 60_000);

  /** Events of several partitions come in any order, the copies of one in theirs. */
  const byEvent = (lines: readonly string[]): string[] =>
    lines
      .map((line) =>
        line.length < 1000 ? line : `${line.slice(0, 60)} ${createHash('sha256').update(line).digest('hex')}`,
      )
      .sort((a, b) => a.slice(0, 60).localeCompare(b.slice(0, 60)));

  const everythingCommitted = async (group: string): Promise<boolean> => {
    const [committed, ends] = await Promise.all([
      kafka.committed(group, topic),
      endOffsets(kafka.connection, topic),
    ]);
    return [...ends].every(([partition, end]) => (committed.get(partition) ?? 0n) === end);
  };

  describe.each(shown.subscribers)('$name', (subscriber) => {
    // Named in the test's own line, so that a report of skipped tests says why.
    const inWords = (what: string): string =>
      subscriber.missing === undefined ? what : `${what} (skipped: ${subscriber.missing})`;
    const testIfPossible = subscriber.missing === undefined ? test : test.skip;
    const group = kafka.name();

    /** Runs the page's command; whatever the test does, the program ends. */
    const consume = async <T>(
      options: string,
      work: (consumer: shown.RunningSubscriber) => Promise<T>,
      places = placesOf(group),
    ): Promise<T> => {
      const folder = await shown.prepareSubscriber(subscriber);
      const command = `${shown.atPlaces(shown.commandsOf(subscriber).run, places)} ${options}`;
      const consumer = shown.startSubscriber(folder, command);
      try {
        return await work(consumer);
      } finally {
        consumer.signal('SIGKILL');
        await consumer.ended;
      }
    };

    testIfPossible(
      inWords('is made ready by the commands of the page'),
      () => shown.prepareSubscriber(subscriber),
      300_000,
    );

    testIfPossible(
      inWords('prints each event in its highest version, commits, and ends on SIGTERM'),
      () =>
        consume('--until-idle-ms 60000', async (consumer) => {
          await waitUntil(
            `${subscriber.program} has committed everything`,
            () => {
              consumer.check();
              return everythingCommitted(group);
            },
            60_000,
          );
          consumer.signal('SIGTERM');
          expect([await consumer.ended, consumer.errors()]).toEqual([
            subscriber.codeAfterSigterm,
            expect.anything(),
          ]);
          expect(byEvent(consumer.lines())).toEqual(byEvent(expected));
        }),
      90_000,
    );

    testIfPossible(
      inWords('goes on after its last commit, and ends after --max lines'),
      async () => {
        const line = await publishPrinted({ entity_key: 'cid-4' }, 'one more');
        expected.push(line);
        await consume('--max 1 --until-idle-ms 60000', async (consumer) => {
          expect([await consumer.ended, consumer.errors()]).toEqual([0, expect.anything()]);
          expect(consumer.lines()).toEqual([line]);
        });
        expect(await everythingCommitted(group)).toBe(true);
      },
      90_000,
    );

    testIfPossible(
      inWords('ends when nothing comes, having printed nothing'),
      () =>
        consume('--until-idle-ms 1000', async (consumer) => {
          expect([await consumer.ended, consumer.errors()]).toEqual([0, expect.anything()]);
          expect(consumer.lines()).toEqual([]);
        }),
      90_000,
    );

    testIfPossible(
      inWords('ends with code 1 at a record that it cannot read, and does not commit it'),
      () =>
        consume(
          '--until-idle-ms 60000',
          async (consumer) => {
            expect([await consumer.ended, consumer.errors()]).toEqual([
              1,
              expect.stringContaining('does not begin with the id of a schema'),
            ]);
            expect(consumer.lines()).toEqual([]);
            expect(await kafka.committed(group, strangeTopic)).toEqual(new Map());
          },
          placesOf(group, strangeTopic),
        ),
      90_000,
    );
  });
});
