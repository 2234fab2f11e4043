import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { createEncoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import { cloudEventHeaders, replayedHeader } from '@sluice/canonical-event/cloud-events';
import { findSchemaIds, registerSchemas } from '@sluice/canonical-event/registry';
import { encodeNewer, newerSchemaOf } from '@sluice/canonical-event/testing/newer-schema';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { createPublisher, type OutgoingRecord, type Publisher } from '@sluice/kafka/publisher';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { endOffsets } from '@sluice/kafka/topics-admin';
import type { Meta } from '@sluice/schemas/schemas';
import { canonicalTopics, subjectOf, topicOf, topics } from '@sluice/schemas/topics';
import { root } from './system.ts';
import * as shown from './subscribers.ts';

const run = promisify(execFile);
/** Does it at the first call alone. */
const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
};
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
    vendor: 'UNKNOWN',
    source_id: 'shop-west',
    entity_key: 'cid-1',
    occurred_at: noon,
    received_at: noon + 1000,
    mapping_version: 1,
    ...event,
  }) as Meta;

interface Place {
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
/** As the normalizer's pipeline does. */
const keyOf = (meta: Meta): string => `${meta.source_id}/${meta.entity_key || meta.event_id}`;
let publish: (events: readonly { meta: Meta; text: string | null }[]) => Promise<Place[]>;
const publishedAt = async (key: string, record: Omit<OutgoingRecord, 'key'>): Promise<Place> => {
  const outcome = await publisher.publish({ ...record, key: Buffer.from(key) });
  if (outcome.outcome !== 'published') throw new Error(outcome.outcome);
  return { key, topic: record.topic, partition: outcome.partition, offset: Number(outcome.offset) };
};
let publisher: Publisher;
/** Holds one record that Sluice did not write. */
let strangeTopic: string;
/** One event each: a message of a newer schema, and a rating. */
let newerTopic: string;
let ratingTopic: string;
beforeAll(async () => {
  await kafka.topic({ name: topic, ...topics['message.v1'] });
  [strangeTopic, newerTopic, ratingTopic] = [await kafka.topic(), await kafka.topic(), await kafka.topic()];
  const ids = await registerSchemas({ url: endpoints.registryUrl }, stream);
  const encode = createEncoder('message.v1', ids.get('message.v1')!);
  // What operators may set: each program must read it.
  const connection = { ...kafka.connection, compression: 'zstd' } as const;
  publisher = createPublisher(connection, [topic, strangeTopic, newerTopic, ratingTopic]);
  await waitUntil('the publisher knows its topics', () => publisher.ready());
  const strange = { topic: strangeTopic, key: Buffer.from('k'), value: Buffer.from('hello'), headers: {} };
  expect(await publisher.publish(strange)).toMatchObject({ outcome: 'published' });
  publish = (events) =>
    Promise.all(
      events.map(({ meta, text }) =>
        publishedAt(keyOf(meta), {
          topic,
          value: encode({ meta, text, kind: 'TEXT' }),
          headers: cloudEventHeaders(meta, ''),
        }),
      ),
    );
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
    expect([...new Set(firstCells('Topics'))].sort()).toEqual([...canonicalTopics].sort());
  });

  test('says how long each of them is kept and how large a record may be', () => {
    for (const name of canonicalTopics) {
      const { retentionMs, maxMessageBytes } = topics[name];
      expect(shown.page).toContain(`keep events for ${retentionMs / day} days`);
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
      expect(shown.page).toContain(`](../../examples/subscribing/${program})`);
      expect(shown.page).toContain(`](../../examples/subscribing/${manifest})`);
    }
  });

