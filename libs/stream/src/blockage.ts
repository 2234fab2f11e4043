import type { BatchControl, ConsumedRecord } from '@sluice/kafka/consumer';
import { findRawHeaders } from '@sluice/raw-event/raw-headers';
import { sourceOf } from './source-of.ts';

/**
 * What blocks a partition. The worker writes it to the commit metadata of the first record's offset. A list of blocked
 * partitions is read from there, without asking the worker.
 */
export interface Blockage {
  /** How many records from the committed offset on are tried together; 1 when that record alone is known to fail. */
  readonly records: number;
  /** When the first attempt failed, epoch ms. Names the blockage too: a request to skip repeats it. */
  readonly sinceMs: number;
  readonly attempts: number;
  /** The last error's first line, without what its cause quotes. */
  readonly error: string;
  /** The first record's key, source and data type, shortened. */
  readonly key: string;
  readonly source: string;
  readonly dataType: string;
}

const prefix = 'blocked ';

/** As commit metadata. Bounded: brokers take 4,096 bytes (offset.metadata.max.bytes). */
export function metadataOfBlockage(blockage: Blockage): string {
  return `${prefix}${JSON.stringify(blockage)}`;
}

/** @returns null for any other metadata */
export function readBlockage(text: string): Blockage | null {
  if (!text.startsWith(prefix)) return null;
  try {
    const found = JSON.parse(text.slice(prefix.length)) as Partial<Blockage> | null;
    const { records, sinceMs, attempts, error = '', key = '', source = '', dataType = '' } = found ?? {};
    if (!isCount(records) || !isCount(sinceMs) || !isCount(attempts)) return null;
    return { records, sinceMs, attempts, error, key, source, dataType };
  } catch {
    return null;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** What is said of the record at which a chunk fails, and of the error. Never what the record holds. */
export function describeBlockage(
  first: ConsumedRecord,
  error: unknown,
): Pick<Blockage, 'error' | 'key' | 'source' | 'dataType'> {
  const { dataType } = findRawHeaders(first.headers);
  return {
    error: errorLine(error),
    key: (first.key?.toString('utf8') ?? '').slice(0, 100),
    source: sourceOf(first).slice(0, 64),
    dataType: (dataType || (first.headers.ce_type?.toString('utf8') ?? '')).slice(0, 64),
  };
}

/** The cause is what a server said, which may quote a record: of it the code or the type alone is told. */
function errorLine(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : { message: String(error), cause: undefined };
  const { code, type } = (cause ?? {}) as { code?: unknown; type?: unknown };
  const words = [type, code].filter((word) => typeof word === 'string' && /^[\w.-]{1,60}$/.test(word));
  const [line = ''] = message.split('\n', 1);
  return `${line.slice(0, 240)}${words.length > 0 ? ` (${words.join(' ')})` : ''}`;
}

/**
 * The group in which an operator asks a worker's group to skip a record. It has no members. Its committed offset is the
 * record's, with metadata that names the blockage.
 */
export function skipGroupOf(groupId: string): string {
  return `${groupId}.skip`;
}

/** The metadata of a request: it is for the blockage that the operator saw, and not for a later one of that offset. */
export function metadataOfRequest({ sinceMs }: Pick<Blockage, 'sinceMs'>): string {
  return `skip since=${sinceMs}`;
}

/** How long a worker waits for what was asked of it, in ms. */
const askedWithinMs = 5_000;

/** Whether an operator asked for this record to be skipped. False when Kafka does not say so in time. */
export async function isSkipRequested(
  control: Pick<BatchControl, 'committedMetadata'>,
  groupId: string,
  { offset }: ConsumedRecord,
  blockage: Pick<Blockage, 'sinceMs'>,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), askedWithinMs);
  try {
    const asked = await Promise.race([control.committedMetadata(skipGroupOf(groupId)), late]);
    return asked?.offset === offset && asked.metadata === metadataOfRequest(blockage);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
