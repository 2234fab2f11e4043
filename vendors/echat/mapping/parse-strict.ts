import { SaxesParser } from 'saxes';
import type { Leaf } from '@sluice/vendor-kit/mapping/fields';
import { createBudget } from '@sluice/vendor-kit/mapping/budget';
import { createLeafBuilder } from './leaf-builder.ts';

export type StrictReading =
  | { readonly outcome: 'read'; readonly leaves: readonly Leaf[] }
  /** `detail`: what is wrong and at which character (from 0), line and column (from 1). */
  | { readonly outcome: 'flawed'; readonly detail: string };

class NotWellFormed extends Error {}

const options = { xmlns: false, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true } as const;

/**
 * Reads a well-formed XML 1.0 document, and no other: the fast path. Names are names, whatever they mean in
 * JavaScript; comments, processing instructions and the XML declaration are skipped.
 * @param text without a byte order mark; a DOCTYPE was refused before
 * @throws {TooLarge} when it is beyond the budget
 */
export function parseStrict(text: string, budget = createBudget(text.length)): StrictReading {
  const builder = createLeafBuilder(budget);
  const parser = new SaxesParser(options);
  parser.on('opentagstart', ({ name }) => builder.open(name));
  parser.on('attribute', ({ name, value }) => builder.attribute(name, value));
  parser.on('text', builder.text);
  parser.on('cdata', builder.cdata);
  parser.on('closetag', builder.close);
  parser.on('error', ({ message }) => {
    throw new NotWellFormed(message);
  });
  try {
    parser.write(text).close();
    return { outcome: 'read', leaves: builder.finish() };
  } catch (error) {
    if (!(error instanceof NotWellFormed)) throw error;
    // The parser is behind the character at which it gave up.
    const offset = Math.max(0, Math.min(parser.position, text.length) - 1);
    const place = `offset ${offset} (line ${parser.line}, column ${Math.max(1, parser.column)})`;
    return { outcome: 'flawed', detail: `${error.message.replace(/\.$/, '')} at ${place}.` };
  }
}
