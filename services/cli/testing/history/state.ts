import { first } from '../vendors.ts';
import { hash, randomUUID } from 'node:crypto';
import type { PublishOutcome } from '@sluice/kafka/publisher';
import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf, rawTopicOf } from '@sluice/schemas/topics';
import { loadMappings } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { createLedger } from '../../src/replay/ledger.ts';
import { createPace } from '../../src/replay/pace.ts';
import { rangesOf, replay } from '../../src/replay/replay.ts';
import type { TestStream } from '../test-stream.ts';
import { emptyModel, problemsOf, wrote, type Copy, type Excused, type StoreModel } from './model.ts';
import { partitions, type HistoryServers, type Mapped } from './servers.ts';
import { storeKinds, watchedTopics, type StoreKind, type WatchedTopic } from './watched.ts';
import { topicImage, type Entry, type TopicImage } from './topic-image.ts';

/** `former` makes each event in a lower version, and one that the present mapping does not make. */
export type Mapping = 'former' | 'present';

interface Raw {
  readonly text: string;
  readonly entity: string;
  /** What the present mapping makes of it. */
  readonly mapped: readonly Mapped[];
  readonly copies: Copy[];
}

interface Sink {
  readonly model: StoreModel;
  /** By topic and partition, the offset of the first record that is not written. */
  readonly positions: Record<WatchedTopic, number[]>;
  /** When a topic was filled from the raw topics; null when it was not. */
  readonly fromRawAt: Record<WatchedTopic, number | null>;
  /** Whether a rebuild from the raw topics may have given it versions that the canonical topics lack. */
  isAhead: boolean;
  /** What was written since the last rebuild began. */
  written: Set<string>;
}

/** The topics and stores of a history, and what can happen to them next to rebuilds. */
export interface HistoryState {
  readonly raw: TopicImage<Raw>;
  readonly canonical: Readonly<Record<WatchedTopic, TopicImage<Copy>>>;
  readonly sinks: Readonly<Record<StoreKind, Sink>>;
  /** Every raw record that there ever was. */
  readonly pushed: readonly Entry<Raw>[];
  /** Epoch ms. Lets time pass first. */
  now(afterMs: number): number;
  push(records: readonly number[]): Promise<void>;
  normalize(mapping: Mapping): Promise<void>;
  write(store: StoreKind): Promise<void>;
  /** Retention takes a share, in percent, of what every worker has read. */
  expire(which: 'raw' | 'canonical', partition: number, share: number): Promise<void>;
  /** Deletes a topic that every worker has read, and creates it again. */
  recreate(which: 'raw' | WatchedTopic): Promise<void>;
  replay(): Promise<void>;
  erase(store: StoreKind, which: number): Promise<void>;
  setOffsetsBack(store: StoreKind): void;
  /** @throws when a reader of a store does not see what it must see */
  look(store: StoreKind, when: string, excused: Excused | null): Promise<void>;
}

/** No two histories have a conversation in common. */
let conversations = 0;

