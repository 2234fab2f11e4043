import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openSpool } from '@sluice/ingress/spool/spool';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import type { KafkaProxies } from '../proxy/kafka-proxy.ts';
import { judge } from '../system/judge.ts';
import { startLoad, type Load } from '../system/load.ts';
import { idOf, readSpooled, type SpooledPlace } from '../system/spooled-records.ts';
import type { System } from '../system/system.ts';

interface Spooling {
  readonly system: System;
  readonly folder: string;
  readonly kafka: KafkaProxies;
  readonly load: Load;
}

/** Kafka is unavailable, and ingress writes to its spool under load. */
async function startSpooling(context: CaseContext): Promise<Spooling> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-spool-'));
  context.onEnd(() => rm(folder, { recursive: true, force: true }));
  const kafka = await context.openKafkaProxies(context.endpoints.kafkaBrokers);
  const system = await context.startSystem({
    through: { kafkaBrokers: kafka.addresses },
    env: { ingress: { SLUICE_SPOOL_FOLDER: folder } },
  });
  const load = await startLoad(system, { seed: context.seed, rate: 100 });
  await load.untilAcknowledged(50);
  kafka.each((proxy) => proxy.setMode('refuse'));
  return { system, folder, kafka, load };
}

/** SIGKILL at a seeded moment. @returns the records of the segment that was being written */
async function killWhileWriting(
  context: CaseContext,
  { system, folder, load }: Spooling,
): Promise<SpooledPlace[]> {
  await load.untilAcknowledged(80);
  await delay(context.random.integer(0, 300));
  await system.service('ingress').kill();
  const places = await readSpooled(folder);
  const newest = places.at(-1)?.file;
  return places.filter(({ file }) => file === newest);
}

/**
 * Kafka comes back and the ledger is made, without the records that the case itself destroyed.
 * @param destroyed ids of records
 */
async function endSpooling(
  { system, kafka, load }: Spooling,
  destroyed: ReadonlySet<string>,
  problemsOf: () => Promise<string[]>,
): Promise<Finding> {
  kafka.each((proxy) => proxy.setMode('pass'));
  const recoveryMs = await load.untilAcknowledged(100);
  const { types, acknowledged } = await load.finish();
  const kept = acknowledged.filter(
    ({ sourceId, payloadHash }) => !destroyed.has(`${sourceId}/${payloadHash}`),
  );
  const finding = await judge(system, { types, acknowledged: kept }, { recoveryMs });
  // The spool is drained now.
  return { ...finding, problems: [...finding.problems, ...(await problemsOf())] };
}

async function tornTail(context: CaseContext): Promise<Finding> {
  const spooling = await startSpooling(context);
  const ingress = spooling.system.service('ingress');
  const torn = new Set<string>();
  const problems: string[] = [];
  for (let round = 0; round < context.pick(10, 2); round += 1) {
    const places = await killWhileWriting(context, spooling);
    const last = places.at(-1);
    if (!last) throw new Error('Nothing was spooled: the case proves nothing.');
    if (round === 0) problems.push(...(await openEveryCut(context, places, last)));
    truncateSync(last.file, context.random.integer(last.at + 1, last.end - 1));
    torn.add(last.id);
    // Kafka is still away: the spool alone makes it ready.
    await ingress.start();
  }
  context.say(`${torn.size} last records cut by the case; they are not counted`);
  return endSpooling(spooling, torn, async () => {
    const quarantined = await ingress.metric('sluice_spool_quarantined_files');
    return quarantined === 0 ? problems : [...problems, `${quarantined} torn tails went into quarantine.`];
  });
}

