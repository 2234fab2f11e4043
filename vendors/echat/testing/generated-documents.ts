import type { Random } from '@sluice/simulator/random';

const ordinaryNames = ['Aa', 'a', 'staffKpi'];
/** The first two have the hashes of `Aa` and `staffKpi`. */
// prettier-ignore
const names = [
  ...['BB', 'staffKpi006420786515', 'chatData', 'visitorEnterTime', 'c1-c20', 'x.y', 'ns:z', '_', 'xml', 'XML', '__proto__', 'toString'],
  ...['姓名', '𐐷', 'a·', '1a', '-', 'n'.repeat(256), 'n'.repeat(257)],
];
// prettier-ignore
const texts = [
  ...['x', 'x', '7', '007', '您好，', '中', '😀', 'http://a?b', 'a>b', '"', "'", '=', '/', '\u00a0', '\u3000'],
  ...[' ', '\n', '\t', '    ', '\n  ', ' ', '\r\n', '\r', '\n\r', ']', ']]', '>', '\ufffd', '\ue000', '\u0085'],
  ...['&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&amp;amp;', '&amp;lt;', '\u2028', '\ufeff', '\ud7ff'],
];
/** What is unusual, or wrong, in most places. */
// prettier-ignore
const oddities = [
  ...['<', '</', '</a>', '<a>', '<a/>', '<a', '/>', '>', '&', ';', '&#10;', '&#xD83D;', '&#0;', '&x;', '&Amp;'],
  ...['<!-- c -->', '<!--', '-->', '<?p?>', '<?', '?>', '<![CDATA[', '<![cdata[', ']]>', ']', ']]', '<!DOCTYPE a>'],
  ...['\0', '\u0001', '\u000b', '\u001f', '\u007f', '\ufffe', '\uffff', '\ud83d', '\ude00', '\ud800', '\udfff'],
  ...[' a="1"', ' a="1" a="2"', " b='<'", ' ', '\r', '姓', '<?xml version="1.0"?>', '&toString;', '!', '?'],
];
// prettier-ignore
const prologues = [
  ...['\n', '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0"?>\r\n', '\ufeff', '<!-- c -->'],
  ...['<?xml version="1.1" encoding="GBK" standalone="no"?>\n', "<?xml version='1.0'?>", '<?xml encoding="x"?>'],
  ...['<?xml version="1.0" encoding="1"?>', '<?xml version="1.0" encoding="a" ?>', ' <?xml version="1.0"?>'],
];

/** A document, mostly well-formed and mostly ordinary: not all are. The same random numbers give the same one. */
export function generatedDocument(random: Random): string {
  const prologue = random.chance(0.8) ? '' : random.pick(prologues);
  if (random.chance(0.002)) return nestedDocument(random.integer(95, 105));
  const depth = random.pick([1, 2, 2, 3, 3, 4]);
  const epilogue = random.chance(0.8) ? '' : random.pick(['\n', '\r\n', ' ', ' <a/>', 'x', ']]>']);
  const document = prologue + elementOf(random, depth) + epilogue;
  return random.chance(0.7) ? document : mutatedDocument(document, random);
}

function elementOf(random: Random, depth: number): string {
  const name = nameOf(random);
  const attribute = random.chance(0.01) ? random.pick([' ', ' a="1"', " b='&amp;'", '\n']) : '';
  if (random.chance(0.05)) return `<${name}${attribute}/>`;
  const content = depth > 1 ? childrenOf(random, depth) : valueOf(random);
  return `<${name}${attribute}>${content}</${name}${random.chance(0.01) ? ' ' : ''}>`;
}

function nameOf(random: Random): string {
  const kind = random.fraction();
  if (kind < 0.98) return random.pick(ordinaryNames);
  return kind < 0.99 ? random.pick(names) : `n${random.integer(0, 9_999)}`;
}

function childrenOf(random: Random, depth: number): string {
  let children = '';
  for (let left = random.integer(1, 4); left > 0; left -= 1) {
    if (random.chance(0.005)) children += valueOf(random);
    if (random.chance(0.5)) children += random.pick(['\n    ', ' ', '\r\n', '\t']);
    children += elementOf(random, random.integer(1, depth - 1));
    if (random.chance(0.005)) children += valueOf(random);
  }
  return children;
}

/** As deep as documents may be, or nearly. */
const nestedDocument = (depth: number): string => `${'<a>'.repeat(depth)}x${'</a>'.repeat(depth)}`;

function valueOf(random: Random): string {
  let value = random.chance(0.1) ? random.pick([' ', '\n', '\r\n']) : '';
  for (let left = random.pick([0, 1, 1, 1, 2, 3]); left > 0; left -= 1)
    value += random.chance(0.6) ? `<![CDATA[${textOf(random)}]]>` : textOf(random);
  return random.chance(0.1) ? `${value} ` : value;
}

function textOf(random: Random): string {
  let text = '';
  for (let left = random.integer(0, 4); left > 0; left -= 1) text += random.pick(texts);
  return random.chance(0.005) ? text + random.pick(oddities) : text;
}

/** A document with one change to three, of characters or of pieces. */
export function mutatedDocument(document: string, random: Random): string {
  let text = document;
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left -= 1) {
    const from = random.integer(0, text.length);
    const to = Math.min(text.length, from + random.pick([0, 0, 1, 1, 2, 10, 100]));
    const [before, behind] = [text.slice(0, from), text.slice(to)];
    const place = random.integer(0, behind.length);
    text = random.pick([
      () => before + behind,
      () => before + random.pick(oddities) + behind,
      () => before + random.pick(texts) + behind,
      () => before + text.slice(from, to).repeat(2) + behind,
      () => before + behind.slice(0, place) + text.slice(from, to) + behind.slice(place),
    ])();
  }
  return text;
}
