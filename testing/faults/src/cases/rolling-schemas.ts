import { developmentVendors } from '@sluice/start/development-sources';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRange } from '@sluice/kafka/read-range';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad, type Load } from '../system/load.ts';
import { makeNextBuild, next } from '../system/next-build.ts';
import { startSluice } from '../system/run-sluice.ts';
import { shownIn } from '../system/content-of-stores.ts';
import type { System } from '../system/system.ts';
import { waitFor } from '../system/wait-for.ts';

const sinks = ['sink-clickhouse', 'sink-elasticsearch'] as const;
type Worker = 'normalizer' | (typeof sinks)[number];
const instances = 2;
/** A sink tells that it holds a partition behind the third attempt. */
const heldWithinMs = 90_000;
const passedWithinMs = 180_000;

/**
 * Two releases roll both ways under load, each time in the order that hurts: the normalizer first on the way up, and
 * the sinks first on the way down, so that sinks meet events of a schema that they do not know.
 */
async function rollBothWays(context: CaseContext): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-next-'));
  context.onEnd(() => {
    rmSync(folder, { recursive: true, force: true });
    return Promise.resolve();
  });
  const build = join(folder, 'build');
  makeNextBuild(build);
  context.say('the next release is built');
  const system = await context.startSystem({
    instances: { normalizer: instances, 'sink-clickhouse': instances, 'sink-elasticsearch': instances },
  });
  // A push that is received again after the rollback is a newer receipt, and has the older release's mapping by right.
  const load = await startLoad(system, { seed: context.seed, rate: 40, resendShare: 0 });
  const some = context.pick(300, 100);
  await load.untilAcknowledged(some);
  const schemaId = await releaseSteps(system, build);
  const problems: string[] = [];
  for (let round = 1; round <= context.pick(3, 1); round += 1) {
    await roll(system, 'normalizer', build);
    await untilHeld(system, schemaId, load);
    context.say('up: both old sinks hold what the new normalizers write');
    for (const sink of sinks) await roll(system, sink, build);
    await load.untilAcknowledged(some);

    for (const sink of sinks) await roll(system, sink, undefined);
    await untilHeld(system, schemaId, load);
    await roll(system, 'normalizer', undefined);
    const ends = await conversationEnds(system);
    await load.untilAcknowledged(some);
    context.say('down: the old sinks hold the backlog of the new normalizers');
    for (const sink of sinks) await roll(system, sink, build);
    await untilPassed(system, ends);
    for (const sink of sinks) await roll(system, sink, undefined);
    context.say(`round ${round} is over, ${load.counts().acknowledged} acknowledged`);
  }
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  problems.push(...(await cutDown(system, schemaId)));
  return judge(system, sent, { recoveryMs, problems });
}

/** What the chart's hook does before an upgrade. @returns the id of the next release's schema of conversations */
async function releaseSteps({ endpoints, stream }: System, build: string): Promise<number> {
  const run = async (...args: string[]): Promise<string> => {
    const { code, output } = await startSluice([...args, '--stream', stream], build).ended;
    if (code !== 0) throw new Error(`"sluice ${args[0]}" of the next release ended with ${code}: ${output}`);
    return output;
  };
  const said = await run('schemas', 'register', '--schema-registry', endpoints.registryUrl);
  await run(
    'migrate',
    '--clickhouse',
    endpoints.clickhouseUrl,
    '--elasticsearch',
    endpoints.elasticsearchUrl,
  );
  return Number(/conversation\.v1 is schema (\d+)\./.exec(said)?.[1]);
}

/** One instance after the other, as a Deployment does. @param build undefined: this checkout */
async function roll(system: System, worker: Worker, build: string | undefined): Promise<void> {
  for (let instance = 0; instance < instances; instance += 1) {
    const service = system.service(worker, instance);
    await service.stop();
    service.runFrom(build);
    await service.start();
  }
}

interface State {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: string | null;
  readonly blocked: { readonly error: string } | null;
}

/** What an operator sees. */
async function partitionsOf({ endpoints, stream }: System): Promise<State[]> {
  const place = ['--stream', stream, '--brokers', endpoints.kafkaBrokers.join(',')];
  const { output } = await startSluice(['partitions', 'list', '--json', ...place]).ended;
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines
    .map((line) => JSON.parse(line) as State & { of: string })
    .filter(({ of }) => of === 'partition');
}

