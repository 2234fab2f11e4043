import { createEncoder } from '@sluice/canonical-event/avro-codec';
import type { DurableWriter } from '@sluice/ingress/durable-writer';
import { receive, receiveStaffBatch, type Receiver } from '@sluice/ingress/receive';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { createPipeline } from '@sluice/normalizer/pipeline';
import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { storedTopics } from '@sluice/schemas/topics';
import type { DeadLetter } from '@sluice/stream/dead-letters';
import { loadMappings, loadReceivers, type Mappings, type Receivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { withoutPadding } from '@sluice/vendors/testing/vendor-testing';
import type { FuzzedBody } from './bodies.ts';
import type { Account } from './sources.ts';

/** What became of one body. */
export interface BodyResult {
  /** How ingress answered. */
  readonly outcome: string;
  readonly events: number;
  readonly deadLetters: readonly string[];
  /** Bytes of raw records, events and dead letters, in times of the body's. */
  readonly amplification: number;
  readonly ms: number;
  /** A message for everything that must not be. */
  readonly problems: readonly string[];
}

/** Far beyond what any body of 64 KiB takes: what needs longer is not linear. */
const budgetMs = 2_000;

const acknowledged = new Set(['published', 'spooled', 'repeated', 'dead-lettered', 'kept-apart']);
const encodeDeadLetter = createEncoder('dead-letter', 1);

/** The normalizer as it runs in its service, and what it makes of the records that it is handed. */
interface Normalizing {
  readonly normalize: (records: readonly ConsumedRecord[]) => Promise<void>;
  /** Gives what was made since the last time. */
  readonly take: () => { events: OutgoingRecord[]; deadLetters: DeadLetter[]; ended: string[] };
}

function startNormalizer(accounts: readonly Account[], mappings: Mappings): Normalizing {
  const sources = new Map(accounts.map(({ source }) => [source.id, source]));
  let made: ReturnType<Normalizing['take']> = { events: [], deadLetters: [], ended: [] };
  const normalize = createPipeline({
    stream: 'sluice',
    mappings,
    findSource: (id) => sources.get(id),
    publisher: {
      send: (record, settle) => {
        made.events.push(record);
        settle({ outcome: 'published', partition: 0, offset: '0' });
      },
    },
    schemaIds: new Map(storedTopics.map((topic, index) => [topic, index + 1] as const)),
    writeDeadLetter: (deadLetter) => Promise.resolve(void made.deadLetters.push(deadLetter)),
    rejectLimit: { check: () => undefined },
    beginSpans: null,
    on: {
      record: (_record, how) => void made.ended.push(how),
    },
  });
  return {
    normalize,
    take() {
      const taken = made;
      made = { events: [], deadLetters: [], ended: [] };
      return taken;
    },
  };
}

/**
 * Makes what sends bodies through ingress' code and the normalizer's pipeline, as they run in the services, with fakes
 * instead of Kafka, and checks what must hold for any bytes.
 */
export async function createRunner(
  accounts: readonly Account[],
): Promise<(fuzzed: FuzzedBody) => Promise<BodyResult>> {
  const normalizing = startNormalizer(accounts, await loadMappings(vendors));
  const receivers = await loadReceivers(vendors);
  return (fuzzed) => runBody(fuzzed, normalizing, receivers);
}

async function runBody(
  fuzzed: FuzzedBody,
  { normalize, take: takeMade }: Normalizing,
  receivers: Receivers,
): Promise<BodyResult> {
  const { body } = fuzzed;
  const kept: OutgoingRecord[] = [];
  const deadLetters: DeadLetter[] = [];
  const problems: string[] = [];
  const startedAt = performance.now();
  const outcome = await take(fuzzed, kept, deadLetters, receivers).catch((error: unknown) => {
    problems.push(`Ingress threw ${String(error)}.`);
    return 'thrown';
  });
  if (!acknowledged.has(outcome)) problems.push(`An authentic body ended as ${outcome}.`);
  if (!isReachable(fuzzed, kept, deadLetters)) problems.push('Some of its bytes are kept nowhere.');

  const ofIngress = deadLetters.length;
  try {
    await normalize(kept.map(asConsumed));
  } catch (error) {
    problems.push(`The normalizer threw ${String(error)}.`);
  }
  const { events, deadLetters: ofNormalizer, ended } = takeMade();
  if (ended.length !== kept.length) problems.push(`${kept.length} raw records had ${ended.length} outcomes.`);
  const ms = performance.now() - startedAt;
  if (ms > budgetMs) problems.push(`It took ${Math.round(ms)} ms.`);

  const made = bytesOf(events) + sum(ofNormalizer.map((deadLetter) => encodeDeadLetter(deadLetter).length));
  if (made > 16 * bytesOf(kept) + 1024 * 1024 + 2_048 * events.length)
    problems.push(`The normalizer made ${made} bytes of ${bytesOf(kept)}.`);
  const decoded = sum([...kept, ...deadLetters].map(payloadBytes));
  // A staff page's batch gets what the gateway says of it put around.
  if (decoded > 3 * body.length + 128) problems.push(`Ingress made ${decoded} bytes of ${body.length}.`);
  if (events.length > payloadLimits.events) problems.push(`It became ${events.length} events.`);
  if (ofIngress > payloadLimits.deadLetters) problems.push(`Ingress made ${ofIngress} dead letters.`);
  return {
    outcome,
    events: events.length,
    deadLetters: [...deadLetters, ...ofNormalizer].map(({ reason }) => reason),
    amplification: (decoded + made) / Math.max(1, body.length),
    ms,
    problems,
  };
}

function take(
  { account, kind, dataType, body }: FuzzedBody,
  kept: OutgoingRecord[],
  deadLetters: DeadLetter[],
  receivers: Receivers,
): Promise<string> {
  const writer: DurableWriter = {
    write: (record) => Promise.resolve((kept.push(record), 'published' as const)),
    spool: () => Promise.resolve('unavailable' as const),
    drain: () => Promise.resolve(),
  };
  const receiver: Receiver = {
    vendors: receivers,
    writer,
    deadLetters: {
      write: (_stream, deadLetter) => Promise.resolve((deadLetters.push(deadLetter), 'published' as const)),
    },
    replayCache: { lookUp: () => 'new', add: () => undefined, size: 0 },
    suspectBudget: { take: () => true },
    nowMs: () => 1_700_000_000_000,
    onWarning: () => undefined,
    onDeadLetter: () => undefined,
    onKeyUsed: () => undefined,
  };
  const { source } = account;
  const head = { query: { dataType }, header: () => undefined, requestId: 'fuzz', deadLetters: [] };
  if (kind === 'staff-page')
    return receiveStaffBatch(body, head, { pageId: 'page', staffId: null }, source, receiver);
  return receive(body, head, source, receiver, 'verified');
}

/** Whether what came can be read again: in a raw record as it was, or whole in dead letters. */
function isReachable(
  { account, body, parts }: FuzzedBody,
  kept: readonly OutgoingRecord[],
  deadLetters: readonly DeadLetter[],
): boolean {
  const payloads = [...kept.map(({ value }) => value), ...deadLetters.map(({ payload }) => payload)];
  if (payloads.some((payload) => payload.equals(body))) return true;
  if (parts !== null)
    return parts.every(({ plain, sent }) =>
      payloads.some((payload) => payload.includes(withoutPadding(plain)) || payload.includes(sent)),
    );
  // The ciphertext itself was changed: whatever the key makes of it is there whole.
  const texts = account.testing.ciphertextsIn?.(body, account.simulated.encryptionKey ?? '') ?? [];
  return texts.every(({ sent, isKeptIn }) =>
    payloads.some((payload) => payload.includes(sent) || isKeptIn(payload)),
  );
}

const asConsumed = ({ topic, key, value, headers }: OutgoingRecord, index: number): ConsumedRecord => ({
  topic,
  partition: 0,
  offset: String(index),
  key,
  value,
  headers: Object.fromEntries(Object.entries(headers).map(([name, sent]) => [name, Buffer.from(sent)])),
  timestampMs: 1_700_000_000_000,
});

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
const bytesOf = (records: readonly OutgoingRecord[]): number => sum(records.map(payloadBytes));
const payloadBytes = (one: OutgoingRecord | DeadLetter): number =>
  'value' in one ? one.value.length : one.payload.length;
