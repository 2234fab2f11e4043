import { developmentSourcesOf } from '@sluice/start/development-sources';
import type { Push } from '@sluice/simulator/push';
import { vendors, type VendorId } from '@sluice/vendors';
import { testingOf, type SignedParts } from '@sluice/vendors/testing/vendor-testing';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { createSealer } from '../system/seal.ts';
import { asSealed, probe, withValues, type Probe } from './probe.ts';

/** A source whose pushes its vendor signs. */
interface SignedSource {
  readonly vendor: VendorId;
  readonly sourceId: string;
  readonly signed: SignedParts;
}

/** A good push of each vendor first, so that a refusal of everything is no success; then every bad one. */
async function refuseAll(
  context: CaseContext,
  bad: (push: Push, source: SignedSource) => Probe[],
): Promise<Finding> {
  const sources = await signedSources();
  const system = await context.startSystem({ sources: (text) => sources.reduce(withStrictSettings, text) });
  const good: Probe[] = [];
  const refused: Probe[] = [];
  for (const source of sources) {
    const sealer = await createSealer(system.sourcesFile, source.sourceId, context.seed);
    const push = sealer.seal(sealer.plain());
    good.push({
      name: `${source.vendor}, a good push`,
      request: asSealed(push),
      expect: 'acknowledged',
      push,
    });
    refused.push(...bad(sealer.seal(sealer.plain()), source));
  }
  const { sent, problems, answers } = await probe(system, [...good, ...refused]);
  const heard = new Set(answers.slice(good.length).map(({ status, body }) => `${status} ${body}`));
  context.say(
    `${refused.length} bad pushes of ${sources.length} vendors; refusals: ${[...heard].join(', ')}`,
  );
  return judge(system, sent, { problems });
}

/** One of each vendor that has one, encrypted where it can be. */
async function signedSources(): Promise<SignedSource[]> {
  const found = (Object.keys(vendors) as VendorId[]).map(async (vendor) => {
    const sources = developmentSourcesOf(vendor).filter(({ signed }) => signed);
    const source = sources.find(({ encrypted }) => encrypted) ?? sources[0];
    return source ? [{ vendor, sourceId: source.id, signed: (await testingOf(vendor)).signed }] : [];
  });
  return (await Promise.all(found)).flat();
}

function withStrictSettings(text: string, { sourceId, signed }: SignedSource): string {
  const entry = `- id: ${sourceId}\n`;
  const lines = Object.entries(signed.strictSettings ?? {}).map(([name, value]) => `    ${name}: ${value}\n`);
  return text.replace(entry, entry + lines.join(''));
}

/** A header of a push, or a query parameter. */
const valueIn = ({ path, headers }: Push, name: string): string =>
  headers[name] ?? new URL(path, 'http://x').searchParams.get(name) ?? '';

function wrongSignatures(push: Push, { vendor, signed: { signature } }: SignedSource): Probe[] {
  const good = valueIn(push, signature);
  const wrong: Readonly<Record<string, string | string[] | null>> = {
    wrong: (good.startsWith('0') ? '1' : '0') + good.slice(1),
    long: `${good}0`,
    short: good.slice(0, -1),
    empty: '',
    'upper-case': good.toUpperCase(),
    missing: null,
    repeated: [good, good],
  };
  return Object.entries(wrong).map(([name, value]) => ({
    name: `${vendor}, ${name}`,
    request: withValues(push, { [signature]: value }),
    expect: 'refused',
  }));
}

/** Where the parts of a signature are joined without a separator: the same text, cut elsewhere. */
function shiftedBoundaries(push: Push, { vendor, signed: { time, behindTime } }: SignedSource): Probe[] {
  if (time === null || behindTime === undefined) return [];
  const [first, second] = [valueIn(push, time), valueIn(push, behindTime)];
  return [-3, -1, 1, 3].map((by) => {
    const [before, behind] =
      by > 0
        ? [first + second.slice(0, by), second.slice(by)]
        : [first.slice(0, by), first.slice(by) + second];
    return {
      name: `${vendor}, by ${by}`,
      request: withValues(push, { [time]: before, [behindTime]: behind }),
      expect: 'refused',
    };
  });
}

export const signatureCases: readonly FaultCase[] = [
  {
    name: 'wrong-signatures',
    group: 'abuse',
    fault: 'signatures of each vendor wrong, long, short, empty, upper-case, missing, repeated',
    expectation: 'Refused, and nothing is kept.',
    run: (context) => refuseAll(context, wrongSignatures),
  },
  {
    name: 'nonce-boundary-shift',
    group: 'abuse',
    fault: 'digits moved between timestamp and nonce, so that the signed text is the same',
    expectation: 'Refused, and nothing is kept.',
    run: (context) => refuseAll(context, shiftedBoundaries),
  },
];
