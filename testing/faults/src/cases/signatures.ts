import { developmentSources } from '@sluice/start/development-sources';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { createSealer, type Sealer } from '../system/seal.ts';
import { asSealed, probe, withHeaders, withQuery, type Probe } from './probe.ts';

/** A good push first, so that a refusal of everything is no success; then every bad one. */
async function refuseAll(
  context: CaseContext,
  bad: (echat: EchatPush, sobot: SobotPush) => Probe[],
): Promise<Finding> {
  const id = `- id: ${developmentSources.encrypted}\n`;
  // The strict form: with the default of both units, three moved digits are a repetition of the same second.
  const system = await context.startSystem({
    sources: (text) => text.replace(id, `${id}    timestampUnit: s\n`),
  });
  const ofEchat = await createSealer(system.sourcesFile, developmentSources.encrypted, context.seed);
  const ofSobot = await createSealer(system.sourcesFile, developmentSources.otherEncrypted, context.seed);
  const good = [ofEchat, ofSobot].map((sealer): Probe => {
    const push = sealer.seal(sealer.plain());
    return { name: 'a good push', request: asSealed(push), expect: 'acknowledged', push };
  });
  const echat = ofEchat.seal(ofEchat.plain());
  const query = new URL(echat.path, 'http://x').searchParams;
  const part = (name: string): string => query.get(name) ?? '';
  const sobot = ofSobot.seal(ofSobot.plain());
  const { sent, problems, answers } = await probe(system, [
    ...good,
    ...bad(
      {
        push: echat,
        timestamp: part('timestamp'),
        nonce: part('nonce'),
        signature: part('signature'),
      },
      { push: sobot, sign: sobot.headers['x-log-sign'] ?? '' },
    ),
  ]);
  const heard = new Set(answers.slice(good.length).map(({ status, body }) => `${status} ${body}`));
  context.say(`refusals: ${[...heard].join(', ')}`);
  const finding = await judge(system, sent, { problems });
  return finding;
}

interface EchatPush {
  readonly push: ReturnType<Sealer['seal']>;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

interface SobotPush {
  readonly push: EchatPush['push'];
  readonly sign: string;
}

function wrongSignatures({ push, signature }: EchatPush, sobot: SobotPush): Probe[] {
  const other = (text: string): string => (text.startsWith('0') ? '1' : '0') + text.slice(1);
  const echat = (name: string, value: string | string[] | null): Probe => ({
    name: `Echat, ${name}`,
    request: withQuery(push, { signature: value }),
    expect: 'refused',
  });
  const ofSobot = (name: string, value: string | null): Probe => ({
    name: `Sobot, ${name}`,
    request: withHeaders(sobot.push, { 'x-log-sign': value }),
    expect: 'refused',
  });
  return [
    echat('wrong', other(signature)),
    echat('long', `${signature}0`),
    echat('short', signature.slice(0, -1)),
    echat('empty', ''),
    echat('upper-case', signature.toUpperCase()),
    echat('missing', null),
    echat('repeated', [signature, signature]),
    ofSobot('wrong', other(sobot.sign)),
    ofSobot('long', `${sobot.sign}0`),
    ofSobot('short', sobot.sign.slice(0, -1)),
    ofSobot('upper-case', sobot.sign.toUpperCase()),
    ofSobot('missing', null),
    ofSobot('repeated', `${sobot.sign}, ${sobot.sign}`),
  ];
}

/** The parts of a signature are joined without a separator: the same text, cut elsewhere. */
function shiftedBoundaries({ push, timestamp, nonce }: EchatPush, sobot: SobotPush): Probe[] {
  const { 'x-log-timestamp': ms = '', 'x-log-randomcode': code = '' } = sobot.push.headers;
  const shifted = (first: string, second: string, by: number): [string, string] =>
    by > 0 ? [first + second.slice(0, by), second.slice(by)] : [first.slice(0, by), first.slice(by) + second];
  return [-3, -1, 1, 3].flatMap((by): Probe[] => {
    const [time, rest] = shifted(timestamp, nonce, by);
    const [sobotTime, sobotRest] = shifted(ms, code, by);
    return [
      {
        name: `Echat, by ${by}`,
        request: withQuery(push, { timestamp: time, nonce: rest }),
        expect: 'refused',
      },
      {
        name: `Sobot, by ${by}`,
        request: withHeaders(sobot.push, { 'x-log-timestamp': sobotTime, 'x-log-randomcode': sobotRest }),
        expect: 'refused',
      },
    ];
  });
}

export const signatureCases: readonly FaultCase[] = [
  {
    name: 'wrong-signatures',
    group: 'abuse',
    fault: 'signatures of both vendors wrong, long, short, empty, upper-case, missing, repeated',
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
