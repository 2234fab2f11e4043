import fc from 'fast-check';
import { pathsOf, type DocumentedShape, type Vendor } from './documented.ts';
import type { SentValue } from './find-value.ts';

/** A record as somebody might send it, and the values that are in it. */
export interface ArbitraryRecord {
  readonly payload: string;
  readonly sent: readonly SentValue[];
}

type Tree = [name: string, content: string | Tree][];

/** Names that are something else in JavaScript, or look like a path. */
const hostileNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'length'];

/** Line breaks are `\n`: XML turns others into it. */
const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll(unsent, '')),
  fc.constantFrom(
    ...['', ' ', '  有 空格  ', '0', '1', '-1', '-2', '3', '5', '007', '3.50', '1e3', '男', 'true', 'null'],
    ...[
      '2019-02-30 00:00:00',
      '0000-00-00 00:00:00',
      '2016-01-09 17:54:58',
      '2016-08-17 10:47:01.0',
      '2020-02-29 00:00:00.123456',
    ],
    ...['1563852820059', '99999999999999999999', 'a,b,,c', '售后>订单>物流', 'k=v&k=w&novalue', '{"a":1.50}'],
    ...['😀👨‍👩‍👧 𠮷', '<b>html & "quotes"</b>', ']]>', '访客>2016-08-17 10:47:08\\n您好\n好', 'x'.repeat(5_000)],
  ),
);
/** Characters that XML cannot hold, and lone halves of characters. */
const unsent = /[\0-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]/g;

const fieldNames = (shape: DocumentedShape) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...pathsOf(shape)) },
    { weight: 1, arbitrary: fc.constantFrom(...hostileNames, 'brandNew', 'chatData.__proto__') },
  );

/** Some of a shape's fields in any order, some of them twice, with any values, and fields that nobody knows. */
const fieldsOf = (shape: DocumentedShape) =>
  fc.array(fc.tuple(fieldNames(shape), oddText), { maxLength: 40, size: 'max' });

export function arbitraryRecord(vendor: Vendor, shape: DocumentedShape): fc.Arbitrary<ArbitraryRecord> {
  return fieldsOf(shape).map((fields) => (vendor === 'echat' ? asXml(fields) : asJson(fields)));
}

function asXml(fields: readonly (readonly [string, string])[]): ArbitraryRecord {
  const root: Tree = [];
  for (const [path, value] of fields) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let parent = root;
    for (const name of names) {
      let child = parent.find(([known, content]) => known === name && Array.isArray(content))?.[1] as
        Tree | undefined;
      if (!child) parent.push([name, (child = [])]);
      parent = child;
    }
    parent.push([last, value]);
  }
  const sent: SentValue[] = [];
  const write = (tree: Tree, prefix: string): string => {
    const counts = new Map<string, number>();
    return tree
      .map(([name, content]) => {
        const nth = counts.get(name) ?? 0;
        counts.set(name, nth + 1);
        const path = `${prefix}${name}${nth === 0 ? '' : `[${nth}]`}`;
        if (Array.isArray(content)) return `<${name}>${write(content, `${path}.`)}</${name}>`;
        sent.push({ path, value: content });
        return `<${name}>${asText(content)}</${name}>`;
      })
      .join('\n');
  };
  const payload = `<xml>${write(root, '')}</xml>`;
  return { payload, sent };
}

/** In a CDATA section where it can stand in one. */
function asText(value: string): string {
  if (!value.includes(']')) return `<![CDATA[${value}]]>`;
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function asJson(fields: readonly (readonly [string, string])[]): ArbitraryRecord {
  const sent: SentValue[] = [];
  const members = fields.map(([sentName, value], at) => {
    // Some values as numbers, as objects and as lists: vendors send what their tables do not say.
    const name = JSON.stringify(sentName);
    // A name with a dot is one step.
    const path = sentName.includes('.') ? `[${name}]` : sentName;
    if (at % 7 === 5) {
      sent.push({ path: `${path}.inner`, value });
      return `${name}: {"inner": ${JSON.stringify(value)}}`;
    }
    if (at % 11 === 3) {
      sent.push({ path: `${path}[0]`, value });
      return `${name}: [${JSON.stringify(value)}]`;
    }
    if (/^(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value)) {
      sent.push({ path, value });
      return `${name}: ${value}`;
    }
    sent.push({ path, value });
    return `${name}: ${JSON.stringify(value)}`;
  });
  return { payload: `{"sys_code":"21","type":"x","content":[{${members.join(', ')}}]}`, sent };
}
