import { developmentVendors } from '@sluice/start/development-sources';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip, gzipSync, zstdCompressSync } from 'node:zlib';
import { topicOf, rawTopicOf } from '@sluice/schemas/topics';
import { collect } from '@sluice/start/collect';
import { compressFrameSync } from 'lz4-napi';
import { compress } from 'snappyjs';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge, type Sent } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { watchMemory } from '../system/memory.ts';
import { codecs, encodeRecord, produceBatch } from '../system/produce-batch.ts';
import { takePlainPushes } from './plain-pushes.ts';
import { hashOf } from './probe.ts';
import { rawHeadersOf } from './raw-headers-of.ts';

type Codec = keyof typeof codecs;

const compressors: Record<Codec, (bytes: Buffer) => Buffer> = {
  gzip: gzipSync,
  zstd: zstdCompressSync,
  snappy: frameSnappy,
  lz4: compressFrameSync,
};

/** As snappy-java does it, and so every Java producer: blocks of 32 KiB in a frame of its own. */
function frameSnappy(bytes: Buffer): Buffer {
  const parts = [Buffer.from('82534e41505059000000000100000001', 'hex')];
  for (let at = 0; at < bytes.length; at += 32 * 1024) {
    const block = compress(Buffer.from(bytes.subarray(at, at + 32 * 1024)));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/** Raw records that another producer wrote, compressed: what a mirror or a future ingress may do. */
async function foreignBatches(context: CaseContext, codec: Codec): Promise<Finding> {
  const system = await context.startSystem();
  const [broker = ''] = system.endpoints.kafkaBrokers;
  const pushes = await takePlainPushes(system.sourcesFile, context.seed, context.pick(500, 100));
  for (const [vendor, own] of Map.groupBy(pushes, (push) => push.vendor)) {
    for (let at = 0, partition = 0; at < own.length; at += 50, partition = (partition + 1) % 6) {
      const records = own.slice(at, at + 50).map((push, place) => {
        const headers = rawHeadersOf(push, hashOf(push.text));
        return encodeRecord({ key: Buffer.from(push.id), value: Buffer.from(push.text), headers }, place);
      });
      const compressed = compressors[codec](Buffer.concat(records));
      const topic = topicOf(system.stream, `raw.${vendor}`);
      await produceBatch({ broker, topic, partition, codec, records: records.length, compressed });
    }
  }
  const startedAt = performance.now();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const ended = system.all
    .filter((service) => service.restarts() > 0)
    .map(({ name }) => `${name} ended of it.`);
  const acknowledged = pushes.map((push) => ({ ...push, payloadHash: hashOf(push.text) }));
  return judge(system, { types: [], acknowledged }, { recoveryMs, problems: ended });
}

const memoryAtMostMb = 500;

/** One record of a gigabyte, which gzip makes a megabyte and Kafka takes. */
async function gzipBomb(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const normalizer = system.service('normalizer');
  const load = await startLoad(system, { seed: context.seed, rate: 40 });
  await load.untilAcknowledged(50);
  const memory = watchMemory(() => [normalizer]);
  const [broker = ''] = system.endpoints.kafkaBrokers;
  const topic = topicOf(system.stream, rawTopicOf(developmentVendors.first));
  const compressed = await bomb(1024);
  const offset = await produceBatch({ broker, topic, partition: 0, codec: 'gzip', records: 1, compressed });
  context.say(`a batch of ${compressed.length} bytes at ${topic}/0/${offset}`);
  await load.untilAcknowledged(context.pick(500, 100));
  const startedAt = performance.now();
  const sent: Sent = await load.finish();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const { mb: peakMb } = memory.stop().largest;
  const { deadLetters } = await collect(system.endpoints, system.stream, system.since);
  const tooLarge = deadLetters.filter(
    ({ reason, stage }) => stage === 'NORMALIZER' && reason === 'TOO_LARGE',
  );
  const places = new Set(tooLarge.map(({ position }) => position));
  context.say(
    `the normalizer held at most ${peakMb} MB; dead letters of ${[...places].join(', ') || 'nothing'}`,
  );
  const problems = [
    ...(places.size === 1 && places.has(`${topic}/0/${offset}`)
      ? []
      : ['The batch is not the one dead letter.']),
    ...(peakMb > memoryAtMostMb ? [`The normalizer held ${peakMb} MB.`] : []),
    ...(normalizer.restarts() > 0 ? ['The normalizer ended of it.'] : []),
  ];
  return judge(system, sent, { recoveryMs, problems });
}

/** A batch's one record, of so many MiB of zeros, which is never held as it is. */
async function bomb(megabytes: number): Promise<Buffer> {
  const zeros = Buffer.alloc(1024 * 1024);
  const head = encodeRecord({ key: null, value: megabytes * zeros.length, headers: {} }, 0);
  function* parts(): Generator<Buffer> {
    yield head;
    for (let count = 0; count < megabytes; count += 1) yield zeros;
    // No headers.
    yield Buffer.of(0);
  }
  return buffer(Readable.from(parts()).pipe(createGzip()));
}

const foreign = (codec: Codec, wording: string): FaultCase => ({
  name: `foreign-${codec}-batch`,
  group: 'kafka',
  fault: `raw records that a foreign producer wrote in ${wording}`,
  expectation: 'They are events like any other.',
  run: (context) => foreignBatches(context, codec),
});

export const foreignBatchCases: readonly FaultCase[] = [
  foreign('gzip', 'gzip batches'),
  foreign('zstd', 'zstd batches'),
  foreign('snappy', "snappy batches, framed as Java's producers do"),
  foreign('lz4', 'lz4 batches'),
  {
    name: 'gzip-bomb',
    group: 'kafka',
    fault: 'a raw batch of 1 MB that grows to 1 GiB',
    expectation: `It is one dead letter (TOO_LARGE) with its place and without its bytes, the normalizer stays below ${memoryAtMostMb} MB and continues, and its neighbours are events.`,
    run: gzipBomb,
  },
];
