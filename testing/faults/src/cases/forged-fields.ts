import { sinks } from '@sluice/cli/sinks';
import { simulatedSources } from '@sluice/vendors/simulators';
import { forgedMark, type TypedDocument } from '@sluice/vendors/testing/vendor-attacks';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { attackersWith } from '../system/attackers.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { sealerOf } from '../system/seal.ts';
import { shownIn } from '../system/content-of-stores.ts';
import { asSealed, probe, type Probe } from './probe.ts';
import { sendBatches } from './staff-batches.ts';
import { textsTyped, typedIntoPages } from './typed-texts.ts';

/** Texts that would be structure if anybody believed them, by every way that a person's text comes in. */
async function forgedFields(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const load = await startLoad(system, { seed: context.seed, rate: 20 });
  await load.untilAcknowledged(20);
  const textsFor = await textsTyped();
  const documents: TypedDocument[] = [];
  const probes: Probe[] = [];
  const simulated = await simulatedSources(system.sourcesFile);
  for (const { attack, plain, encrypted } of await attackersWith('typedTexts')) {
    // Encrypted sources too: what is decrypted goes the same way.
    const toPlain = sealerOf(simulated, plain, `${context.seed} typed`);
    const toEncrypted =
      encrypted === null ? toPlain : sealerOf(simulated, encrypted, `${context.seed} typed`);
    attack(textsFor).forEach((document, at) => {
      const sealer = at % 2 === 0 ? toPlain : toEncrypted;
      const push = sealer.seal({ ...sealer.plain(), ...document.content });
      documents.push(document);
      probes.push({ name: document.name, request: asSealed(push), expect: 'acknowledged', push });
    });
  }
  const { sent: typed, problems } = await probe(system, probes);
  const actions = typedIntoPages(textsFor('memo'));
  const batches = actions.map(({ action }) => Buffer.from(JSON.stringify({ sdk: '1', actions: [action] })));
  const pages = await sendBatches(system, batches);
  const sent = await load.finish();
  await drained(system);
  const wanted = new Set(
    [...documents.filter(({ isWellFormed }) => isWellFormed), ...actions].map(({ typed: text }) => text),
  );
  wanted.delete('');
  for (const { id, title } of sinks)
    problems.push(...(await forgeriesIn(title, shownIn(system, id), wanted)));
  context.say(`${documents.length} pushes and ${batches.length} batches of pages with forged texts`);
  return judge(
    system,
    {
      types: sent.types,
      acknowledged: [...sent.acknowledged, ...typed.acknowledged, ...pages.sent.acknowledged],
    },
    { problems: [...problems, ...pages.problems] },
  );
}

/** Where senders' own members are kept under the names that the senders gave them. */
const untyped = new Set(['attributes', 'custom_fields']);

/** A message for every typed field that holds a part of a typed text, and for every text that is nowhere. */
export async function forgeriesIn(
  store: string,
  records: AsyncIterable<string>,
  wanted: ReadonlySet<string>,
): Promise<string[]> {
  const missing = new Set(wanted);
  const problems: string[] = [];
  for await (const line of records) {
    const record = JSON.parse(line) as { staff_verified?: unknown };
    if (record.staff_verified === true) problems.push(`${store}: a page without a ticket is verified.`);
    for (const { path, text } of leavesOf(record)) {
      const found = [...wanted].find((typed) => text.includes(typed));
      if (found !== undefined) missing.delete(found);
      else if (text.includes(forgedMark) && !path.some((name) => untyped.has(name)) && !isWhole(text))
        problems.push(`${store}: ${path.join('.')} is ${JSON.stringify(text.slice(0, 120))}.`);
    }
  }
  for (const typed of missing) problems.push(`${store} has the text nowhere: ${typed.slice(0, 60)}.`);
  return problems.slice(0, 10);
}

/** From the beginning of a typed text to its end, whatever a repair did to a character between them. */
function isWhole(text: string): boolean {
  const at = /typed (\d+): /.exec(text)?.[1];
  return at !== undefined && text.includes(` :${at} typed`);
}

interface Leaf {
  readonly path: readonly string[];
  readonly text: string;
}

function* leavesOf(value: unknown, path: readonly string[] = []): Generator<Leaf> {
  if (typeof value === 'string') yield { path, text: value };
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) yield* leavesOf(member, [...path, name]);
}

export const forgedFieldCases: readonly FaultCase[] = [
  {
    name: 'forged-fields',
    group: 'abuse',
    fault:
      'ends of elements, elements of other records, members named as the gateway’s, typed into comments, chats, names, memos, titles and staff actions, also within malformed documents',
    expectation:
      'The text is the text, and no other field of a row or document has any of it; no page is verified without a ticket; ordinary pushes between them are all there.',
    run: forgedFields,
  },
];
