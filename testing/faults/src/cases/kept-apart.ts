import { developmentSources } from '@sluice/start/development-sources';
import { collect } from '@sluice/start/collect';
import type { Push } from '@sluice/simulator/push';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { startSluice } from '../system/run-sluice.ts';
import { createSealer } from '../system/seal.ts';
import { asSealed, hashOf, probe, type Probe } from './probe.ts';

const signed = [
  developmentSources.encrypted,
  developmentSources.plain,
  developmentSources.otherEncrypted,
] as const;

interface Suspect {
  readonly push: Push;
  readonly reason: 'STALE' | 'REUSED_SIGNATURE';
}

/** Suspects under the policy that a source has when it says nothing, and what an operator makes of them. */
async function keptApart(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const { endpoints, stream, since } = system;
  const load = await startLoad(system, { seed: context.seed, rate: 30 });
  await load.untilAcknowledged(20);
  const suspects: Suspect[] = [];
  const probes: Probe[] = [];
  const add = (name: string, push: Push, reason?: Suspect['reason']): void => {
    probes.push({ name, request: asSealed(push), expect: 'acknowledged', push });
    if (reason) suspects.push({ push, reason });
  };
  for (const id of signed) {
    const sealer = await createSealer(system.sourcesFile, id, `${context.seed} suspects`);
    for (let count = 0; count < context.pick(20, 4); count += 1) {
      add('signed 25 h ago', sealer.seal(sealer.plain(), {}, 25 * 3_600_000), 'STALE');
      const first = sealer.seal(sealer.plain());
      const second = sealer.seal(sealer.plain());
      add('a push', first);
      const { path, headers, dataType } = first;
      add('its signature, another body', { ...second, path, headers, dataType }, 'REUSED_SIGNATURE');
    }
  }
  const { sent: probed, problems } = await probe(system, probes);
  const sent = await load.finish();
  await drained(system);
  const apart = await collect(endpoints, stream, since);
  const keyOf = ({ sourceId, payloadHash }: Push): string => `${sourceId}/${payloadHash}`;
  const reasons = new Map(apart.deadLetters.map(({ sourceId, id, reason }) => [`${sourceId}/${id}`, reason]));
  const misplaced = suspects.filter(
    ({ push, reason }) => reasons.get(`${push.sourceId}/${hashOf(push.body)}`) !== reason,
  ).length;
  if (misplaced > 0) problems.push(`${misplaced} suspects are no dead letters with their reason.`);
  const normalized = suspects.filter(({ push }) => apart.raw.has(keyOf(push))).length;
  if (normalized > 0) problems.push(`${normalized} suspects went on by themselves.`);

  const startedAt = performance.now();
  for (const reason of ['STALE', 'REUSED_SIGNATURE']) {
    const { code, output } = await startSluice([
      ...['dlq', 'redrive', '--reason', reason, '--sources', system.sourcesFile, '--stream', stream],
      ...['--brokers', endpoints.kafkaBrokers.join(','), '--schema-registry', endpoints.registryUrl],
    ]).ended;
    context.say(`redrive of ${reason}: ${output.trimEnd().split('\n').at(-1) ?? ''}`);
    if (code !== 0)
      problems.push(`sluice dlq redrive ended with ${code ?? 'a signal'}: ${output.slice(-200)}`);
  }
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const { raw } = await collect(endpoints, stream, since);
  const absent = suspects.filter(({ push }) => !raw.has(keyOf(push))).length;
  if (absent > 0) problems.push(`${absent} suspects are no raw records after the redrive.`);
  return judge(
    system,
    { types: sent.types, acknowledged: [...sent.acknowledged, ...probed.acknowledged] },
    { recoveryMs, problems },
  );
}

export const keptApartCases: readonly FaultCase[] = [
  {
    name: 'stale-and-reused',
    group: 'abuse',
    fault:
      'stale timestamps and signatures that came before with another body, at sources that say nothing of either; then `sluice dlq redrive`',
    expectation:
      'Each is acknowledged and a dead letter with its reason, and nothing of it is an event until it is redriven; then it arrives as it was sent.',
    run: keptApart,
  },
];
