import { developmentVendors, developmentSources } from '@sluice/start/development-sources';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { applyStreamTopics } from '@sluice/cli/apply-stream-topics';
import { deleteTopics, endOffsets, findTopics } from '@sluice/kafka/topics-admin';
import { readRange } from '@sluice/kafka/read-range';
import { findRawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf, rawTopicOf } from '@sluice/schemas/topics';
import type { Acknowledged } from '@sluice/start/ledger';
import { allTopics } from '@sluice/vendors/topics';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { onlySources } from '../system/source-files.ts';
import { waitFor } from '../system/wait-for.ts';

const own = [
  developmentSources.encrypted,
  developmentSources.plain,
  developmentSources.otherEncrypted,
  developmentSources.open,
] as const;

/** Plain sources of streams of their own, next to those of the case's stream. */
function withOthers(text: string, folder: string): string {
  const stream = /^ {4}stream: (\S+)$/m.exec(text)?.[1] ?? '';
  const others = ['deleted', 'unmade'].map((name) => {
    const token = join(folder, `${name}-token`);
    writeFileSync(token, `token-of-the-stream-${name}-never-use-it`);
    return [
      ...[
        `  - id: ${name}`,
        `    vendor: ${developmentVendors.first}`,
        `    stream: ${stream}_${name}`,
        '    signed: true',
      ],
      ...['    encrypted: false', `    token: { current: { file: ${token} } }`, ''],
    ].join('\n');
  });
  return `${text.trimEnd()}\n${others.join('')}`;
}

/** One ingress serves three streams; of one the topics are deleted, of another they were never made. */
async function topicsGone(context: CaseContext): Promise<Finding> {
  const { endpoints } = context;
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' };
  const proxies = await context.openKafkaProxies(endpoints.kafkaBrokers);
  let streams: readonly string[] = [];
  const allNames = allTopics;
  const topicsOfOthers = (): string[] => streams.flatMap((one) => allNames.map((name) => topicOf(one, name)));
  const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-tokens-'));
  context.onEnd(() => rm(folder, { recursive: true, force: true }));
  const system = await context.startSystem({
    through: { kafkaBrokers: proxies.addresses },
    sources: (text) => withOthers(text, folder),
    async beforeStart(stream) {
      streams = [`${stream}_deleted`, `${stream}_unmade`];
      context.onEnd(async () => {
        for (const other of streams) await removeStream(endpoints, other);
      });
      await applyStreamTopics(connection, `${stream}_deleted`, { replicas: 1 });
    },
  });
  const loadOf = (ids: readonly string[], seed: string, rate: number) =>
    startLoad(
      { ...system, sourcesFile: onlySources(system.sourcesFile, ids) },
      { seed: `${context.seed} ${seed}`, rate },
    );
  const load = await loadOf(own, 'own', 60);
  const before = await loadOf(['deleted'], 'before', 20);
  await Promise.all([load.untilAcknowledged(100), before.untilAcknowledged(30)]);
  await before.finish();
  await deleteTopics(
    connection,
    topicsOfOthers().filter((topic) => topic.includes('_deleted.')),
  );
  const gone = async (): Promise<boolean> => (await findTopics(connection, topicsOfOthers())).size === 0;
  await waitFor('the topics of the other streams are gone', gone, 60_000);

  const others = [await loadOf(['deleted'], 'after', 20), await loadOf(['unmade'], 'after', 20)];
  await Promise.all(others.map((other) => other.untilAcknowledged(20)));
  // What the first stream is acknowledged now is spooled, next to what nobody can publish.
  proxies.each((proxy) => proxy.setMode('refuse'));
  await delay(context.pick(15, 5) * 1_000);
  proxies.each((proxy) => proxy.setMode('pass'));
  const startedAt = performance.now();
  await load.untilAcknowledged(200);
  const sent = await load.finish();
  const finding = await judge(system, sent, { recoveryMs: performance.now() - startedAt });

  const problems: string[] = [...finding.problems];
  const ingress = system.service('ingress');
  const waiting = await ingress.metric('sluice_spool_records');
  context.say(
    `${waiting} pushes of the other streams waited while ${finding.acknowledged} of the first went on`,
  );
  if (waiting === 0) problems.push('Nothing of the other streams waited: the case proves nothing.');
  const ledgers = await Promise.all(others.map((other) => other.finish()));
  for (const stream of streams) await applyStreamTopics(connection, stream, { replicas: 1 });
  const isEmpty = async (): Promise<boolean> => (await ingress.metric('sluice_spool_records')) === 0;
  await waitFor('the spool is empty', isEmpty, 120_000);
  let lost = finding.lost;
  for (const [at, { acknowledged }] of ledgers.entries()) {
    const absent = await countAbsent(
      connection,
      topicOf(streams[at] ?? '', rawTopicOf(developmentVendors.first)),
      acknowledged,
    );
    if (absent > 0) problems.push(`${absent} pushes of ${streams[at] ?? ''} did not arrive.`);
    lost += absent;
  }
  const acknowledged = ledgers.reduce((sum, one) => sum + one.acknowledged.length, finding.acknowledged);
  if (ingress.restarts() > 0) problems.push('Ingress ended of it.');
  return { ...finding, acknowledged, lost, problems };
}

async function countAbsent(
  connection: Parameters<typeof readRange>[0],
  topic: string,
  acknowledged: readonly Acknowledged[],
): Promise<number> {
  const found = new Set<string>();
  const to = await endOffsets(connection, topic);
  await readRange(connection, { topic, from: new Map(), to }, ({ headers }) => {
    found.add(findRawHeaders(headers).payloadHash);
  });
  return acknowledged.filter(({ payloadHash }) => !found.has(payloadHash)).length;
}

export const streamCases: readonly FaultCase[] = [
  {
    name: 'stream-topic-gone',
    group: 'kafka',
    fault:
      'one ingress serves three streams; the topics of the second are deleted and those of the third were never made; then Kafka is unavailable for 15 s',
    expectation:
      'Spooled and fresh pushes of the first are published while the others wait on the disk; when their topics are made, they arrive as well.',
    run: topicsGone,
  },
];
