import { XMLParser } from 'fast-xml-parser';
import { createBudget } from '@sluice/vendor-kit/mapping/budget';
import type { Leaf } from '@sluice/vendor-kit/mapping/fields';
import { createLeafBuilder, type LeafBuilder } from './leaf-builder.ts';
import { tokensOf } from './repairs/tokens-of.ts';

/** A node in document order: one key that is the name, and `:@` for attributes. A text's key holds the text. */
type XmlNode = Record<string, XmlNode[] | string | Record<string, string>>;

const attributesKey = ':@';
const cdataKey = '#cdata';
const textKey = '#text';
/** `<` cannot start an XML name, so prefixed keys cannot collide with `__proto__` and the like. */
const namePrefix = '<';
const attributePrefix = '@_';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  // Ids and phone numbers are texts: 007 is not 7.
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: cdataKey,
  textNodeName: textKey,
  attributeNamePrefix: attributePrefix,
  // It would refuse __proto__, constructor and prototype, whatever onDangerousProperty says. Of an empty
  // element it asks twice.
  transformTagName: (name) => (name.startsWith(namePrefix) ? name : namePrefix + name),
  processEntities: false,
  maxNestedTags: 1000,
  jPath: false,
});

/**
 * Reads a document with fast-xml-parser, which takes the characters that XML forbids as they are; it also takes
 * much else that is wrong, so the caller must know the document to be well-formed but for those. Gives what
 * `parseStrict` gives for every well-formed document without a DOCTYPE whose names hold no character that is
 * white space to JavaScript (U+1680, U+FEFF).
 * @throws {TooLarge} when it is beyond the budget
 */
export function parseCareful(text: string, budget = createBudget(text.length)): Leaf[] {
  const builder = createLeafBuilder(budget);
  addChildren(parser.parse(withoutInstructions(text)) as XmlNode[], builder);
  return builder.finish();
}

/** The parser takes an apostrophe in a processing instruction for a quote. */
function withoutInstructions(text: string): string {
  if (!text.includes('<?')) return text;
  let kept = '';
  for (const token of tokensOf(text)) if (token.kind !== 'instruction') kept += token.text;
  return kept;
}

function addChildren(nodes: readonly XmlNode[], builder: LeafBuilder): void {
  for (const node of nodes) {
    const name = Object.keys(node).find((key) => key !== attributesKey) ?? '';
    if (name === textKey) builder.text(resolveReferences(node[name] as string));
    else if (name === cdataKey) builder.cdata((node[name] as [Record<string, string>])[0][textKey] ?? '');
    else {
      builder.open(name.slice(namePrefix.length));
      addAttributes(node, builder);
      addChildren(node[name] as XmlNode[], builder);
      builder.close();
    }
  }
}

function addAttributes(node: XmlNode, builder: LeafBuilder): void {
  for (const [name, value] of Object.entries((node[attributesKey] ?? {}) as Record<string, string>)) {
    // White space in an attribute is a space, unless it is written as a reference.
    builder.attribute(name.slice(attributePrefix.length), resolveReferences(value.replace(/[\t\n]/g, ' ')));
  }
}

const entities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function resolveReferences(text: string): string {
  return text.replace(
    /&(?:([a-z]+)|#(\d+)|#x([0-9a-fA-F]+));/g,
    (_found, name?: string, decimal?: string, hex?: string) =>
      name === undefined
        ? String.fromCodePoint(decimal === undefined ? parseInt(hex ?? '', 16) : parseInt(decimal, 10))
        : (entities.get(name) ?? `&${name};`),
  );
}
