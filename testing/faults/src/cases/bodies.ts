import { developmentSources } from '@sluice/start/development-sources';
import { gzipSync } from 'node:zlib';
import { collect } from '@sluice/start/collect';
import { simulatedSources } from '@sluice/vendors/simulators';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { attackersWith } from '../system/attackers.ts';
import { drained, judge } from '../system/judge.ts';
import { createSealer } from '../system/seal.ts';
import { hostileProbes, withSource } from './hostile-push.ts';
import { asSealed, hashOf, probe, type Probe } from './probe.ts';

const limit = 1024 * 1024;

/** An XML document of exactly so many bytes. */
function documentOf(bytes: number): Buffer {
  const [head, tail] = ['<xml><msgId>1</msgId><companyId>520001</companyId><text>', '</text></xml>'];
  return Buffer.from(head + 'x'.repeat(bytes - head.length - tail.length) + tail);
}

async function bodySizes(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, context.seed);
  const sized = (name: string, bytes: number, expect: Probe['expect'], chunked: boolean): Probe => {
    // One byte apart: two documents of one content would be one.
    const push = sealer.signBody(documentOf(bytes));
    return { name, request: { ...asSealed(push), chunked }, expect, push };
  };
  const { sent, problems } = await probe(system, [
    sized('at the limit', limit, 'acknowledged', false),
    sized('at the limit, chunked', limit - 1, 'acknowledged', true),
    sized('limit + 1', limit + 1, 'refused', false),
    sized('limit + 1, chunked', limit + 1, 'refused', true),
    sized('10 times the limit', 10 * limit, 'refused', false),
    sized('an ordinary one afterwards', 1_000, 'acknowledged', false),
  ]);
  return judge(system, sent, { problems });
}

async function compressed(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, context.seed);
  const claims = (name: string, coding: string, body: Buffer): Probe => {
    const push = sealer.signBody(body);
    const headers = { ...push.headers, 'content-encoding': coding };
    return { name, request: { ...asSealed(push), headers }, expect: 'acknowledged', push };
  };
  const { body } = sealer.seal(sealer.plain());
  const { sent, problems } = await probe(system, [
    claims('a gzip body', 'gzip', gzipSync(body)),
    claims('a gzip bomb', 'gzip', gzipSync(Buffer.alloc(200 * limit))),
    claims('a plain body that claims gzip', 'gzip', body),
    claims('a charset instead of a coding', 'utf-8', sealer.seal(sealer.plain()).body),
  ]);
  return judge(system, sent, { problems });
}

/** Every byte of one ciphertext, changed alone: 16 random bytes, a length, the message, an app id, a padding. */
async function flippedCiphertext(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const sealer = await createSealer(system.sourcesFile, developmentSources.encrypted, context.seed);
  const push = sealer.seal({ ...sealer.plain(), text: '<xml><msgId>1</msgId><text>short</text></xml>' });
  const [before = '', sealed = '', after = ''] = push.body.toString().split(/(?<=CDATA\[)(.*)(?=\]\])/s);
  const bytes = Buffer.from(sealed, 'base64');
  const probes = Array.from(bytes, (byte, at): Probe => {
    const changed = Buffer.from(bytes);
    changed[at] = byte ^ (1 << context.random.integer(0, 7));
    const body = Buffer.from(before + changed.toString('base64') + after);
    // A signature that came before would be kept apart unopened.
    const { path, headers } = sealer.seal(sealer.plain());
    return { name: `byte ${at}`, request: { path, headers, body }, expect: 'acknowledged' };
  });
  const { problems } = await probe(system, probes);
  await drained(system);
  const { raw, deadLetters } = await collect(system.endpoints, system.stream, system.since);
  const ofIngress = new Set(deadLetters.filter(({ stage }) => stage === 'INGRESS').map(({ id }) => id)).size;
  context.say(`${raw.size} opened with changed text, ${ofIngress} dead letters`);
  // Changes of the random bytes alone leave the message as it is, so those are one raw record.
  const positions = [...raw.values()].reduce((sum, one) => sum + one.positions.size, 0);
  const kept = positions + ofIngress;
  const finding = await judge(system, { types: [], acknowledged: [] }, { problems });
  return { ...finding, acknowledged: probes.length, lost: finding.lost + Math.max(0, probes.length - kept) };
}