/** Opens a copy of the segment cut at every byte of its last record, and drains it. A message for each that is wrong. */
async function openEveryCut(
  context: CaseContext,
  places: readonly SpooledPlace[],
  { file, at, end }: SpooledPlace,
): Promise<string[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-faults-cut-'));
  const whole = places.slice(0, -1).map(({ id }) => id);
  const step = context.pick(1, Math.ceil((end - at) / 25));
  const problems: string[] = [];
  let cuts = 0;
  try {
    for (let bytes = at; bytes < end; bytes += step) {
      const folder = mkdtempSync(join(scratch, 'spool-'));
      copyFileSync(file, join(folder, basename(file)));
      truncateSync(join(folder, basename(file)), bytes);
      const { ids, quarantined } = await drainAll(folder);
      if (ids.join() !== whole.join() || quarantined > 0)
        problems.push(
          `Cut at byte ${bytes - at}: ${ids.length} of ${whole.length} records, ${quarantined} in quarantine.`,
        );
      rmSync(folder, { recursive: true });
      cuts += 1;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  context.say(`${cuts} cuts of the last record opened by the spool's library, ${problems.length} wrong`);
  return problems.slice(0, 3);
}

async function drainAll(folder: string): Promise<{ ids: string[]; quarantined: number }> {
  const opened = await openSpool({ folder });
  if (opened.outcome === 'refused') throw new Error(opened.reason);
  const ids: string[] = [];
  await opened.spool.drain((batch) => {
    ids.push(...batch.map(idOf));
    return Promise.resolve(batch);
  });
  const { quarantined } = opened.spool.state();
  await opened.spool.close();
  return { ids, quarantined };
}

async function flippedByte(context: CaseContext): Promise<Finding> {
  const spooling = await startSpooling(context);
  const ingress = spooling.system.service('ingress');
  const broken = new Map<string, Buffer>();
  const rounds = context.pick(10, 2);
  for (let round = 0; round < rounds; round += 1) {
    const places = await killWhileWriting(context, spooling);
    const place = places[context.random.integer(1, places.length - 2)];
    if (!place) throw new Error('Too little was spooled: the case proves nothing.');
    broken.set(place.id, flip(context, place));
    await ingress.start();
  }
  context.say(`broken by the case, and not counted: ${[...broken.keys()].join(', ')}`);
  return endSpooling(spooling, new Set(broken.keys()), async () => {
    // Each topic's log has a folder `quarantine` of its own.
    const kept = readdirSync(spooling.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && basename(entry.parentPath) === 'quarantine')
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    const missing = [...broken.values()].filter((bytes) => !kept.some((one) => one.equals(bytes)));
    const counted = await ingress.metric('sluice_spool_quarantined_files');
    return [
      ...(kept.length === rounds ? [] : [`${kept.length} files in quarantine, not ${rounds}.`]),
      ...(missing.length === 0
        ? []
        : [`${missing.length} broken records are not in quarantine as they are.`]),
      ...(counted === kept.length
        ? []
        : [`The metric tells ${counted} files in quarantine, not ${kept.length}.`]),
    ];
  });
}

/** Changes one bit of one byte of a record. @returns the record as it is then */
function flip({ random }: CaseContext, { file, at, end }: SpooledPlace): Buffer {
  const bytes = readFileSync(file);
  const where = random.integer(at, end - 1);
  bytes[where] = (bytes[where] ?? 0) ^ (1 << random.integer(0, 7));
  writeFileSync(file, bytes);
  return bytes.subarray(at, end);
}

export const spoolDamageCases: readonly FaultCase[] = [
  {
    name: 'spool-torn-tail',
    group: 'ingress',
    fault:
      'Kafka away, ingress killed (SIGKILL) while it writes to the spool, the last record then cut: at every byte on copies, at 10 seeded bytes before a restart',
    expectation:
      'What stands before the cut is delivered, nothing of it goes into quarantine, and ingress is ready without Kafka.',
    run: tornTail,
  },
  {
    name: 'spool-flipped-byte',
    group: 'ingress',
    fault: 'Kafka away, ingress killed, one bit of one record in the middle of the spool flipped, 10 times',
    expectation:
      'That record alone goes into quarantine, byte for byte, and is counted there; every other one is published.',
    run: flippedByte,
  },
];
