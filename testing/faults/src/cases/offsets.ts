import { topicOf } from '@sluice/schemas/topics';
import { rawTopics } from '@sluice/vendors/topics';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { contentOfStores } from '../system/content-of-stores.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import type { System } from '../system/system.ts';
import { withAdmin, type Admin } from '../system/with-admin.ts';

/** Everything is worked through; then, with the workers stopped, their offsets are changed; then again. */
async function processAgain(
  context: CaseContext,
  change: (admin: Admin, system: System) => Promise<void>,
): Promise<Finding> {
  const system = await context.startSystem();
  const load = await startLoad(system, { seed: context.seed, rate: 100 });
  await load.untilAcknowledged(context.pick(3_000, 300));
  const sent = await load.finish();
  await drained(system);
  const before = await contentOfStores(system);
  const workers = system.all.filter(({ name }) => name !== 'ingress');
  await Promise.all(workers.map((service) => service.stop()));
  await withAdmin(system, (admin) => change(admin, system));
  const startedAt = performance.now();
  await Promise.all(workers.map((service) => service.start()));
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const after = await contentOfStores(system);
  const problems = (['clickhouse', 'elasticsearch'] as const)
    .filter((store) => after[store] !== before[store])
    .map((store) => `${store} holds something other than before: ${after[store]}, not ${before[store]}.`);
  context.say(`${after.clickhouse}; ${after.elasticsearch}`);
  return judge(system, sent, { recoveryMs, problems });
}

/** The raw topics from offset 0; every event is then written to the canonical topics, and to both stores, again. */
async function backToZero(admin: Admin, { stream }: System): Promise<void> {
  for (const name of rawTopics) {
    const topic = topicOf(stream, name);
    const ends = await admin.fetchTopicOffsets(topic);
    const partitions = ends.map(({ partition }) => ({ partition, offset: '0' }));
    await admin.setOffsets({ groupId: `${stream}.normalizer`, topic, partitions });
  }
}

/** What is left of a group whose offsets have expired: nothing. */
async function forgetGroups(admin: Admin, { stream }: System): Promise<void> {
  const groups = ['normalizer', 'sink-clickhouse', 'sink-elasticsearch'].map((name) => `${stream}.${name}`);
  await admin.deleteGroups(groups);
}

export const offsetCases: readonly FaultCase[] = [
  {
    name: 'offsets-expired',
    group: 'kafka',
    fault: 'the committed offsets of every group are gone, as after they expired',
    expectation:
      'Everything is worked through again from the first record; what both stores show is the same.',
    run: (context) => processAgain(context, forgetGroups),
  },
  {
    name: 'replay-from-zero',
    group: 'workers',
    fault: 'the normalizer set back to offset 0, so that every event is written again',
    expectation: 'What both stores show is the same to the last byte.',
    run: (context) => processAgain(context, backToZero),
  },
];
