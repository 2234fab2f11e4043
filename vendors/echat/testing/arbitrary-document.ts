import fc from 'fast-check';
import type { Leaf } from '@sluice/vendor-kit/mapping/fields';

/** A document as the tests know it before it is written: what a reader must find in it can be told from this. */
export interface Element {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly Child[];
}

type Child =
  | { readonly kind: 'element'; readonly element: Element }
  | { readonly kind: 'text' | 'cdata'; readonly text: string }
  | { readonly kind: 'skipped'; readonly markup: string };

const name = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('a', 'b') },
  fc.constantFrom(
    ...['staffKpi', 'c1-c20', 'x.y', 'ns:z', '姓名', '_', '𐐷'],
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'],
  ),
);
const ordinary = fc.constantFrom(
  'x',
  ' ',
  '\n',
  '\t',
  '&',
  '<',
  '>',
  '"',
  "'",
  '7',
  '007',
  '中',
  '😀',
  '\u00A0',
  '\u3000',
);
const brackets = fc.constantFrom(
  ']',
  ']]',
  '[[',
  ']></',
  ']]</',
  ']</',
  '</a>',
  '<![CDATA[',
  '&amp;',
  '<!--',
  '\\n',
);

const text = fc
  .array(fc.oneof({ weight: 6, arbitrary: ordinary }, brackets), { maxLength: 8 })
  .map((all) => all.join(''));
const skipped = fc.constantFrom('<!-- it\'s <a> & "b" -->', "<?do it's > ?>", '<!---->', '<?p?>');

const { element } = fc.letrec<{ element: Element; child: Child }>((tie) => ({
  element: fc.record({
    name,
    attributes: fc.uniqueArray(fc.tuple(name, text), { maxLength: 2, selector: ([key]) => key }),
    children: fc.array(tie('child'), { maxLength: 5, size: 'max' }),
  }),
  child: fc.oneof(
    { maxDepth: 4, depthSize: 'max' },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('text', 'cdata'), text }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('skipped'), markup: skipped }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('element'), element: tie('element') }) },
  ),
}));

/** Well-formed documents: nesting, names said twice, hostile names, CDATA, references, white space, comments. */
export const arbitraryDocument: fc.Arbitrary<Element> = element;

/** The document as text. */
export function written(element: Element): string {
  const attributes = element.attributes.map(([key, value]) => ` ${key}="${escaped(value)}"`).join('\n');
  if (element.children.length === 0) return `<${element.name}${attributes}/>`;
  const inside = element.children.map((child) => {
    if (child.kind === 'element') return written(child.element);
    if (child.kind === 'skipped') return child.markup;
    return child.kind === 'text' ? escaped(child.text) : `<![CDATA[${cdataOf(child.text)}]]>`;
  });
  return `<${element.name}${attributes}>${inside.join('')}</${element.name} >`;
}

/** A section cannot hold its own end. */
function cdataOf(content: string): string {
  return content.replaceAll(']]>', ']] >');
}

function escaped(value: string): string {
  const named = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
    '\n': '&#xA;',
    '\t': '&#9;',
  };
  return value.replace(/[&<>"'\n\t]/g, (char) => named[char as keyof typeof named]);
}

/** The leaves that the rules in `leaf-builder.ts` say, found another way. */
export function expectedLeaves(element: Element, path: string | null = null): Leaf[] {
  const at = path ?? '';
  const below = (part: string): string => (at === '' ? part : `${at}.${part}`);
  // A name with a dot must not look like two.
  const step = (part: string): string => (part.includes('.') ? `["${part}"]` : part);
  const leaves: Leaf[] = element.attributes.map(([key, value]) => ({ path: `${at}@${key}`, value }));
  const elements = element.children.flatMap((child) => (child.kind === 'element' ? [child.element] : []));
  elements.forEach((child, index) => {
    const earlier = elements.slice(0, index).filter((sibling) => sibling.name === child.name).length;
    leaves.push(
      ...expectedLeaves(child, below(earlier === 0 ? step(child.name) : `${step(child.name)}[${earlier}]`)),
    );
  });
  const value = valueOf(element);
  if (elements.length === 0 && path !== null) leaves.push({ path, value });
  else if (/[^ \t\n]/.test(value)) leaves.push({ path: below('#text'), value });
  return leaves;
}

function valueOf({ children }: Element): string {
  const part = (kinds: string[]): string =>
    children
      .map((child) => {
        if (!('text' in child) || !kinds.includes(child.kind)) return '';
        return child.kind === 'cdata' ? cdataOf(child.text) : child.text;
      })
      .join('');
  const hasCdata = children.some(({ kind }) => kind === 'cdata');
  return hasCdata && /^[ \t\n]*$/.test(part(['text'])) ? part(['cdata']) : part(['text', 'cdata']);
}
