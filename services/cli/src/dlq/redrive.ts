import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeKept } from '@sluice/ingress/decode-kept';
import { rawKeyOf } from '@sluice/ingress/raw-key';
import type { OutgoingRecord, Publisher, PublishOutcome } from '@sluice/kafka/publisher';
import { readRawHeaders, writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { rawTopicOf, topicOf } from '@sluice/schemas/topics';
import type { Source } from '@sluice/sources/source';
import { createDeadLetterWriter, redrivenHeader, type DeadLetter } from '@sluice/stream/dead-letters';
import { allTopics } from '@sluice/vendors/topics';
import { receivingOf, type Receivers } from '@sluice/vendor-kit/vendor';
import { timeOf } from '../printable.ts';
import { mark, type StoredDeadLetter } from './read-dead-letters.ts';

/**
 * What became of a dead letter.
 * - `redriven`: put back to where it came from, under the same ids; what is still undecodable becomes a new dead
 *   letter
 * - `redriven-before`
 * - `tried-out`: tried too often
 * - `undecodable`: it cannot be opened, belongs to another stream, is of a newer release, or Kafka does not take it
 */
export type RedriveOutcome =
  | { readonly outcome: 'redriven'; readonly topic: string }
  | { readonly outcome: 'redriven-before' | 'tried-out' | 'undecodable'; readonly why: string };

export interface RedriveOptions {
  readonly stream: string;
  readonly sources: ReadonlyMap<string, Source>;
  /** By vendor. */
  readonly receivers: Receivers;
  readonly maxAttempts: number;
  /** Dead letters per second. */
  readonly rate: number;
  readonly isDryRun: boolean;
  /** The schema id of dead letters. */
  readonly schemaId: number;
}

/** What a dead letter becomes. */
interface Prepared {
  readonly record: OutgoingRecord;
  /** What of it still cannot be used. */
  readonly rest: readonly DeadLetter[];
}

/**
 * Puts one dead letter back and marks it. The mark comes last: whatever breaks off before it is done again, under the
 * same ids.
 * @throws when Kafka is unavailable or takes nothing at the moment: the next dead letter would fare no better
 */
export async function redrive(
  deadLetter: StoredDeadLetter,
  publisher: Pick<Publisher, 'publish'>,
  options: RedriveOptions,
): Promise<RedriveOutcome> {
  const prepared = prepare(deadLetter, options);
  if ('outcome' in prepared) return prepared;
  const { record, rest } = prepared;
  if (!isOfStream(record.topic, options.stream))
    return {
      outcome: 'undecodable',
      why: `it belongs to ${record.topic}, which is not a topic of ${options.stream}: redrive or replay it there`,
    };
  if (options.isDryRun) return { outcome: 'redriven', topic: record.topic };
  try {
    const taking = { publish: (one: OutgoingRecord) => take(one, publisher) };
    await taking.publish(record);
    const writeDeadLetter = createDeadLetterWriter(taking, options.stream, options.schemaId);
    for (const one of rest) await writeDeadLetter(one);
    await taking.publish(marking(deadLetter, options.stream));
  } catch (error) {
    if (error instanceof TooLarge) return { outcome: 'undecodable', why: error.message };
    throw error;
  }
  await pause(1000 / options.rate);
  return { outcome: 'redriven', topic: record.topic };
}

/** Dead letters go back to the topics that services read, and never to the dead letters themselves. */
function isOfStream(topic: string, stream: string): boolean {
  return allTopics.some((name) => name !== 'dead-letter' && topicOf(stream, name) === topic);
}

class TooLarge extends Error {}

async function take(record: OutgoingRecord, publisher: Pick<Publisher, 'publish'>): Promise<PublishOutcome> {
  const result = await publisher.publish(record);
  if (result.outcome === 'too-large')
    throw new TooLarge(`Kafka finds a record for ${record.topic} too large: raise its max.message.bytes`);
  if (result.outcome !== 'published')
    throw new Error(`Kafka did not accept a record for ${record.topic} (${result.outcome}).`);
  return result;
}

function prepare(deadLetter: StoredDeadLetter, options: RedriveOptions): Prepared | RedriveOutcome {
  if (deadLetter.redrivenAtMs !== null)
    return { outcome: 'redriven-before', why: `redriven ${timeOf(deadLetter.redrivenAtMs)}` };
  if (deadLetter.attempts >= options.maxAttempts)
    return { outcome: 'tried-out', why: `tried ${deadLetter.attempts} times already` };
  // What is unknown may say where it belongs, or how it is opened.
  if (deadLetter.lost !== null)
    return { outcome: 'undecodable', why: `${deadLetter.lost} Redrive it with that release.` };
  const headers: Record<string, Buffer> = {};
  for (const { name, value } of deadLetter.headers) headers[name] = Buffer.from(value);
  // What ingress opened and could not publish for its size names the topic that it belongs to.
  if (deadLetter.stage === 'INGRESS' && deadLetter.topic === '') return decode(deadLetter, headers, options);
  const record = {
    topic: deadLetter.topic,
    key: deadLetter.key ?? Buffer.from(deadLetter.id),
    value: deadLetter.payload,
    headers: { ...headers, [redrivenHeader]: String(deadLetter.attempts) },
  };
  return { record, rest: [] };
}

/** What ingress did not decode goes through the same code again, with the keys and policies of now. */
function decode(
  deadLetter: StoredDeadLetter,
  headers: Record<string, Buffer>,
  { stream, sources, receivers }: RedriveOptions,
): Prepared | RedriveOutcome {
  const raw = readRawHeaders(headers);
  const source = sources.get(deadLetter.source_id);
  if (!raw || !source)
    return { outcome: 'undecodable', why: `the sources file has no ${deadLetter.source_id}` };
  const { payload, keyUsed, dataType, undecodable, unlistedAppId } = decodeKept(
    deadLetter.payload,
    raw.dataType,
    source,
    receivers,
  );
  if (payload === null) return { outcome: 'undecodable', why: undecodable[0]?.detail ?? 'it is empty' };
  const payloadHash = hash('sha256', payload, 'hex');
  const unlisted = unlistedAppId === undefined ? {} : { unlistedAppId };
  const opened = { ...raw, dataType, keyUsed, payloadHash, ...unlisted };
  const record = {
    topic: topicOf(stream, rawTopicOf(source.vendor)),
    key: rawKeyOf(source.id, payload, payloadHash, receivingOf(source, receivers).conversationKey),
    value: payload,
    headers: { ...writeRawHeaders(opened), [redrivenHeader]: String(deadLetter.attempts) },
  };
  const { place: _place, redrivenAtMs: _redrivenAtMs, lost: _lost, ...original } = deadLetter;
  const rest = undecodable.map(({ payload: bytes, reason, detail }) => ({
    ...original,
    id: hash('sha256', bytes, 'hex'),
    payload: bytes,
    reason,
    detail,
    attempts: deadLetter.attempts + 1,
  }));
  return { record, rest };
}

/** An empty record that marks the dead letter as redriven: a log is never changed. */
function marking(deadLetter: StoredDeadLetter, stream: string): OutgoingRecord {
  return {
    topic: topicOf(stream, 'dead-letter'),
    key: Buffer.from(deadLetter.id),
    value: Buffer.alloc(0),
    headers: { [mark.place]: deadLetter.place, [mark.atMs]: String(Date.now()) },
  };
}
