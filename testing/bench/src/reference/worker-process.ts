import { request } from 'node:http';
import avsc from 'avsc';
import { XMLParser } from 'fast-xml-parser';
// A reference owes nothing to our code: it uses the libraries as anybody would.
// eslint-disable-next-line no-restricted-imports
import kafkajs, { type KafkaMessage } from 'kafkajs';
import { avroSchemas } from '@sluice/schemas/avro-schemas';
import type { StoredTopic } from '@sluice/schemas/topics';
import { answerWith } from '../helper-process.ts';

/** What a reference worker is asked: to start, once; then how far it is. */
export interface WorkerQuestion {
  readonly start?: {
    readonly brokers: readonly string[];
    readonly group: string;
    /** Full names, and what they are called in every stream. */
    readonly topics: readonly (readonly [name: string, topic: string])[];
    readonly work: WorkerTask;
  };
}

export type WorkerTask =
  | { readonly is: 'normalize'; readonly into: string }
  | { readonly is: 'write'; readonly as: 'rows' | 'documents'; readonly url: string };

export interface WorkerState {
  readonly records: number;
  readonly cpuSeconds: number;
  /** On the clock of `performance`, in ms. */
  readonly atMs: number;
}

type Batch = (topic: string, messages: readonly KafkaMessage[]) => Promise<void>;

let records = 0;

/**
 * The least that a worker must do: consume batches, work on each, and commit. It knows neither retries nor dead letters,
 * trusts what it reads, and works on one batch at a time.
 */
async function startWorker({
  brokers,
  group,
  topics,
  work,
}: NonNullable<WorkerQuestion['start']>): Promise<void> {
  const kafka = new kafkajs.Kafka({
    ...{ clientId: 'reference', brokers: [...brokers] },
    logLevel: kafkajs.logLevel.WARN,
  });
  const onBatch = work.is === 'write' ? writer(work.as, work.url) : await normalizer(kafka, work.into);
  const short = new Map(topics);
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...short.keys()], fromBeginning: true });
  await consumer.run({
    async eachBatch({ batch }) {
      await onBatch(short.get(batch.topic) ?? '', batch.messages);
      records += batch.messages.length;
    },
  });
}

/** Parses each document, flattens it, and writes its values by their paths as Avro. */
async function normalizer(kafka: kafkajs.Kafka, into: string): Promise<Batch> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const parser = new XMLParser({ parseTagValue: false });
  const type = avsc.Type.forSchema({ type: 'map', values: 'string' });
  return async (_topic, messages) => {
    const encoded = messages.map(({ key, value }) => {
      const text = value?.toString().trim() ?? '';
      return { key, value: type.toBuffer(flattened(parsed(text, parser))) };
    });
    await producer.send({ topic: into, acks: -1, messages: encoded });
  };
}

/** Vendors send flawed documents too: what cannot be parsed is taken as one text. */
function parsed(text: string, parser: XMLParser): unknown {
  try {
    return text.startsWith('<') ? parser.parse(text) : JSON.parse(text);
  } catch {
    return { text };
  }
}

function flattened(value: unknown, path = '', into: Record<string, string> = {}): Record<string, string> {
  if (typeof value === 'object' && value !== null)
    for (const [name, child] of Object.entries(value)) flattened(child, `${path}.${name}`, into);
  else into[path] = String(value);
  return into;
}

/** Decodes each event, and writes a batch with one request. */
function writer(as: 'rows' | 'documents', url: string): Batch {
  const types = new Map<string, avsc.Type>();
  const typeOf = (topic: string): avsc.Type => {
    const known = types.get(topic);
    if (known) return known;
    const type = avsc.Type.forSchema(avroSchemas[topic as StoredTopic].at(-1) as avsc.Schema);
    types.set(topic, type);
    return type;
  };
  return async (topic, messages) => {
    const type = typeOf(topic);
    const lines = messages.map(({ value }) => {
      // Behind the registry's prefix.
      const event = type.fromBuffer(value?.subarray(5) ?? Buffer.alloc(0)) as { meta: { event_id: string } };
      const document = JSON.stringify(event, (_name, one: unknown) =>
        typeof one === 'bigint' ? Number(one) : one,
      );
      const action = `{"index":{"_index":"reference","_id":"${event.meta.event_id}"}}\n`;
      return as === 'rows' ? document : `${action}${document}`;
    });
    const path =
      as === 'rows' ? `/?query=${encodeURIComponent('INSERT INTO reference FORMAT JSONEachRow')}` : '/_bulk';
    await post(new URL(path, url), `${lines.join('\n')}\n`);
  };
}

function post(url: URL, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': Buffer.byteLength(body) };
    request(url, { method: 'POST', headers }, (answer) => {
      answer.resume().once('end', resolve);
    })
      .once('error', reject)
      .end(body);
  });
}

answerWith(async (question): Promise<WorkerState> => {
  const { start } = question as WorkerQuestion;
  if (start) await startWorker(start);
  const { user, system } = process.cpuUsage();
  return { records, cpuSeconds: (user + system) / 1e6, atMs: performance.now() };
});
