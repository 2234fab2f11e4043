import { createBudget, TooLarge } from '@sluice/vendor-kit/mapping/budget';
import type { Leaf } from '@sluice/vendor-kit/mapping/fields';
import type { Repair } from './repairs/repairs.ts';
import { parseCareful } from './parse-careful.ts';
import { parseStrict, type StrictReading } from './parse-strict.ts';
import { scan } from './scan.ts';
import { closeCdataBeforeEndTag } from './repairs/cdata-end.ts';
import { dropSurroundingBlank, dropXmlDeclarations } from './repairs/prologue.ts';
import { renameMismatchedEndTags } from './repairs/mismatched-end-tag.ts';
import { addMissingRoot } from './repairs/missing-root.ts';
import {
  escapeBareAmpersands,
  escapeStrayCdataEnds,
  hasForbiddenCharacter,
  maskForbiddenCharacters,
  resolveForbiddenReferences,
  resolveSurrogatePairs,
} from './repairs/references.ts';

export type Reading =
  | {
      readonly outcome: 'read';
      readonly leaves: readonly Leaf[];
      /** The document that was read: as sent, but for the repairs. */
      readonly text: string;
      readonly repairs: readonly Repair[];
    }
  | { readonly outcome: 'flawed' | 'too-large'; readonly detail: string };

interface Step {
  readonly repair: Repair;
  /**
   * The same text when the shape is not there; null when what is meant would be a guess. Pure, and linear in the
   * text's length.
   */
  readonly apply: (text: string) => string | null;
}

/**
 * Order matters: fixing end tags first would close an unterminated CDATA section in the wrong place. References are
 * resolved again after it, in what the section had swallowed.
 */
const steps: readonly Step[] = [
  { repair: 'surrounding-blank', apply: dropSurroundingBlank },
  { repair: 'surrogate-reference', apply: resolveSurrogatePairs },
  { repair: 'control-character', apply: resolveForbiddenReferences },
  { repair: 'xml-declaration', apply: dropFlawedDeclaration },
  { repair: 'cdata-end', apply: closeCdataBeforeEndTag },
  { repair: 'surrogate-reference', apply: resolveSurrogatePairs },
  { repair: 'control-character', apply: resolveForbiddenReferences },
  { repair: 'bare-ampersand', apply: escapeBareAmpersands },
  { repair: 'stray-cdata-end', apply: escapeStrayCdataEnds },
  { repair: 'mismatched-end-tag', apply: renameMismatchedEndTags },
  { repair: 'missing-root', apply: addMissingRoot },
];

/**
 * Reads a document strictly, and only when that fails with the first repairs that make it well-formed. What is
 * well-formed is taken as it is. What cannot be repaired says where it is flawed as sent.
 * A document beyond a limit of a payload of this size is `too-large`.
 */
export function readDocument(text: string, payloadBytes = text.length): Reading {
  try {
    const asSent = readWellFormed(text, payloadBytes);
    if (asSent.outcome === 'flawed') return repairDocument(text, payloadBytes) ?? asSent;
    return { ...asSent, text, repairs: [] };
  } catch (error) {
    if (error instanceof TooLarge) return { outcome: 'too-large', detail: error.message };
    throw error;
  }
}

/** With the scanner, or with the strict parser where that leaves the document to it. */
function readWellFormed(text: string, payloadBytes: number): StrictReading {
  const leaves = scan(text, createBudget(payloadBytes));
  return leaves ? { outcome: 'read', leaves } : parseStrict(text, createBudget(payloadBytes));
}

function repairDocument(sent: string, payloadBytes: number): Reading | null {
  const repairs = new Set<Repair>();
  let text = sent;
  for (const { repair, apply } of steps) {
    const repaired = apply(text);
    if (repaired === null) return null;
    const isTolerated = repair === 'control-character' && hasForbiddenCharacter(repaired);
    if (repaired === text && !isTolerated) continue;
    repairs.add(repair);
    text = repaired;
    const leaves = repairs.has('control-character')
      ? readForbidden(text, payloadBytes)
      : readStrictly(text, payloadBytes);
    if (leaves) return { outcome: 'read', leaves, text, repairs: [...repairs] };
  }
  return null;
}

/** Only one that is flawed itself is a flaw: the parser says so before it comes to the first element. */
function dropFlawedDeclaration(text: string): string {
  const without = dropXmlDeclarations(text);
  if (without === text) return text;
  const declarations = text.slice(0, text.length - without.length);
  return readStrictly(`${declarations}<xml/>`, text.length) ? text : without;
}

function readStrictly(text: string, payloadBytes: number): readonly Leaf[] | null {
  const reading = readWellFormed(text, payloadBytes);
  return reading.outcome === 'read' ? reading.leaves : null;
}

/**
 * Fallback for characters that XML forbids. If the document parses strictly with them masked, fast-xml-parser reads the
 * original. Both must yield the same paths.
 */
function readForbidden(text: string, payloadBytes: number): readonly Leaf[] | null {
  const masked = readStrictly(maskForbiddenCharacters(text), payloadBytes);
  if (!masked) return null;
  const leaves = parseCareful(text, createBudget(payloadBytes));
  const agree = leaves.length === masked.length && leaves.every(({ path }, at) => path === masked[at]?.path);
  return agree ? leaves : null;
}