  test('its SQL keeps the highest version of an event, in whichever order its copies come', () => {
    const [create = '', upsert = ''] = [...shown.page.matchAll(/^```sql\n([\s\S]*?)^```/gm)].map(
      ([, sql]) => sql,
    );
    const copies = [
      ['e', 10, 1, 'c', 'first'],
      ['e', 20, 1, 'c', 'sent again'],
      ['e', 20, 2, 'c', 'mapped better'],
      ['e', 20, 1, 'c', 'read once more'],
      ['e', 10, 3, 'c', 'the older copy, mapped later'],
      ['other', 5, 1, 'c', 'alone'],
    ] as const;
    for (const order of [copies, copies.toReversed()]) {
      const database = new DatabaseSync(':memory:');
      database.exec(create);
      for (const copy of order) database.prepare(upsert).run(...copy);
      expect(database.prepare('SELECT event_id, text FROM message ORDER BY event_id').all()).toEqual([
        { event_id: 'e', text: 'mapped better' },
        { event_id: 'other', text: 'alone' },
      ]);
      database.close();
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
  const folder = join(root, 'examples/subscribing');
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
  const lineOf = (meta: Meta, fields: { text?: string | null }, place: Place | undefined): string => {
    const { event_id, event_type, entity_key, occurred_at } = meta;
    const occurredAt = occurred_at === null ? null : new Date(occurred_at).toISOString();
    return JSON.stringify({ event_id, event_type, entity_key, occurred_at: occurredAt, ...fields, ...place });
  };
  const publishPrinted = async (event: Partial<Meta>, text: string | null): Promise<string> => {
    const meta = metaOf(event);
    const [place] = await publish([{ meta, text }]);
    return lineOf(meta, { text }, place);
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
    const all = [words, nothing, large, late, resent, words, mapped, resent, mapped, early];
    const places = await publish(all);
    // Of those that are there twice, the first is printed.
    for (const event of [words, nothing, large, late, resent, mapped])
      expected.push(lineOf(event.meta, { text: event.text }, places[all.indexOf(event)]));
  }, 60_000);

  /** The schema of messages as somebody has it who does not want the text. */
  const ownSchemaFile = join(mkdtempSync(join(tmpdir(), 'sluice-own-schema-')), 'message.avsc');
  afterAll(() => rmSync(dirname(ownSchemaFile), { recursive: true }));

  interface Other {
    readonly meta: Meta;
    readonly place: Place;
  }
  /** A message that a later release wrote, with symbols that nobody knows yet, and a rating: once. */
  const publishOthers = once(async (): Promise<[Other, Other]> => {
    const own = structuredClone(schemaOf('message.v1')) as { fields: { name: string }[] };
    own.fields = own.fields.filter(({ name }) => name !== 'text');
    writeFileSync(ownSchemaFile, JSON.stringify(own));
    const subject = `${newerTopic}-value`;
    const answer = await fetch(`${endpoints.registryUrl}/subjects/${subject}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: JSON.stringify(newerSchemaOf('message.v1')) }),
    });
    const { id } = (await answer.json()) as { id: number };
    const newer = metaOf({ entity_key: 'cid-5' });
    const value = encodeNewer('message.v1', id, {
      meta: newer,
      text: 'nobody asked for it',
      kind: 'NEXT' as 'TEXT',
    });
    const rating = metaOf({ event_type: 'rating.given', entity_key: 'cid-6' });
    const ids = await findSchemaIds({ url: endpoints.registryUrl }, stream, ['rating.v1']);
    const encodeRating = createEncoder('rating.v1', ids.get('rating.v1')!);
    return [
      { meta: newer, place: await publishedAt(keyOf(newer), { topic: newerTopic, value, headers: {} }) },
      {
        meta: rating,
        place: await publishedAt(keyOf(rating), {
          ...{ topic: ratingTopic, value: encodeRating({ meta: rating, score: 5 }), headers: {} },
        }),
      },
    ];
  });

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
      inWords('reads several topics, and gives events as a schema of your own has them'),
      async () => {
        const [newer, rating] = await publishOthers();
        const topics = `${newer.place.topic},${rating.place.topic}`;
        await consume(
          `--reader-schema ${ownSchemaFile} --max 2 --until-idle-ms 60000`,
          async (consumer) => {
            expect([await consumer.ended, consumer.errors()]).toEqual([0, expect.anything()]);
            expect(byEvent(consumer.lines())).toEqual(
              byEvent([lineOf(newer.meta, {}, newer.place), lineOf(rating.meta, {}, rating.place)]),
            );
          },
          placesOf(kafka.name(), topics),
        );
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
