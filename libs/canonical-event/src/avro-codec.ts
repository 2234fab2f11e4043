import avsc from 'avsc';
import { createWriter, Misfit, type Write } from './avro-writer.ts';
import { createLengthCheck } from './check-lengths.ts';
import type { ValueOf } from '@sluice/schemas/schemas';
import { avroSchemas } from '@sluice/schemas/schemas';

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
  const write = createWriter(type);
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
    if (!(error instanceof Misfit)) throw error;
    type.toBuffer(value);
    throw error;
  }
}

/** A value to encode: fields that have a default may be left out. */
export type EventInput<T extends AvroTopic> = T extends 'dead-letter'
  ? Partial<ValueOf[T]> & Pick<ValueOf[T], 'id' | 'stage' | 'reason' | 'payload' | 'first_seen'>
  : Partial<ValueOf[T]> & { meta: ValueOf['other.v1']['meta'] };

export type Decoded<T extends AvroTopic> =
  { readonly ok: true; readonly value: ValueOf[T] } | { readonly ok: false; readonly detail: string };

/** Looks up the schema that a value was written with, by the registry's id. Rejects when the registry is away. */
export type SchemaLookup = (schemaId: number) => Promise<object | null>;

type Writer =
  | { readonly resolver: avsc.Resolver; readonly checkLengths: (bytes: Buffer) => void }
  | { readonly unreadable: string; readonly isAbsent?: true };

function readAs(reader: avsc.Type, written: object): Writer {
  try {
    const resolver = reader.createResolver(avsc.Type.forSchema(written as avsc.Schema));
    return { resolver, checkLengths: createLengthCheck(written) };
  } catch (error) {
    return {
      unreadable: `Its schema cannot be read as this topic's: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

export interface Decoder {
  /**
   * Decodes a value that any version of our schemas, or a compatible one, wrote.
   *
   * What cannot be decoded is an answer, not an exception: the record goes to the dead letters. Only the
   * registry being away rejects.
   */
  <T extends AvroTopic>(topic: T, bytes: Buffer | null): Promise<Decoded<T>>;
  /**
   * Looks a schema up, and builds what reads it, before the first value comes: some take 10 ms, in which nothing else
   * goes on. Rejects when the registry is away.
   */
  prepare(topic: AvroTopic, schemaId: number): Promise<void>;
}

/** Decoders of one process share nothing: a schema is looked up, and what reads it is built, once for each. */
export function createDecoder(lookup: SchemaLookup): Decoder {
  const writers = new Map<string, Promise<Writer>>();
  const readers = new Map<AvroTopic, avsc.Type>();

  const readerOf = (topic: AvroTopic): avsc.Type => {
    let reader = readers.get(topic);
    if (!reader) {
      reader = avsc.Type.forSchema(schemaOf(topic) as avsc.Schema);
      readers.set(topic, reader);
    }
    return reader;
  };

  const readWriter = async (topic: AvroTopic, schemaId: number): Promise<Writer> => {
    const written = await lookup(schemaId);
    if (written === null) return { unreadable: `The registry knows no schema ${schemaId}.`, isAbsent: true };
    return readAs(readerOf(topic), written);
  };

  /** Remembered from the first question on: a chunk of a thousand records asks once, and builds one resolver. */
  const writerOf = (topic: AvroTopic, schemaId: number): Promise<Writer> => {
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

  const decode = async <T extends AvroTopic>(topic: T, bytes: Buffer | null): Promise<Decoded<T>> => {
    if (bytes === null || bytes.length <= prefixBytes || bytes[0] !== 0) {
      return { ok: false, detail: 'The value does not begin with a schema id in the Confluent wire format.' };
    }
    const schemaId = bytes.readUInt32BE(1);
    const writer = await writerOf(topic, schemaId);
    if ('unreadable' in writer) return { ok: false, detail: writer.unreadable };
    try {
      const binary = bytes.subarray(prefixBytes);
      writer.checkLengths(binary);
      return { ok: true, value: readerOf(topic).fromBuffer(binary, writer.resolver) as ValueOf[T] };
    } catch (error) {
      return {
        ok: false,
        detail: `Not Avro of schema ${schemaId}: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  };
  return Object.assign(decode, {
    async prepare(topic: AvroTopic, schemaId: number): Promise<void> {
      await writerOf(topic, schemaId);
    },
  });
}
