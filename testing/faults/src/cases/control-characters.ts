import { developmentVendors, developmentSources } from '@sluice/start/development-sources';
import type { Acknowledged } from '@sluice/start/ledger';
import { simulatedSources } from '@sluice/vendors/simulators';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { attackersWith } from '../system/attackers.ts';
import { drained, judge } from '../system/judge.ts';
import { postLines } from '../system/post-lines.ts';
import { createSealer, type Sealer } from '../system/seal.ts';
import type { System } from '../system/system.ts';
import { hostileProbes } from './hostile-push.ts';
import { asSealed, probe } from './probe.ts';

/** Header values, and whether HTTP allows their bytes at all. */
const oddValues: readonly { readonly name: string; readonly text: string; readonly isHttp: boolean }[] = [
  { name: 'a log line behind CR LF', text: 'a\r\n{"level":"fatal","msg":"forged"}', isHttp: false },
  { name: 'a bare CR', text: 'a\rb', isHttp: false },
  { name: 'a bare LF', text: 'a\nb', isHttp: false },
  { name: 'NUL', text: 'a\0b', isHttp: false },
  { name: 'an ANSI escape', text: '\u001b[2J\u001b[31mred', isHttp: false },
  { name: 'bidi marks', text: '\u202eevil\u2066', isHttp: true },
  { name: 'line separators', text: '\u2028\u2029\u0085', isHttp: true },
];
/** Texts of fields that would forge a line of a log, or turn it around. */
const oddFields = [
  'a\r\n{"level":"fatal"}\r\n',
  '\u001b[2J\u001b[31mred',
  '\u202eevil\u2066',
  '\u2028\u2029\u0085',
];
const oddlyFilled = ['content-type', 'user-agent', 'traceparent', 'x-forwarded-for'];

/** Odd texts in headers, in the path and in the query, in fields; then every line of every log is read. */
async function controlCharacters(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, context.seed);
  const inHeaders = await pushOddHeaders(system, sealer);
  const ordinary = sealer.seal(sealer.plain());
  const odd = `${ordinary.path}&%0d%0a%1b%5b2J=%e2%80%ae%0a`;
  const unknown = `/v1/${developmentVendors.first}/%1b%5b2J%0a%e2%80%ae`;
  const probes = hostileProbes(await simulatedSources(system.sourcesFile), context.seed);
  const inFields = (await attackersWith('textBody')).flatMap(({ vendor, attack, plain }) =>
    oddFields.map((text, at) =>
      probes.hostile({
        ...{ name: `field ${at} of ${vendor}`, sourceId: plain, body: attack(text, String(at)) },
      }),
    ),
  );
  const { sent, problems } = await probe(system, [
    { name: 'the path', request: { ...asSealed(ordinary), path: unknown }, expect: 'refused' },
    {
      name: 'the query',
      request: { ...asSealed(ordinary), path: odd },
      expect: 'acknowledged',
      push: ordinary,
    },
    ...inFields,
  ]);
  await drained(system);
  const acknowledged = [...sent.acknowledged, ...inHeaders.acknowledged];
  return judge(
    system,
    { ...sent, acknowledged },
    { problems: [...problems, ...inHeaders.problems, ...forgedLines(system)] },
  );
}

/** What HTTP does not allow is refused before anybody reads it; the rest is a push like any other. */
async function pushOddHeaders(
  system: System,
  sealer: Sealer,
): Promise<{ acknowledged: Acknowledged[]; problems: string[] }> {
  const acknowledged: Acknowledged[] = [];
  const problems: string[] = [];
  for (const header of oddlyFilled)
    for (const { name, text, isHttp } of oddValues) {
      const push = sealer.seal(sealer.plain());
      const status = await postLines(
        system.ingressUrl,
        `POST ${push.path} HTTP/1.1\r\n${header}: ${text}`,
        push.body,
      );
      if (status !== (isHttp ? 200 : 400)) problems.push(`${name} in ${header}: ${status}.`);
      if (status === 200) acknowledged.push(push);
    }
  return { acknowledged, problems };
}

/** Everything but JSON's own characters: control characters, line separators, marks that turn the text around. */
const odd = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** A line of a log that is no JSON object, or that a terminal would show as something else. */
function forgedLines({ all }: System): string[] {
  return all.flatMap((service) =>
    service
      .logLines()
      .filter((line) => odd.test(line) || !isObject(line))
      .map((line) => `${service.name} logged ${JSON.stringify(line.slice(0, 200))}.`),
  );
}

function isObject(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

export const controlCharacterCases: readonly FaultCase[] = [
  {
    name: 'control-characters',
    group: 'abuse',
    fault: 'CR/LF, ANSI escapes, NUL and bidi marks in headers, path, query and fields',
    expectation: 'Refused where HTTP does not allow them, else kept as they are; no line of a log is forged.',
    run: controlCharacters,
  },
];
