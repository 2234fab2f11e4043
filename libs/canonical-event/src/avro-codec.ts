import { isDeepStrictEqual } from 'node:util';
import avsc from 'avsc';
import { createLengthCheck } from './check-lengths.ts';
import { lossesOf } from '@sluice/schemas/losses';
import type { ValueOf, Reason, Vendor } from '@sluice/schemas/schemas';
import { avroSchemas } from '@sluice/schemas/avro-schemas';
import { readWhole, type Read } from '@sluice/schemas/read-avro';
import { readers } from '@sluice/schemas/readers';
import { SchemaMismatchError, type Write } from '@sluice/schemas/write-avro';
import { writers } from '@sluice/schemas/writers';

/** Topics whose values are Avro. */
export type AvroTopic = keyof ValueOf;

/** Confluent's wire format: a zero byte, the schema id as 4 bytes big-endian, the Avro binary. */
const prefixBytes = 5;

/** The schema a topic is written with: the newest released version. */
export function schemaOf(topic: AvroTopic): object {
  const versions: readonly object[] = avroSchemas[topic];
  const newest = versions.at(-1);
  if (!newest) throw new Error(`No schema is released for ${topic}.`);
  return newest;
}

/**
 * @param schemaId what the registry calls the topic's schema
 * @returns a function that encodes a value in Confluent's wire format; fields left out take their default.
 *   It throws when the value does not fit the schema, naming the field.
 */
export function createEncoder<T extends AvroTopic>(
  topic: T,
  schemaId: number,
): (value: EventInput<T>) => Buffer {
  const type = avsc.Type.forSchema(schemaOf(topic) as avsc.Schema);
  const write = writers[topic];
  let scratch = Buffer.alloc(scratchBytes);
  scratch.writeUInt32BE(schemaId, 1);
  return (value) => {
    for (;;) {
      const end = writeOrExplain(write, scratch, value, type);
      if (end <= scratch.length) return Buffer.from(scratch.subarray(0, end));
      // The next values may be as large.
      const larger = Buffer.alloc(2 * end);
      scratch.copy(larger, 0, 0, prefixBytes);
      scratch = larger;
    }
  };
}

/** Values are first written here, since their size is known when they are. */
const scratchBytes = 64 * 1024;

function writeOrExplain(write: Write, scratch: Buffer, value: unknown, type: avsc.Type): number {
  try {
    return write(scratch, prefixBytes, value);
  } catch (error) {
    if (!(error instanceof SchemaMismatchError)) throw error;
    type.toBuffer(value);
    throw error;
  }
}

/** A value to encode: fields that have a default may be left out. */
export type EventInput<T extends AvroTopic> = T extends 'dead-letter'
  ? Partial<ValueOf[T]> & Pick<ValueOf[T], 'id' | 'stage' | 'reason' | 'payload' | 'first_seen'>
  : Partial<ValueOf[T]> & { meta: ValueOf['other.v1']['meta'] };

/**
 * A decoded value; `lost` is a message that says what of it is missing, because its schema is newer than this build's.
 * It is undefined when nothing is.
 */
export type Decoded<T extends AvroTopic> =
  | { readonly ok: true; readonly value: ValueOf[T]; readonly lost: string | undefined }
  /** `isSchemaWrong`: the registry does not know the schema that the value names, or has another topic's by that id. */
  | { readonly ok: false; readonly detail: string; readonly isSchemaWrong?: true };

/** Looks up the schema that a value was written with, by the registry's id. Rejects when the registry is unavailable. */
export type SchemaLookup = (schemaId: number) => Promise<object | null>;

type Writer =
  | {
      /** Reads the value behind the prefix. It throws for what is no such value. */
      readonly read: (bytes: Buffer) => unknown;
      readonly lost: string | undefined;
    }
  | { readonly unreadable: string; readonly isAbsent?: true };

