import type { Leaf } from '../fields.ts';
import type { Repair } from '../repair.ts';
import { parseCareful } from './parse-careful.ts';
import { parseStrict } from './parse-strict.ts';
import { closeCdataAfterOneBracket, closeCdataBeforeEndTag } from './repairs/cdata-end.ts';
import { renameMismatchedEndTags } from './repairs/mismatched-end-tag.ts';
import { addMissingRoot } from './repairs/missing-root.ts';
import {
  escapeBareAmpersands,
  escapeStrayCdataEnds,
  hasForbiddenCharacter,
  maskForbiddenCharacters,
  resolveForbiddenReferences,
} from './repairs/references.ts';

export type Reading =
  | {
      readonly outcome: 'read';
      readonly leaves: readonly Leaf[];
      /** The document that was read: as sent, but for the repairs. */
      readonly text: string;
      readonly repairs: readonly Repair[];
    }
  | { readonly outcome: 'flawed'; readonly detail: string };

interface Step {
  readonly repair: Repair;
  /** The same text when the shape is not there. Pure, and linear in the text's length. */
  readonly apply: (text: string) => string;
}

/** In this order: a section that swallowed its siblings would else be closed by a renamed end tag. */
const steps: readonly Step[] = [
  { repair: 'cdata-end', apply: closeCdataBeforeEndTag },
  { repair: 'cdata-end', apply: closeCdataAfterOneBracket },
  { repair: 'control-character', apply: resolveForbiddenReferences },
  { repair: 'bare-ampersand', apply: escapeBareAmpersands },
  { repair: 'stray-cdata-end', apply: escapeStrayCdataEnds },
  { repair: 'mismatched-end-tag', apply: renameMismatchedEndTags },
  { repair: 'missing-root', apply: addMissingRoot },
];

/**
 * What the siblings that a section swallowed may need. A section that holds its end tag as a text leaves its
 * own `]]>` behind when it is closed: that must stay a flaw.
 */
const stepsOfSwallowed = steps.filter(
  ({ repair }) => repair !== 'stray-cdata-end' && repair !== 'missing-root',
);

/**
 * Reads a document strictly, and only when that fails with the first repairs that make it well-formed. A
 * well-formed document is taken as it is, unless a CDATA section of it may have swallowed siblings and the
 * document with that section closed is well-formed too. What cannot be repaired says where it is flawed as sent.
 */
export function readDocument(text: string): Reading {
  const asSent = parseStrict(text);
  if (asSent.outcome === 'flawed') return repairDocument(text, steps) ?? asSent;
  const mayHaveSwallowed = closeCdataBeforeEndTag(text) !== text;
  const repaired = mayHaveSwallowed ? repairDocument(text, stepsOfSwallowed) : null;
  return repaired ?? { ...asSent, text, repairs: [] };
}

function repairDocument(sent: string, candidates: readonly Step[]): Reading | null {
  const repairs = new Set<Repair>();
  let text = sent;
  for (const { repair, apply } of candidates) {
    const repaired = apply(text);
    const isTolerated = repair === 'control-character' && hasForbiddenCharacter(repaired);
    if (repaired === text && !isTolerated) continue;
    repairs.add(repair);
    text = repaired;
    const leaves = repairs.has('control-character') ? readForbidden(text) : readStrictly(text);
    if (leaves) return { outcome: 'read', leaves, text, repairs: [...repairs] };
  }
  return null;
}

function readStrictly(text: string): readonly Leaf[] | null {
  const reading = parseStrict(text);
  return reading.outcome === 'read' ? reading.leaves : null;
}

/**
 * What XML forbids no strict parser reads: fast-xml-parser does, once the document is well-formed with other
 * characters in their place, and only if both find the same paths.
 */
function readForbidden(text: string): readonly Leaf[] | null {
  const masked = readStrictly(maskForbiddenCharacters(text));
  if (!masked) return null;
  const leaves = parseCareful(text);
  const agree = leaves.length === masked.length && leaves.every(({ path }, at) => path === masked[at]?.path);
  return agree ? leaves : null;
}
