import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openKept } from '@sluice/ingress/open';
import { rawKeyOf } from '@sluice/ingress/raw-key';
import type { OutgoingRecord, Publisher } from '@sluice/kafka/publisher';
import { readRawHeaders, writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf } from '@sluice/schemas/topics';
import type { Source } from '@sluice/sources/source';
import { redrivenHeader, type DeadLetter, type WriteDeadLetter } from '@sluice/stream/dead-letters';
import { mark, type KeptLetter } from './read-letters.ts';

/**
 * What became of a letter.
 * - `redriven`: put back to where it came from, under the ids that it had; what is still unusable of it is a letter anew
 * - `skipped`: redriven before, or tried too often
 * - `unusable`: still not to be opened
 */
export type RedriveOutcome =
  | { readonly outcome: 'redriven'; readonly topic: string }
  | { readonly outcome: 'skipped' | 'unusable'; readonly why: string };

export interface RedriveOptions {
  readonly stream: string;
  readonly sources: ReadonlyMap<string, Source>;
  readonly maxAttempts: number;
  /** Letters a second. */
  readonly rate: number;
  readonly isDryRun: boolean;
  readonly writeLetter: WriteDeadLetter;
}

/** What a letter becomes. */
interface Prepared {
  readonly record: OutgoingRecord;
  /** What of it still cannot be used. */
  readonly rest: readonly DeadLetter[];
}

/**
 * Puts letters back, one after the other, and marks each that went.
 * @throws when Kafka does not take one: those before it are marked, the others are not
 */
export async function redrive(
  letters: readonly KeptLetter[],
  publisher: Publisher,
  options: RedriveOptions,
  tell: (letter: KeptLetter, outcome: RedriveOutcome) => void,
): Promise<void> {
  for (const letter of letters) {
    const prepared = prepare(letter, options);
    if ('outcome' in prepared) {
      tell(letter, prepared);
      continue;
    }
    if (!options.isDryRun) {
      for (const rest of prepared.rest) await options.writeLetter(rest);
      for (const record of [prepared.record, marking(letter, options.stream)])
        await publish(record, publisher);
      await pause(1000 / options.rate);
    }
    tell(letter, { outcome: 'redriven', topic: prepared.record.topic });
  }
}

async function publish(record: OutgoingRecord, publisher: Publisher): Promise<void> {
  const { outcome } = await publisher.publish(record);
  if (outcome !== 'published')
    throw new Error(`Kafka did not take a record for ${record.topic} (${outcome}).`);
}

function prepare(letter: KeptLetter, options: RedriveOptions): Prepared | RedriveOutcome {
  if (letter.redrivenAtMs !== null)
    return { outcome: 'skipped', why: `redriven ${new Date(letter.redrivenAtMs).toISOString()}` };
  if (letter.attempts >= options.maxAttempts)
    return { outcome: 'skipped', why: `tried ${letter.attempts} times already` };
  const headers: Record<string, Buffer> = {};
  for (const { name, value } of letter.headers) headers[name] = Buffer.from(value);
  // What ingress opened and could not publish for its size names the topic that it belongs to.
  if (letter.stage === 'INGRESS' && letter.topic === '') return open(letter, headers, options);
  const record = {
    topic: letter.topic,
    key: letter.key ?? Buffer.from(letter.id),
    value: letter.payload,
    headers: { ...headers, [redrivenHeader]: String(letter.attempts) },
  };
  return { record, rest: [] };
}

/** What ingress did not open goes through the same code again, with the keys and policies of now. */
function open(
  letter: KeptLetter,
  headers: Record<string, Buffer>,
  { stream, sources }: RedriveOptions,
): Prepared | RedriveOutcome {
  const raw = readRawHeaders(headers);
  const source = sources.get(letter.source_id);
  if (!raw || !source) return { outcome: 'unusable', why: `the sources file has no ${letter.source_id}` };
  const { payload, keyUsed, dataType, unusable, foreignAppId } = openKept(
    letter.payload,
    raw.dataType,
    source,
  );
  if (payload === null) return { outcome: 'unusable', why: unusable[0]?.detail ?? 'there is nothing in it' };
  const payloadHash = hash('sha256', payload, 'hex');
  const record = {
    topic: topicOf(stream, `raw.${source.vendor}`),
    key: rawKeyOf(source.vendor, source.id, payload, payloadHash),
    value: payload,
    headers: {
      ...writeRawHeaders({
        ...raw,
        dataType,
        keyUsed,
        payloadHash,
        ...(foreignAppId === undefined ? {} : { foreignAppId }),
      }),
      [redrivenHeader]: String(letter.attempts),
    },
  };
  const { place: _place, redrivenAtMs: _redrivenAtMs, ...original } = letter;
  const rest = unusable.map(({ payload: bytes, reason, detail }) => ({
    ...original,
    id: hash('sha256', bytes, 'hex'),
    payload: bytes,
    reason,
    detail,
    attempts: letter.attempts + 1,
  }));
  return { record, rest };
}

/** An empty record beside the letter: nothing of a log is ever changed. */
function marking(letter: KeptLetter, stream: string): OutgoingRecord {
  return {
    topic: topicOf(stream, 'dead-letter'),
    key: Buffer.from(letter.id),
    value: Buffer.alloc(0),
    headers: { [mark.place]: letter.place, [mark.atMs]: String(Date.now()) },
  };
}