export async function beginHistory(one: TestStream, servers: HistoryServers): Promise<HistoryState> {
  await servers.clear();
  // Records are younger than any retention, and older than now.
  let clock = Date.now() - 4 * 86_400_000;
  const raw: TopicImage<Raw> = topicImage(topicOf(one.stream, rawTopicOf(first)), partitions);
  const canonical = {
    'conversation.v1': topicImage<Copy>(topicOf(one.stream, 'conversation.v1'), partitions),
    'message.v1': topicImage<Copy>(topicOf(one.stream, 'message.v1'), partitions),
  };
  const sinks = { clickhouse: freshSink(), elasticsearch: freshSink() };
  const pushed: Entry<Raw>[] = [];
  const made = new Map<string, Copy[]>();
  let normalized = zeros();

  const copyOf = ({ id, topic, version }: Mapped, origin: Entry<Raw>, isStale = false): Copy => {
    const copy = { id, topic, version, entity: origin.of.entity, isStale, origin };
    made.set(id, [...(made.get(id) ?? []), copy]);
    return copy;
  };
  const produce = async (mapped: Mapped, copy: Copy): Promise<void> => {
    clock += 100;
    const partition = Number(copy.entity.slice(2)) % partitions;
    canonical[mapped.topic].add(await servers.produce(mapped.outgoing, partition, clock), copy);
  };

  const push = async (records: readonly number[]): Promise<void> => {
    for (const number of records) {
      clock += 1_000;
      // A vendor sends some of it twice.
      const resent = number % 4 === 0 ? pushed[number % Math.max(1, pushed.length)] : undefined;
      const entity = resent?.of.entity ?? `1_${(conversations += 1)}`;
      const text = resent?.of.text ?? transcriptOf(entity);
      const value = Buffer.from(text);
      const payloadHash = hash('sha256', value, 'hex');
      const headers = writeRawHeaders({
        ...{ sourceId: `shop-${first}`, vendor: first, dataType: 'chatContent', receivedAtMs: clock },
        ...{ requestId: randomUUID(), contentType: 'text/plain', keyUsed: 'none', traceparent: '' },
        ...{ signed: false, encrypted: false, payloadHash },
      });
      const outgoing = { topic: raw.name, key: Buffer.from(payloadHash), value, headers };
      const record = await servers.produce(outgoing, number % partitions, clock);
      const mapped = await servers.map(record);
      const entry = raw.add(record, { text, entity, mapped, copies: [] });
      entry.of.copies.push(...mapped.map((one) => copyOf(one, entry)));
      pushed.push(entry);
    }
  };
  const normalize = async (mapping: Mapping): Promise<void> => {
    for (const [partition, from] of normalized.entries())
      for (const entry of raw.held(partition, from))
        for (const [index, present] of entry.of.mapped.entries()) {
          if (mapping === 'present') {
            const copy = entry.of.copies[index];
            if (copy) await produce(present, copy);
            continue;
          }
          const before = await servers.asBefore(present);
          await produce(before, copyOf(before, entry));
          if (present.topic !== 'message.v1') continue;
          const stale = await servers.asBefore(present, `ffffffff${present.id.slice(8)}`);
          await produce(stale, copyOf(stale, entry, true));
        }
    normalized = raw.partitions.map(({ entries }) => entries.length);
  };
  const write = async (store: StoreKind): Promise<void> => {
    const { positions, model, written } = sinks[store];
    const sink = await servers.startSink(store);
    for (const topic of watchedTopics)
      for (const [partition, from] of positions[topic].entries()) {
        const entries = canonical[topic].held(partition, from);
        if (entries.length === 0) continue;
        await sink.handle(entries.map(({ record }) => record));
        positions[topic][partition] = canonical[topic].partitions[partition]?.entries.length ?? 0;
        for (const { record, of } of entries) {
          if (sink.isSettled(record)) continue;
          wrote(model, of);
          written.add(of.id);
        }
      }
    await sink.stop();
  };

  return {
    ...{ raw, canonical, sinks, pushed, push, normalize, write },
    now: (afterMs) => (clock += afterMs),
    async expire(which, partition, share) {
      const take = async (image: TopicImage<unknown>, read: number): Promise<void> => {
        const { low = 0 } = image.partitions[partition] ?? {};
        const to = low + Math.ceil((Math.max(0, read - low) * share) / 100);
        if (to <= low) return;
        await servers.expire(image.name, partition, to);
        image.expire(partition, to);
      };
      if (which === 'raw') return take(raw, normalized[partition] ?? 0);
      for (const topic of watchedTopics) {
        const read = storeKinds.map((store) => sinks[store].positions[topic][partition] ?? 0);
        await take(canonical[topic], Math.min(...read));
      }
    },
    async recreate(which) {
      if (which === 'raw') {
        await normalize('present');
        await servers.recreate([raw.name]);
        raw.recreate();
        normalized = zeros();
        return;
      }
      for (const store of storeKinds) await write(store);
      await servers.recreate([canonical[which].name]);
      canonical[which].recreate();
      for (const store of storeKinds) sinks[store].positions[which] = zeros();
    },
    async replay() {
      const written: Mapped['outgoing'][] = [];
      const { signal } = new AbortController();
      const plan = {
        ...{ connection: one.kafka.connection, stream: one.stream, topics: [rawTopicOf(first)] },
        ...{ filter: { by: 'received' as const }, startAt: new Map<string, bigint>() },
        sources: new Map(servers.sources.map((source) => [source.id, source])),
        mappings: await loadMappings(vendors),
      };
      const output = {
        ...{ stream: one.stream, maxConsecutiveRejects: 0 },
        send(outgoing: Mapped['outgoing'], settle: (outcome: PublishOutcome) => void) {
          written.push(outgoing);
          settle({ outcome: 'published', partition: 0, offset: '0' });
        },
        writeDeadLetter: () => Promise.reject(new Error('A replay rejects a record of a history.')),
      };
      const target = { schemaIds: servers.schemaIds, output };
      const ledger = createLedger();
      const pace = createPace(Number.POSITIVE_INFINITY, signal);
      await replay(plan, await rangesOf(plan), target, { ledger, pace, signal, positions: new Map() });
      if (ledger.count() !== raw.allHeld().length || ledger.missing() > 0)
        throw new Error(`A replay read ${ledger.count()} of ${raw.allHeld().length} records.`);
      for (const outgoing of written) {
        const mapped = await servers.known(outgoing);
        if (!mapped) continue;
        const entry = raw.partitions[mapped.rawPartition]?.entries[mapped.rawOffset];
        const copy = entry?.of.copies.find(({ id }) => id === mapped.id);
        if (!copy) throw new Error(`A replay made ${mapped.id}, which nobody knows.`);
        await produce(mapped, copy);
      }
    },
    async erase(store, which) {
      const entity = pushed[which % Math.max(1, pushed.length)]?.of.entity;
      if (entity === undefined) return;
      const { model } = sinks[store];
      for (const { id } of await servers.read(store)) {
        const copy = made.get(id)?.find((one) => one.entity === entity);
        if (!copy) continue;
        model.erased.add(id);
        wrote(model, copy);
      }
      for (const topic of watchedTopics) await servers.eraser(store).erase(topic, `shop-${first}`, [entity]);
    },
    setOffsetsBack(store) {
      for (const topic of watchedTopics)
        sinks[store].positions[topic] = canonical[topic].partitions.map(({ low }) => low);
    },
    async look(store, when, excused) {
      const highest = new Map(
        [...made].map(([id, copies]) => [id, Math.max(...copies.map(({ version }) => version))]),
      );
      const problems = problemsOf(sinks[store].model, await servers.read(store), highest, excused);
      if (problems.length === 0) return;
      const some = problems.slice(0, 8).join('\n');
      throw new Error(`${store}, ${when}: ${problems.length} events are not as they must be:\n${some}`);
    },
  };
}

const freshSink = (): Sink => ({
  model: emptyModel(),
  positions: { 'conversation.v1': zeros(), 'message.v1': zeros() },
  fromRawAt: { 'conversation.v1': null, 'message.v1': null },
  isAhead: false,
  written: new Set(),
});

const zeros = (): number[] => Array.from({ length: partitions }, () => 0);

const transcriptOf = (entity: string): string =>
  `<xml><chatData><chatRecordId>${entity}</chatRecordId><chatContent><![CDATA[访客>2026-08-17 10:47:08\n你好 ${entity}]]></chatContent></chatData></xml>`;
