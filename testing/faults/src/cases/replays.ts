import { developmentSources } from '@sluice/start/development-sources';
import type { Push } from '@sluice/simulator/push';
import { collect } from '@sluice/start/collect';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { createSealer, type Sealer } from '../system/seal.ts';
import type { System } from '../system/system.ts';
import { asSealed, hashOf, probe, type Probe } from './probe.ts';

const ids = [developmentSources.encrypted, developmentSources.otherEncrypted] as const;

interface Replays {
  readonly system: System;
  readonly sealers: readonly Sealer[];
}

async function start(context: CaseContext, policy = ''): Promise<Replays> {
  const system = await context.startSystem({
    sources: (text) => ids.reduce((sum, id) => sum.replace(`- id: ${id}\n`, `- id: ${id}\n${policy}`), text),
  });
  return {
    system,
    sealers: await Promise.all(ids.map((id) => createSealer(system.sourcesFile, id, context.seed))),
  };
}

/** How often each push is in the raw topics. */
async function copiesKept(system: System): Promise<number[]> {
  await drained(system);
  const { raw } = await collect(system.endpoints, system.stream, system.since);
  return [...raw.values()].map(({ positions }) => positions.size);
}

async function exactReplay(context: CaseContext): Promise<Finding> {
  const { system, sealers } = await start(context);
  const probes = sealers.flatMap((sealer): Probe[] => {
    const push = sealer.seal(sealer.plain());
    const one: Probe = { name: 'a push', request: asSealed(push), expect: 'acknowledged', push };
    return [one, { ...one, name: 'its repeat' }, { ...one, name: 'its second repeat' }];
  });
  const { sent, problems } = await probe(system, probes);
  const kept = await copiesKept(system);
  const again = kept.filter((copies) => copies > 1).length;
  const stored =
    again > 0 ? [`${again} of ${kept.length} pushes are stored more than once (${kept.join(', ')}).`] : [];
  return judge(system, sent, { problems: [...problems, ...stored] });
}

type Policy = 'accept' | 'keep-apart' | 'refuse';

/** What must be found of a push: kept apart it is kept as it was received. */
function foundAs(push: Push, policy: Policy): Push {
  return policy === 'keep-apart' ? { ...push, payloadHash: hashOf(push.body) } : push;
}

/** Signed 25 h ago, with a window of 24 h. */
async function stale(context: CaseContext, policy: Policy): Promise<Finding> {
  const { system, sealers } = await start(context, `    staleTimestamps: ${policy}\n`);
  const probes = sealers.map((sealer): Probe => {
    const push = sealer.seal(sealer.plain(), {}, 25 * 3_600_000);
    const expect = policy === 'refuse' ? 'refused' : 'acknowledged';
    const name = `signed 25 h ago, policy ${policy}`;
    return { name, request: asSealed(push), expect, push: foundAs(push, policy) };
  });
  const { sent, problems } = await probe(system, probes);
  return judge(system, sent, { problems });
}

async function otherBody(context: CaseContext, policy: Policy): Promise<Finding> {
  const { system, sealers } = await start(context, `    reusedSignatures: ${policy}\n`);
  const probes = sealers.flatMap((sealer): Probe[] => {
    const first = sealer.seal(sealer.plain());
    const second = sealer.seal(sealer.plain());
    const request = { path: first.path, headers: first.headers, body: second.body };
    const expect = policy === 'refuse' ? 'refused' : 'acknowledged';
    const kept = { ...foundAs(second, policy), dataType: first.dataType };
    return [
      { name: 'a push', request: asSealed(first), expect: 'acknowledged', push: first },
      // The data type is in the URL, and so it is that of the first.
      { name: `its signature, another body, policy ${policy}`, request, expect, push: kept }, // prettier-ignore
    ];
  });
  const { sent, problems } = await probe(system, probes);
  return judge(system, sent, { problems });
}

export const replayCases: readonly FaultCase[] = [
  {
    name: 'replay-inside-window',
    group: 'abuse',
    fault: 'the same request three times, inside the freshness window',
    expectation: 'Each is answered as success; it is stored once.',
    run: exactReplay,
  },
  {
    name: 'replay-outside-window-accept',
    group: 'abuse',
    fault: 'a request signed 25 h ago, the source accepts stale timestamps',
    expectation: 'Acknowledged and kept: a vendor may send again after an outage without signing again.',
    run: (context) => stale(context, 'accept'),
  },
  {
    name: 'replay-outside-window-keep-apart',
    group: 'abuse',
    fault: 'a request signed 25 h ago, the source says nothing of stale timestamps',
    expectation: 'Acknowledged and kept as a dead letter, as it was received.',
    run: (context) => stale(context, 'keep-apart'),
  },
  {
    name: 'replay-outside-window-refuse',
    group: 'abuse',
    fault: 'a request signed 25 h ago, the source refuses stale timestamps',
    expectation: 'Refused, and nothing is kept.',
    run: (context) => stale(context, 'refuse'),
  },
  {
    name: 'same-signature-other-body-accept',
    group: 'abuse',
    fault: 'a signature that came before with another body, the source accepts it',
    expectation: 'Acknowledged and kept.',
    run: (context) => otherBody(context, 'accept'),
  },
  {
    name: 'same-signature-other-body-keep-apart',
    group: 'abuse',
    fault: 'a signature that came before with another body, the source says nothing of it',
    expectation: 'Acknowledged and kept as a dead letter, as it was received.',
    run: (context) => otherBody(context, 'keep-apart'),
  },
  {
    name: 'same-signature-other-body-refuse',
    group: 'abuse',
    fault: 'a signature that came before with another body, the source refuses it',
    expectation: 'Refused, and nothing is kept.',
    run: (context) => otherBody(context, 'refuse'),
  },
];