/** The newest schema, which most values have, is read by generated code, and any other one by avsc. */
function readAs(topic: AvroTopic, schemaId: number, written: object): Writer {
  const newest = schemaOf(topic);
  if (isDeepStrictEqual(written, newest)) {
    const read: Read<unknown> = readers[topic];
    return { read: (bytes) => readWhole(read, bytes, prefixBytes), lost: undefined };
  }
  try {
    const reader = avsc.Type.forSchema(newest as avsc.Schema);
    const writer = avsc.Type.forSchema(written as avsc.Schema);
    const resolver = reader.createResolver(writer);
    const checkLengths = createLengthCheck(written);
    const read = (bytes: Buffer): unknown => {
      const binary = bytes.subarray(prefixBytes);
      checkLengths(binary);
      return reader.fromBuffer(binary, resolver);
    };
    return { read, lost: lostBy(topic, schemaId, reader, writer) };
  } catch (error) {
    return {
      unreadable: `Its schema cannot be read as this topic's: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** What this build would leave out of values of a schema, in a message; undefined when it knows all of them. */
export function unknownOf(topic: AvroTopic, schemaId: number, written: object): string | undefined {
  const [reader, writer] = [schemaOf(topic), written].map((one) => avsc.Type.forSchema(one as avsc.Schema));
  return reader && writer && lostBy(topic, schemaId, reader, writer);
}

/** As many losses as are named. Anybody who lists blocked partitions sees 240 characters. */
const namedLosses = 2;

function lostBy(
  topic: AvroTopic,
  schemaId: number,
  reader: avsc.Type,
  writer: avsc.Type,
): string | undefined {
  const losses = lossesOf(reader, writer);
  if (losses.length === 0) return undefined;
  const named = losses.slice(0, namedLosses).join(', ');
  const more = losses.length > namedLosses ? ` and ${losses.length - namedLosses} more` : '';
  return `Schema ${schemaId} of ${topic} is newer than this release, which does not know ${named}${more}.`;
}

export interface Decoder {
  /**
   * Decodes a value that any version of our schemas, or a compatible one, wrote.
   *
   * What cannot be decoded is an answer, not an exception: the record goes to the dead letters. Only the
   * registry being away rejects. Anybody who writes the value to a store must not do so while `lost` says anything: no
   * later copy of the event has a higher version.
   */
  <T extends AvroTopic>(topic: T, bytes: Buffer | null): Promise<Decoded<T>>;
  /** Decodes values of one topic, in their order. It waits for each schema once, and for no value. */
  all<T extends AvroTopic>(topic: T, values: readonly (Buffer | null)[]): Promise<Decoded<T>[]>;
  /**
   * Looks a schema up, and builds what reads it, before the first value comes: some take 10 ms, in which nothing else
   * continues. Rejects when the registry is unavailable.
   */
  prepare(topic: AvroTopic, schemaId: number): Promise<void>;
}

/** Reasons of dead letters that were renamed, by their old name. */
const renamedReasons: Partial<Record<Reason, Reason>> = {
  KILLS_PROCESSES: 'POISON_PILL',
  FOREIGN_ID: 'UNLISTED_ID',
};

/**
 * Older releases name the vendor in `vendor` alone, and have other names for two reasons. Readers see the present
 * names. Changes the value in place.
 */
function inPresentNames<T extends AvroTopic>(value: ValueOf[T]): ValueOf[T] {
  const named: { readonly vendor: Vendor; vendor_id: string } = 'meta' in value ? value.meta : value;
  if (named.vendor_id === '' && named.vendor !== 'UNKNOWN') named.vendor_id = named.vendor.toLowerCase();
  if ('first_seen' in value) value.reason = renamedReasons[value.reason] ?? value.reason;
  return value;
}

/** Decoders of one process share nothing: a schema is looked up, and what reads it is built, once for each. */
export function createDecoder(lookup: SchemaLookup): Decoder {
  const writerOf = rememberSchemas(lookup);

  const all = async <T extends AvroTopic>(
    topic: T,
    values: readonly (Buffer | null)[],
  ): Promise<Decoded<T>[]> => {
    const ids = new Set(values.map(schemaIdOf));
    const writers = new Map<number | undefined, Writer>();
    await Promise.all(
      [...ids].map(async (id) => id !== undefined && writers.set(id, await writerOf(topic, id))),
    );
    return values.map((bytes) => decodeValue(bytes, writers.get(schemaIdOf(bytes))));
  };
  const decode = async <T extends AvroTopic>(topic: T, bytes: Buffer | null): Promise<Decoded<T>> => {
    const id = schemaIdOf(bytes);
    return decodeValue(bytes, id === undefined ? undefined : await writerOf(topic, id));
  };
  return Object.assign(decode, {
    all,
    async prepare(topic: AvroTopic, schemaId: number): Promise<void> {
      await writerOf(topic, schemaId);
    },
  });
}

/** @returns undefined for what is not in Confluent's wire format */
function schemaIdOf(bytes: Buffer | null): number | undefined {
  if (bytes === null || bytes.length <= prefixBytes || bytes[0] !== 0) return undefined;
  return bytes.readUInt32BE(1);
}

/** @param writer what reads the value's schema; undefined where it names none */
function decodeValue<T extends AvroTopic>(bytes: Buffer | null, writer: Writer | undefined): Decoded<T> {
  if (bytes === null || writer === undefined)
    return { ok: false, detail: 'The value does not begin with a schema id in the Confluent wire format.' };
  if ('unreadable' in writer) return { ok: false, detail: writer.unreadable, isSchemaWrong: true };
  try {
    return { ok: true, value: inPresentNames(writer.read(bytes) as ValueOf[T]), lost: writer.lost };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { ok: false, detail: `Not Avro of schema ${bytes.readUInt32BE(1)}: ${said}` };
  }
}

/**
 * Reads values by the schemas that this build knows, newest first: for those whose own schema the registry has lost.
 * @param isRight whether a value is the one that was written. Bytes may be readable by another schema than their own
 * @returns null where none of them reads it
 */
export function createReleasedReader<T extends AvroTopic>(
  topic: T,
): (bytes: Buffer, isRight: (value: ValueOf[T]) => boolean) => ValueOf[T] | null {
  let writers: Writer[] | undefined;
  return (bytes, isRight) => {
    const versions: readonly object[] = avroSchemas[topic];
    writers ??= versions.toReversed().map((schema) => readAs(topic, bytes.readUInt32BE(1), schema));
    for (const writer of writers) {
      const decoded = decodeValue<T>(bytes, writer);
      if (decoded.ok && isRight(decoded.value)) return decoded.value;
    }
    return null;
  };
}

/** What reads a topic by the schema that a value was written with. Each is built once. */
function rememberSchemas(lookup: SchemaLookup) {
  const writers = new Map<string, Promise<Writer>>();

  const readWriter = async (topic: AvroTopic, schemaId: number): Promise<Writer> => {
    const written = await lookup(schemaId);
    if (written === null) return { unreadable: `The registry knows no schema ${schemaId}.`, isAbsent: true };
    return readAs(topic, schemaId, written);
  };

  /** Remembered from the first question on: a chunk of a thousand records asks once, and builds one resolver. */
  return (topic: AvroTopic, schemaId: number): Promise<Writer> => {
    const name = `${topic}/${schemaId}`;
    const known = writers.get(name);
    if (known) return known;
    const writer = readWriter(topic, schemaId);
    writers.set(name, writer);
    // Neither is remembered: the registry comes back, and an unknown id may be registered later.
    const forget = (): void => void writers.delete(name);
    writer.then((one) => 'isAbsent' in one && forget(), forget);
    return writer;
  };
}