async function otherTenant(context: CaseContext, policy: 'accept' | 'keep-apart'): Promise<Finding> {
  const system = await context.startSystem({
    sources: (text) =>
      text.replace(
        `- id: ${developmentSources.encrypted}\n`,
        `- id: ${developmentSources.encrypted}\n    unlistedIds: ${policy}\n`,
      ),
  });
  const sealer = await createSealer(system.sourcesFile, developmentSources.encrypted, context.seed);
  const own = sealer.seal(sealer.plain());
  const unlisted = sealer.seal(sealer.plain(), { settings: { appId: '999999' } });
  const found = policy === 'accept' ? unlisted : { ...unlisted, payloadHash: hashOf(unlisted.body) };
  const { sent, problems } = await probe(system, [
    { name: 'its own message', request: asSealed(own), expect: 'acknowledged', push: own },
    { name: "another tenant's message", request: asSealed(unlisted), expect: 'acknowledged', push: found },
  ]);
  return judge(system, sent, { problems });
}

/** Documents made to hurt anybody who parses them, and ordinary traffic behind them. */
async function hostileTexts(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const probes = hostileProbes(await simulatedSources(system.sourcesFile), context.seed);
  const attackers = await attackersWith('bombs');
  const bodies = attackers.flatMap((attacker) => attacker.attack().map((body) => withSource(body, attacker)));
  const { sent, problems } = await probe(system, [
    ...bodies.map((body) => probes.hostile(body)),
    ...attackers.map(({ plain }) => probes.ordinary(plain, 'an ordinary one afterwards')),
  ]);
  const startedAt = performance.now();
  await drained(system);
  const ended = system.all
    .filter((service) => service.restarts() > 0)
    .map(({ name }) => `${name} ended of it.`);
  return judge(system, sent, {
    recoveryMs: performance.now() - startedAt,
    problems: [...problems, ...ended],
  });
}

export const bodyCases: readonly FaultCase[] = [
  {
    name: 'body-sizes',
    group: 'ingress',
    fault: 'bodies at the limit, limit + 1, 10 times the limit, chunked',
    expectation: 'At the limit it is taken, beyond it refused, and the next push is taken.',
    run: bodySizes,
  },
  {
    name: 'compressed-body',
    group: 'abuse',
    fault: 'gzip bodies, one of them a bomb of 200 MB; plain ones that claim gzip, and a charset',
    expectation: 'Acknowledged and kept as they came; nothing is inflated.',
    run: compressed,
  },
  {
    name: 'ciphertext-flipped',
    group: 'abuse',
    fault: 'every byte of a ciphertext changed, one at a time',
    expectation: 'Each is acknowledged and kept: as what it decrypts to, or as a dead letter with its bytes.',
    run: flippedCiphertext,
  },
  {
    name: 'other-tenant-accept',
    group: 'abuse',
    fault: "another tenant's message, well signed, the source accepts it",
    expectation: 'Acknowledged, published and counted.',
    run: (context) => otherTenant(context, 'accept'),
  },
  {
    name: 'other-tenant-keep-apart',
    group: 'abuse',
    fault: "another tenant's message, well signed, the source keeps it apart",
    expectation: 'Acknowledged and kept as a dead letter, as it was received.',
    run: (context) => otherTenant(context, 'keep-apart'),
  },
  {
    name: 'xml-and-json-bombs',
    group: 'abuse',
    fault:
      '5,000 levels, 80,000 attributes, entities, NUL, UTF-16 and GBK declarations, 70,000 keys (what 1 MiB holds), duplicate keys, lone surrogates, BOM',
    expectation: 'Each is acknowledged and ends as events or as a dead letter; nothing stops.',
    run: hostileTexts,
  },
];
