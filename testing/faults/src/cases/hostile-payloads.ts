import { readRanges } from '@sluice/kafka/read-range';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { canonicalTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import { collect } from '@sluice/start/collect';
import { simulatedSources } from '@sluice/vendors/simulators';
import { rawTopics } from '@sluice/vendors/topics';
import type { VendorId } from '@sluice/vendors';
import { list } from '@sluice/vendors/testing/vendor-attacks';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { attackersWith } from '../system/attackers.ts';
import { drained, judge, type Sent } from '../system/judge.ts';
import type { System } from '../system/system.ts';
import { hostileProbes, partitionsThatEndAt, withSource, type SourcedBody } from './hostile-push.ts';
import { probe, type Probe } from './probe.ts';
import { sendBatches } from './staff-batches.ts';

const mebibyte = 1024 * 1024;
/** So many ordinary pushes of a source reach each of six partitions, but once in a million runs. */
const ordinaryOnes = 96;

interface Sending {
  readonly sent: Sent;
  readonly problems: readonly string[];
}

function together(...parts: readonly Sending[]): Sending {
  const acknowledged = parts.flatMap(({ sent }) => sent.acknowledged);
  return { sent: { types: [], acknowledged }, problems: parts.flatMap(({ problems }) => problems) };
}

function restarted(system: System): string[] {
  return system.all.filter((service) => service.restarts() > 0).map(({ name }) => `${name} ended of it.`);
}

/** The vendors that have such bodies, and the bodies of them all. */
async function attacksOf(
  kind: 'amplifying' | 'superlinear' | 'longNames',
  chars: number,
): Promise<{ attackers: { vendor: VendorId; plain: string }[]; bodies: SourcedBody[] }> {
  const attackers = await attackersWith(kind);
  const bodies = attackers.flatMap((attacker) =>
    attacker.attack(chars).map((body) => withSource(body, attacker)),
  );
  return { attackers, bodies };
}

/** A staff page's batch whose member next to the actions is large: the largest batch that is taken has 256 KiB. */
function amplifyingBatch(chars: number): Buffer {
  const actions = Math.min(2_400, Math.floor(chars / 4));
  return Buffer.from(
    `{"sdk":"${'x'.repeat(chars - 2 * actions - 100)}","actions":[${list(2 * actions, '1')}]}`,
  );
}

/** Ordinary pushes of each vendor, one after the other: they fill every partition behind what came before. */
function ordinaryOf(
  probes: ReturnType<typeof hostileProbes>,
  attackers: readonly { plain: string }[],
): Probe[] {
  return attackers.flatMap(({ plain }) =>
    Array.from({ length: ordinaryOnes }, () => probes.ordinary(plain, 'an ordinary one behind')),
  );
}

async function amplification(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const probes = hostileProbes(await simulatedSources(system.sourcesFile), context.seed);
  const { attackers, bodies } = await attacksOf('amplifying', context.pick(mebibyte, mebibyte / 16));
  const hostile = bodies.map((body) => probes.hostile(body));
  const first = await probe(system, hostile);
  const batch = amplifyingBatch(context.pick(mebibyte / 4, mebibyte / 16));
  const page = await sendBatches(system, [batch]);
  // Most ordinary chats: they wait while the normalizer is unavailable, 2 MiB in each partition, and then come all at once.
  await drained(system);
  const normalizer = system.service('normalizer');
  await normalizer.stop();
  const waiting = await probe(system, await manyEvents(probes, context.pick(12, 1) * mebibyte));
  await normalizer.start();
  const startedAt = performance.now();
  const ordinary = ordinaryOf(probes, attackers);
  const behind = await probe(system, ordinary);
  // What is left grows first: a chat becomes 201 events.
  await drained(system, 600_000);
  const recoveryMs = performance.now() - startedAt;
  const { sent, problems } = together(first, page, waiting, behind);
  const { raw, events, deadLetters } = await collect(system.endpoints, system.stream, system.since);
  const received = hostile.length + waiting.answers.length + ordinary.length + 1;
  const [rawBytes, madeBytes] = await Promise.all([
    bytesIn(system, rawTopics),
    bytesIn(system, [...canonicalTopics, 'dead-letter']),
  ]);
  const bodyBytes = bodies.reduce((sum, { body }) => sum + body.length, batch.length);
  const made = events.size + deadLetters.length;
  // As payload-limits.ts states it for each payload; ingress adds at most twice a body in dead letters.
  const allowed = 16 * rawBytes + 2 * bodyBytes + received * mebibyte + made * 2_048;
  const most = mostOfOnePayload([...events.values()].flatMap(({ positions }) => [...positions]));
  context.say(
    `${received} pushes, ${mb(rawBytes)} of raw records: ${events.size} events and ${deadLetters.length} dead letters, ${mb(madeBytes)}; at most ${most} events of one payload`,
  );
  return judge(system, sent, {
    recoveryMs,
    problems: [
      ...problems,
      ...restarted(system),
      ...(madeBytes > allowed ? [`${mb(madeBytes)} were made, more than ${mb(allowed)}.`] : []),
      ...(most > payloadLimits.events ? [`One payload became ${most} events.`] : []),
      ...partitionsThatEndAt(raw, hostile, ordinary).map((one) => `Nothing came behind in ${one}.`),
    ],
  });
}

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** Bodies that become many events each, so many bytes of every vendor that has them. */
async function manyEvents(probes: ReturnType<typeof hostileProbes>, bytes: number): Promise<Probe[]> {
  const found: Probe[] = [];
  for (const attacker of await attackersWith('manyEvents'))
    for (let sum = 0; sum < bytes;) {
      const body = attacker.attack(`7${found.length}`);
      found.push(probes.hostile(withSource(body, attacker)));
      sum += body.body.length;
    }
  return found;
}

function mostOfOnePayload(positions: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const position of positions) counts.set(position, (counts.get(position) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** Bytes of all values in some topics. */
async function bytesIn({ endpoints, stream }: System, names: readonly TopicName[]): Promise<number> {
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' };
  const ranges = await Promise.all(
    names.map(async (name) => {
      const topic = topicOf(stream, name);
      return { topic, from: new Map<number, bigint>(), to: await endOffsets(connection, topic) };
    }),
  );
  let sum = 0;
  await readRanges(connection, ranges, ({ value }) => void (sum += value?.length ?? 0));
  return sum;
}

/** Each shape alone, and an ordinary push behind it, which must not wait. */
async function superlinear(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const probes = hostileProbes(await simulatedSources(system.sourcesFile), context.seed);
  const { bodies } = await attacksOf('superlinear', context.pick(mebibyte, mebibyte / 16));
  const parts: Sending[] = [];
  let slowestMs = 0;
  for (const body of bodies) {
    const part = await probe(system, [probes.hostile(body)]);
    const startedAt = performance.now();
    parts.push(part, await probe(system, [probes.ordinary(body.sourceId, `behind ${body.name}`)]));
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  }
  const startedAt = performance.now();
  await drained(system);
  const { sent, problems } = together(...parts);
  context.say(
    `${bodies.length} shapes; the slowest ordinary push behind one took ${Math.round(slowestMs)} ms`,
  );
  const slow = slowestMs > 5_000 ? [`An ordinary push took ${Math.round(slowestMs)} ms.`] : [];
  return judge(system, sent, {
    recoveryMs: performance.now() - startedAt,
    problems: [...problems, ...slow, ...restarted(system)],
  });
}

async function longNames(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const probes = hostileProbes(await simulatedSources(system.sourcesFile), context.seed);
  const { attackers, bodies } = await attacksOf('longNames', context.pick(mebibyte, mebibyte / 8));
  const hostile = bodies.map((body) => probes.hostile(body));
  const first = await probe(system, hostile);
  const ordinary = ordinaryOf(probes, attackers);
  const { sent, problems } = together(first, await probe(system, ordinary));
  const startedAt = performance.now();
  await drained(system);
  const { raw, deadLetters } = await collect(system.endpoints, system.stream, system.since);
  const wrong = hostile.flatMap(({ name, push }) => {
    const positions = raw.get(`${push?.sourceId ?? ''}/${push?.payloadHash ?? ''}`)?.positions ?? new Set();
    const own = deadLetters.filter(({ position }) => position !== null && positions.has(position));
    const reasons = own.map(({ reason }) => reason).join(', ');
    return reasons === 'TOO_LARGE' ? [] : [`${name} is no single dead letter TOO_LARGE (${reasons}).`];
  });
  return judge(system, sent, {
    recoveryMs: performance.now() - startedAt,
    problems: [
      ...problems,
      ...wrong,
      ...restarted(system),
      ...partitionsThatEndAt(raw, hostile, ordinary).map((one) => `Nothing came behind in ${one}.`),
    ],
  });
}

export const hostilePayloadCases: readonly FaultCase[] = [
  {
    name: 'amplification',
    group: 'abuse',
    fault:
      '1 MiB bodies whose elements, members or turns would each repeat the rest, a staff batch of 256 KiB, and 12 MiB of short chats that waited for the normalizer',
    expectation:
      'What is made of a payload stays below 16 times its bytes, 1 MiB, and 2 KiB for each event, and 10,000 events; no service ends or holds much; the partitions continue.',
    run: amplification,
  },
  {
    name: 'superlinear-time',
    group: 'abuse',
    fault:
      'bodies of 1 MiB in the worst shapes for scanners and parsers: spaces, references, sections, deep, wide, unended, encrypted and not',
    expectation:
      'Each is acknowledged and kept, an ordinary push behind it is taken within 5 s; nothing ends.',
    run: superlinear,
  },
  {
    name: 'long-names',
    group: 'abuse',
    fault: 'names of 20,000 to 350,000 characters above as many values as fit into 1 MiB, in XML and JSON',
    expectation:
      'Each is one dead letter (TOO_LARGE), nothing ends, and ordinary pushes behind them in the same partitions are events.',
    run: longNames,
  },
];
