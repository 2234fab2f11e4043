import { developmentSources } from '@sluice/start/development-sources';
import { setTimeout as delay } from 'node:timers/promises';
import { collect } from '@sluice/start/collect';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { createSealer } from '../system/seal.ts';
import { asSealed, hashOf, probe, type Probe } from './probe.ts';

/** The registry takes connections and says nothing: what a server does whose disk hangs. */
async function registryHangs(context: CaseContext): Promise<Finding> {
  const { proxy, url } = await context.openTcpProxy(context.endpoints.registryUrl);
  const system = await context.startSystem({ through: { registryUrl: url } });
  proxy.setMode('black-hole');
  // Nobody has read or written a record: whatever a service needs of the registry it needs now.
  const load = await startLoad(system, { seed: context.seed, rate: 40 });
  const { sent: closed, problems } = await probe(system, await undecryptable(context, system.sourcesFile));
  await load.untilAcknowledged(50);
  const normalizer = system.service('normalizer');
  await normalizer.kill();
  const known = normalizer.logLines().length;
  normalizer.launch();
  await delay(context.pick(60, 15) * 1_000);
  const said = normalizer.logLines().slice(known);
  const message = said.find((line) => /registry/i.test(line));
  context.say(`the normalizer that started meanwhile: ${message?.slice(0, 300) ?? 'nothing'}`);
  if (message === undefined)
    problems.push('The normalizer that started meanwhile did not name the registry.');
  proxy.setMode('pass');
  const startedAt = performance.now();
  await load.untilAcknowledged(50);
  const sent = await load.finish();
  await drained(system);
  const { deadLetters } = await collect(system.endpoints, system.stream, system.since);
  const kept = new Set(deadLetters.map(({ sourceId, id }) => `${sourceId}/${id}`));
  const expected = closed.acknowledged.map(({ sourceId, payloadHash }) => `${sourceId}/${payloadHash}`);
  const missing = expected.filter((key) => !kept.has(key)).length;
  const innocent = kept.size - (expected.length - missing);
  if (missing > 0) problems.push(`${missing} pushes that nobody can open are no dead letters.`);
  if (innocent > 0) problems.push(`${innocent} other records are dead letters.`);
  return judge(
    system,
    { types: sent.types, acknowledged: [...sent.acknowledged, ...closed.acknowledged] },
    { recoveryMs: performance.now() - startedAt, problems },
  );
}

/** Pushes under keys that the gateway does not have. */
async function undecryptable(context: CaseContext, sourcesFile: string): Promise<Probe[]> {
  const { seed, random } = context;
  const keys = {
    [developmentSources.encrypted]: random.bytes(32).toString('base64').slice(0, 43),
    [developmentSources.otherEncrypted]: random.bytes(8).toString('hex'),
  };
  const probes = Object.entries(keys).map(async ([id, encryptionKey]) => {
    const sealer = await createSealer(sourcesFile, id, `${seed} other keys`);
    return Array.from({ length: context.pick(20, 5) }, (): Probe => {
      const plain = sealer.plain();
      // Elements of a call log are kept in one dead letter, which is no body that was sent.
      const dataType = plain.dataType === 'calllog' ? 'msg' : plain.dataType;
      const push = sealer.seal({ ...plain, dataType }, { encryptionKey });
      return {
        name: 'another key',
        request: asSealed(push),
        expect: 'acknowledged',
        push: { ...push, payloadHash: hashOf(push.body) },
      };
    });
  });
  return (await Promise.all(probes)).flat();
}

export const registryHangsCases: readonly FaultCase[] = [
  {
    name: 'registry-hangs',
    group: 'workers',
    fault:
      'the schema registry takes connections and never answers, for 1 min, while pushes come, some of which nobody can open; a normalizer starts meanwhile',
    expectation:
      'All are acknowledged; the normalizer says whom it waits for; when the registry answers, dead letters and events are there by themselves.',
    run: registryHangs,
  },
];
