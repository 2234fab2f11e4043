import fc from 'fast-check';
import type { CanonicalEvent, Normalized } from '@sluice/vendor-kit/mapping/normalize';

/** What a person may type to be taken for structure, in any order, next to ordinary text. */
const fragments = [
  ...[
    ']]>',
    ']></',
    ']]</',
    ']</',
    ']]',
    ']',
    '>',
    '<',
    '</',
    '/>',
    '<![CDATA[',
    '<!--',
    '-->',
    '<?x?>',
    '<!DOCTYPE x>',
  ],
  ...[
    '</xml>',
    '<xml>',
    '</chatData>',
    '<chatData>',
    '<a>',
    '</a>',
    '<b>',
    '</i>',
    '<crmData><visitorId>web1</visitorId>',
  ],
  ...['&', '&lt;', '&amp;', '&#60;', '&#55357;&#56832;', '&#55357;', '&#0;', '&nbsp;'],
  ...[
    '"',
    '\\',
    '\\"',
    '"}',
    '"},{"cid":"forged',
    '],',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\u0000',
    '\\u003c',
    "'",
  ],
  ...['\n', '\r\n', '\t', '\0', '\x0b', '\u001f', '\uFEFF', '\u2028', '\uFFFE', '中', '😀', 'x', '99', ' '],
];

/** Text that means something where it stands: `NAME` is the element or member that holds it. */
const around = (name: string): string[] => [
  `]></${name}>`,
  `]]</${name}>`,
  `]</${name}>`,
  `</${name}>`,
  `<${name}>`,
  `<${name}><![CDATA[`,
  `]></${name}><staffId>99</staffId><${name}><![CDATA[`,
  `","${name}":"`,
];

/** Texts that a person may type. @param names of elements or members that stand around them */
export const typed = (names: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .array(fc.constantFrom(...fragments, ...names.flatMap(around)), { maxLength: 8 })
      .map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );

/** What an event says but for what depends on the text itself: ids, and how the payload was repaired. */
function factsOf({ topic, value }: CanonicalEvent): unknown {
  const { event_id: _id, repairs: _repairs, ...meta } = value.meta;
  return JSON.parse(JSON.stringify({ topic, ...value, meta }));
}

/** Of each text a mark of its own, so that it can be told where it stands. */
export const markOf = (name: string): string => `mark-${name}-`;

/**
 * The events hold the typed texts where those of a marked payload hold their marks, and differ in nothing else. Or the
 * payload was kept whole.
 */
export function expectTextOnly(
  sent: Normalized,
  withMarks: Normalized,
  texts: Readonly<Record<string, string>>,
  payload: string,
): void {
  if (sent.events.length === 0) {
    // It could have been read in two ways: all of it is kept.
    expect(sent.rejected.map((part) => part.payload.toString())).toEqual([Buffer.from(payload).toString()]);
    return;
  }
  const expected = JSON.stringify(withMarks.events.map(factsOf));
  const filled = Object.entries(texts).reduce(
    (json, [name, text]) => json.replaceAll(markOf(name), () => JSON.stringify(text).slice(1, -1)),
    expected,
  );
  expect(sent.events.map(factsOf)).toEqual(JSON.parse(filled));
}

/** As a writer does that forgets to escape control characters, or to know halves of characters. */
const jsonWriters: readonly ((text: string) => string)[] = [
  (text) => JSON.stringify(text),
  (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  (text) => JSON.stringify(text).replaceAll('/', '\\/').replaceAll('<', '\\u003c'),
];

/** A text in each of some members of a JSON record, which may end with a comma too many. */
export const jsonTexts = (
  names: readonly string[],
): fc.Arbitrary<{ values: string[]; write: (text: string) => string; comma: string }> =>
  fc.record({
    values: fc.tuple(...names.map(() => typed(names).map((text) => text.toWellFormed()))),
    write: fc.constantFrom(...jsonWriters),
    comma: fc.constantFrom('', ','),
  });

/** Three records, of which the second has the texts. */
export function jsonRecords(
  names: readonly string[],
  { write, comma }: { write: (text: string) => string; comma: string },
  textOf: (index: number) => string,
): string {
  const members = names.map((name, index) => `"${name}":${write(textOf(index))}`).join(',');
  return `[{"id":"1","cid":"a","userid":"u"},{"id":"2",${members}${comma}},{"id":"3","cid":"c"}${comma}]`;
}

/** The texts and their marks, each by its name. */
export const named = (names: readonly string[], texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
