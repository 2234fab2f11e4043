import fc from 'fast-check';
import type { Leaf } from '@sluice/vendor-kit/mapping/fields';
import type { Repair } from './repairs.ts';
import { readDocument } from '../read-document.ts';

/** A value, and how it is written wrong: the reader must still find the value. */
interface Field {
  readonly name: string;
  readonly value: string;
  readonly flaw: Flaw;
}

type Flaw = keyof typeof flaws;

/** Each with what it needs to be repaired. */
const flaws = {
  none: { repair: null, write: ({ name, value }: Field) => `<${name}><![CDATA[${value}]]></${name}>` },
  bracketAndAngle: {
    repair: 'cdata-end',
    write: ({ name, value }) => `<${name}><![CDATA[${value}]></${name}>`,
  },
  twoBrackets: { repair: 'cdata-end', write: ({ name, value }) => `<${name}><![CDATA[${value}]]</${name}>` },
  misnamed: {
    repair: 'mismatched-end-tag',
    write: ({ name, value }) => `<${name}><![CDATA[${value}]]></${name}s>`,
  },
  bare: { repair: null, write: ({ name, value }) => `<${name}>${value}</${name}>` },
} as const satisfies Record<string, { repair: Repair | null; write: (field: Field) => string }>;

const piece = fc.constantFrom(
  'a',
  '1',
  '中',
  '😀',
  '[x] ',
  'http://x?a=1',
  '&b=2',
  '&nbsp;',
  '&#x110000;',
  '\x08',
  '\x0B',
  '\uFFFE',
);
const field = fc
  .record<Field>({
    name: fc.constantFrom('a', 'b', 'c', '__proto__', 'styleId'),
    value: fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => `v${pieces.join('')}`),
    flaw: fc.constantFrom(...(Object.keys(flaws) as Flaw[])),
  })
  // A section is closed before the only end tag of its element: no other one has its name.
  .map((each) =>
    flaws[each.flaw].repair === 'cdata-end' ? { ...each, name: `${each.name}-${each.flaw}` } : each,
  );
const arbitraryFields = fc.uniqueArray(field, {
  minLength: 1,
  maxLength: 6,
  selector: ({ name, flaw }) => (flaws[flaw].repair === 'cdata-end' ? name : {}),
});
const root = fc.constantFrom('whole', 'end tag alone', 'none');

function withRoot(kind: string, inside: string): string {
  if (kind === 'whole') return `<xml>\n${inside}</xml>`;
  return kind === 'none' ? inside : `${inside}</xml>`;
}

function leavesOf(fields: readonly Field[]): Leaf[] {
  const seen = new Map<string, number>();
  return fields.map(({ name, value }) => {
    const earlier = seen.get(name) ?? 0;
    seen.set(name, earlier + 1);
    return { path: `group.${earlier === 0 ? name : `${name}[${earlier}]`}`, value };
  });
}

function repairsOf(fields: readonly Field[], rootKind: string): Set<Repair> {
  const needed = new Set<Repair>();
  for (const { flaw, value } of fields) {
    if (flaws[flaw].repair) needed.add(flaws[flaw].repair);
    if (/[\x08\x0B\uFFFE]/.test(value)) needed.add('control-character');
    if (flaw === 'bare' && value.includes('&')) needed.add('bare-ampersand');
  }
  if (rootKind !== 'whole') needed.add('missing-root');
  return needed;
}

test('any mixture of flaws gives the values as sent, and the repairs that were needed', () => {
  fc.assert(
    fc.property(arbitraryFields, root, (fields, rootKind) => {
      const inside = fields.map((each) => `  ${flaws[each.flaw].write(each)}\n`).join('');
      const text = withRoot(rootKind, `<status>1</status><group>\n${inside}</group>\n`);
      const reading = readDocument(text);
      expect(reading).toMatchObject({
        outcome: 'read',
        leaves: [{ path: 'status', value: '1' }, ...leavesOf(fields)],
      });
      const found = reading.outcome === 'read' ? reading.repairs : [];
      expect(new Set(found)).toEqual(repairsOf(fields, rootKind));
    }),
    { numRuns: 2000 },
  );
});

const mebibyte = 2 ** 20;

/** Documents that a scan which goes back, or looks ahead to the end again and again, takes minutes for. */
test.each([
  ...[
    ']></',
    ']]</',
    ']</a>',
    ']]>',
    '<a',
    '<a>',
    '</a>',
    '<a/>',
    '<a></b>',
    '<a>x</ab>',
    '<a ',
    '<a b="',
    "<a b='>",
  ],
  ...[
    '<![CDATA[',
    '<![CDATA[]]>',
    '<a><![CDATA[',
    '<a><![CDATA[x]></a>',
    '<a><![CDATA[x]</a>',
    '<a><![CDATA[x</a>',
  ],
  ...[
    '<a><![CDATA[]]></b>',
    '<a>&</a>',
    '&',
    '&#',
    '&#1;',
    '&#1',
    '&amp',
    '\x01',
    ' ',
    '<!--',
    '<!-- -->',
    '<?',
    '<?p?>',
  ],
  ...['<', '<!', '</', '"', ']'],
])('a mebibyte of %j is done with in time', (fragment) => {
  const hostile = fragment.repeat(Math.ceil(mebibyte / fragment.length));
  for (const text of [
    hostile,
    `<xml>${hostile}</xml>`,
    `<xml><a><![CDATA[${hostile}`,
    `${hostile}]]></a></xml>`,
  ]) {
    expect(['read', 'flawed', 'too-large']).toContain(readDocument(text).outcome);
  }
});