/** Waits until an operator sees that sinks of both stores hold partitions for their schema, and for nothing else. */
async function untilHeld(system: System, schemaId: number, load: Load): Promise<void> {
  const held = new Set<string>();
  await waitFor(
    `sinks of both stores hold partitions for schema ${schemaId}; ${load.counts().acknowledged} acknowledged`,
    async () => {
      for (const { group, topic, blocked } of await partitionsOf(system)) {
        if (blocked === null) continue;
        if (!blocked.error.startsWith(`Schema ${schemaId} of conversation.v1 is newer than this release`))
          throw new Error(`${group} holds a partition of ${topic}: ${blocked.error}`);
        held.add(group);
      }
      return sinks.every((sink) => held.has(sink));
    },
    heldWithinMs,
  );
}

function conversationEnds({ endpoints, stream }: System): Promise<Map<number, bigint>> {
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' };
  return endOffsets(connection, topicOf(stream, 'conversation.v1'));
}

/** Waits until sinks of both stores have finished everything that conversations had then. */
async function untilPassed(system: System, ends: ReadonlyMap<number, bigint>): Promise<void> {
  const topic = topicOf(system.stream, 'conversation.v1');
  await waitFor(
    'the new sinks have finished what was held',
    async () =>
      (await partitionsOf(system))
        .filter((state) => state.topic === topic)
        .every(({ partition, committed }) => BigInt(committed ?? 0) >= (ends.get(partition) ?? 0n)),
    passedWithinMs,
  );
}

interface Shown {
  readonly phase: string;
  readonly note: string | null;
}

/** Events that a store shows without what the next release's normalizer wrote. */
async function cutDown(system: System, schemaId: number): Promise<string[]> {
  const written = await writtenByNext(system, schemaId);
  if (written.size === 0) return ['The next release wrote no event that this one does not know.'];
  const stores = { ClickHouse: await rows(system), Elasticsearch: await documents(system) };
  return Object.entries(stores).flatMap(([store, shown]) => {
    const cut = [...written].filter((id) => {
      const found = shown.get(id);
      return found?.phase !== next.symbol || found.note !== next.value;
    });
    const marked = [...shown].filter(([, { note }]) => note === next.value).length;
    return [
      ...(cut.length > 0 ? [`${cut.length} of ${written.size} events are cut down in ${store}.`] : []),
      ...(marked === written.size
        ? []
        : [`${store} has the new field in ${marked} events, not ${written.size}.`]),
    ];
  });
}

/** The ids of recorded conversations that the topic has in the next release's schema. */
async function writtenByNext(system: System, schemaId: number): Promise<Set<string>> {
  const { endpoints, stream } = system;
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' };
  const topic = topicOf(stream, 'conversation.v1');
  const ids = new Set<string>();
  const to = await conversationEnds(system);
  await readRange(connection, { topic, from: new Map(), to }, ({ value, headers }) => {
    if (value?.readUInt32BE(1) !== schemaId) return;
    if (headers.ce_type?.toString() !== 'sluice.conversation.recorded.v1') return;
    if (headers.ce_source?.toString().startsWith(`/sluice/${developmentVendors.second}/`))
      ids.add(headers.ce_id?.toString() ?? '');
  });
  return ids;
}

async function rows({ endpoints, stream }: System): Promise<Map<string, Shown>> {
  const query = `SELECT toString(event_id) AS id, phase, ${next.field} AS note FROM ${stream}.conversation_latest FORMAT JSONEachRow`;
  const answer = await fetch(endpoints.clickhouseUrl, { method: 'POST', body: query });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse did not show its conversations: ${text}`);
  const shown = text
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Shown & { id: string }]));
  return new Map(shown.map((one) => [one.id, one]));
}

async function documents(system: System): Promise<Map<string, Shown>> {
  const shown = new Map<string, Shown>();
  for await (const text of shownIn(system, 'elasticsearch')) {
    const document = JSON.parse(text) as { meta: { event_id: string }; phase?: string } & Record<
      string,
      unknown
    >;
    const note = document[next.field];
    shown.set(document.meta.event_id, {
      phase: document.phase ?? '',
      note: typeof note === 'string' ? note : null,
    });
  }
  return shown;
}

export const rollingSchemaCases: readonly FaultCase[] = [
  {
    name: 'rolling-schemas',
    group: 'workers',
    fault:
      'two releases roll up and back under load, 3 times, in the order that hurts: a normalizer that adds a field and a symbol is upgraded before the sinks, and taken back behind them',
    expectation:
      'Old sinks hold the events that they do not know, and say why; in the end both stores have every event, with every field.',
    run: rollBothWays,
  },
];
