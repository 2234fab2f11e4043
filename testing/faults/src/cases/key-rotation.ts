import { developmentSourcesOf } from '@sluice/start/development-sources';
import { collect } from '@sluice/start/collect';
import { vendors, type VendorId } from '@sluice/vendors';
import { testingOf } from '@sluice/vendors/testing/vendor-testing';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { addKeys, onlySources } from '../system/source-files.ts';
import { waitFor } from '../system/wait-for.ts';

/** A source of each vendor that encrypts, and another key in the vendor's form. */
async function encryptedSources(): Promise<{ vendor: VendorId; id: string; key: string }[]> {
  const found = (Object.keys(vendors) as VendorId[]).map(async (vendor) => {
    const id = developmentSourcesOf(vendor).find(({ encrypted }) => encrypted)?.id;
    const key = (await testingOf(vendor)).keys[0].aesKey;
    return id === undefined || key === null ? [] : [{ vendor, id, key }];
  });
  return (await Promise.all(found)).flat();
}

/**
 * The gateway is given new keys at `current`, with the vendors' keys at `previous`, as a rotation begins, and the other
 * way round, as one ends; the vendors continue under their own keys all the time.
 */
async function rotateKeys(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const ingress = system.service('ingress');
  const encrypted = await encryptedSources();
  const sourcesFile = onlySources(
    system.sourcesFile,
    encrypted.map(({ id }) => id),
  );
  const load = await startLoad(
    { ...system, sourcesFile },
    { seed: context.seed, rate: context.pick(150, 60) },
  );
  await load.untilAcknowledged(50);
  const problems: string[] = [];
  for (const place of ['previous', 'current'] as const) {
    addKeys(
      system.sourcesFile,
      encrypted.map(({ id, key }) => ({ sourceId: id, key, vendorsAt: place })),
    );
    const usedBefore = await ingress.metric('sluice_ingress_keys_used_total');
    const isRead = async (): Promise<boolean> =>
      (await ingress.metric('sluice_ingress_previous_keys')) === encrypted.length;
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
  const shares = encrypted.map(
    ({ vendor }) => `${sent.acknowledged.filter((one) => one.vendor === vendor).length} of ${vendor}`,
  );
  context.say(`${sent.acknowledged.length} pushes: ${shares.join(', ')}`);
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
