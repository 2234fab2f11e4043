import { developmentVendors, developmentSources } from '@sluice/start/development-sources';
import { writeFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { collect } from '@sluice/start/collect';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { editSources, onlySources } from '../system/source-files.ts';
import { waitFor } from '../system/wait-for.ts';

const encrypted = [developmentSources.encrypted, developmentSources.otherEncrypted] as const;

/**
 * The gateway is given new keys at `current`, with the vendors' keys at `previous`, as a rotation begins, and the other
 * way round, as one ends; the vendors continue under their own keys all the time.
 */
async function rotateKeys(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const ingress = system.service('ingress');
  const sourcesFile = onlySources(system.sourcesFile, encrypted);
  const load = await startLoad(
    { ...system, sourcesFile },
    { seed: context.seed, rate: context.pick(150, 60) },
  );
  await load.untilAcknowledged(50);
  const { random } = context;
  const newKeys = {
    'echat-aes-key': random.bytes(32).toString('base64').slice(0, 43),
    'sobot-aes-key': random.bytes(8).toString('hex'),
  };
  const problems: string[] = [];
  for (const place of ['previous', 'current'] as const) {
    editSources(system.sourcesFile, (text) =>
      Object.entries(newKeys).reduce((sum, [name, key]) => {
        const file = join(dirname(system.sourcesFile), `${name}-new`);
        writeFileSync(file, key);
        const known = new RegExp(`aesKey: \\{ .*?file: (\\S*/dev-secrets/${name}) \\}.*\\}`);
        const [old, fresh] = [`{ file: ${known.exec(sum)?.[1] ?? ''} }`, `{ file: ${file} }`];
        const keys =
          place === 'previous' ? { current: fresh, previous: old } : { current: old, previous: fresh };
        return sum.replace(known, `aesKey: { current: ${keys.current}, previous: ${keys.previous} }`);
      }, text),
    );
    const usedBefore = await ingress.metric('sluice_ingress_keys_used_total');
    const isRead = async (): Promise<boolean> => (await ingress.metric('sluice_ingress_previous_keys')) === 2;
    await waitFor('ingress has two keys of each source', isRead, 15_000);
    await load.untilAcknowledged(context.pick(6_000, 300));
    const used = (await ingress.metric('sluice_ingress_keys_used_total')) - usedBefore;
    context.say(`the vendors' keys at ${place}: keys were used ${used} times`);
  }
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  const { deadLetters } = await collect(system.endpoints, system.stream, system.since);
  if (deadLetters.length > 0)
    problems.push(`${deadLetters.length} dead letters (${deadLetters[0]?.reason ?? ''}).`);
  const ofSecond = sent.acknowledged.filter(({ vendor }) => vendor === developmentVendors.second).length;
  context.say(`${ofSecond} of ${sent.acknowledged.length} pushes are of ${developmentVendors.second}`);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt, problems });
}

export const keyRotationCases: readonly FaultCase[] = [
  {
    name: 'key-rotation-under-load',
    group: 'abuse',
    fault:
      'new keys at `current` and those of encrypted sources at `previous`, then the other way round, under 150 encrypted pushes a second',
    expectation:
      'Every push is opened by the key that it was sealed with and found whole; there is no dead letter.',
    run: rotateKeys,
  },
];
