/**
 * Reads topics of normalized events from their beginning and prints a JSON line for each event. A line with an event
 * id that was printed before replaces that line: it is a later version of the same event.
 *
 * `--topic` and `--reader-schema` take several, separated by commas. A reader schema is a file with your own, older
 * schema: events of the record that it names are given as it has them.
 *
 * It ends on SIGTERM or Ctrl-C, after `--max` lines, or when nothing came for `--until-idle-ms`. Any failure ends
 * it with code 1; started again, it continues after its last commit.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseArgs, promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import avsc from 'avsc';
import kafkajs from 'kafkajs';

interface SluiceEvent {
  meta: {
    event_id: string;
    event_type: string;
    entity_key: string;
    occurred_at: number | null;
    received_at: number;
    mapping_version: number;
  };
  text?: string | null;
}

const names = [
  'brokers',
  'schema-registry',
  'topic',
  'group',
  'reader-schema',
  'until-idle-ms',
  'max',
] as const;
const { values } = parseArgs({
  options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
});
const [brokers, registry, topic, group] = names.slice(0, 4).map((name) => {
  if (values[name] === undefined) throw new Error(`--${name} is missing.`);
  return values[name];
}) as [string, string, string, string];
const untilIdleMs = Number(values['until-idle-ms'] ?? Infinity);
const max = Number(values.max ?? Infinity);

/** By the name of the record. */
const readers = new Map(
  (values['reader-schema']?.split(',') ?? []).map((file) => {
    const type = avsc.Type.forSchema(JSON.parse(readFileSync(file, 'utf8')) as avsc.Schema);
    return [type.name, type];
  }),
);
/** How values are read, by the id of the schema that they were written with. */
const decoders = new Map<number, (binary: Buffer) => SluiceEvent>();

/** Confluent's wire format: a zero byte, the schema's id as 4 bytes, Avro binary. Each schema is asked for once. */
async function decode(value: Buffer | null): Promise<SluiceEvent> {
  if (value?.[0] !== 0) throw new Error('The value does not begin with the id of a schema.');
  const id = value.readUInt32BE(1);
  let decodeBinary = decoders.get(id);
  if (!decodeBinary) {
    const answer = await fetch(`${registry}/schemas/ids/${id}`);
    if (!answer.ok) throw new Error(`The registry answers ${answer.status} for schema ${id}.`);
    const { schema } = (await answer.json()) as { schema: string };
    const writer = avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema);
    const reader = readers.get(writer.name) ?? writer;
    const resolver = reader.createResolver(writer);
    decodeBinary = (binary) => reader.fromBuffer(binary, resolver) as SluiceEvent;
    decoders.set(id, decodeBinary);
  }
  return decodeBinary(value.subarray(5));
}

/** The version printed of each event. Keep yours next to your rows: this one grows, and is lost at the end. */
const versions = new Map<string, [receivedAt: number, mappingVersion: number]>();
let printed = 0;

function print({ meta, ...fields }: SluiceEvent, place: object): void {
  const known = versions.get(meta.event_id);
  if (known && (meta.received_at - known[0] || meta.mapping_version - known[1]) <= 0) return;
  versions.set(meta.event_id, [meta.received_at, meta.mapping_version]);
  const { event_id, event_type, entity_key, occurred_at } = meta;
  const occurredAt = occurred_at === null ? null : new Date(occurred_at).toISOString();
  const text = 'text' in fields ? { text: fields.text } : {};
  console.log(
    JSON.stringify({ event_id, event_type, entity_key, occurred_at: occurredAt, ...text, ...place }),
  );
  printed += 1;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
let failure: Error | undefined;
let lastNews = Infinity;

// kafkajs itself reads gzip alone.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { buffer: Buffer }) => promisify(zstdCompress)(buffer),
  decompress: (bytes: Buffer) => promisify(zstdDecompress)(bytes),
});
// For TLS and SASL add `ssl` and `sasl` here. kafkajs logs to stdout below the level WARN.
const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.WARN });
const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 500, allowAutoTopicCreation: false });
consumer.on(consumer.events.GROUP_JOIN, () => (lastNews = Date.now()));
consumer.on(consumer.events.CRASH, ({ payload }) => {
  // What a broker that has just started answers, for instance: the client joins again by itself.
  if (payload.restart && (payload.error as { retriable?: boolean }).retriable === true) return;
  failure = payload.error;
  stop.abort();
});
await consumer.connect();
await consumer.subscribe({ topics: topic.split(','), fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  async eachBatch(payload) {
    const { topic, partition } = payload.batch;
    for (const { key, value, offset } of payload.batch.messages) {
      if (stop.signal.aborted) break;
      print(await decode(value), { key: key?.toString(), topic, partition, offset: Number(offset) });
      payload.resolveOffset(offset);
      if (printed >= max) stop.abort();
      await payload.heartbeat();
    }
    await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    lastNews = Date.now();
  },
});
const idle = setInterval(() => Date.now() - lastNews >= untilIdleMs && stop.abort(), 50);
if (!stop.signal.aborted) await once(stop.signal, 'abort');
clearInterval(idle);
await consumer.disconnect();
if (failure) throw failure;
