import fc from 'fast-check';
import { pathsOf, type DocumentedShape } from '../field-coverage/documented.ts';
import type { SentRecord, VendorTesting } from './vendor-testing.ts';

/** Names that are something else in JavaScript, or look like a path. */
const hostileNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'length'];

/** Line breaks are `\n`: XML turns others into it. */
const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => sendable(text)),
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
/** The text without characters that XML cannot hold, and without lone halves of characters. */
export function sendable(text: string): string {
  return text.replaceAll(/[\0-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]/g, '');
}

const fieldNames = (shape: DocumentedShape) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...pathsOf(shape)) },
    { weight: 1, arbitrary: fc.constantFrom(...hostileNames, 'brandNew', 'chatData.__proto__') },
  );

/** Some of a shape's fields in any order, some of them twice, with any values, and fields that nobody knows. */
const fieldsOf = (shape: DocumentedShape) =>
  fc.array(fc.tuple(fieldNames(shape), oddText), { maxLength: 40, size: 'max' });

/** A record of a shape. @param write as its vendor writes the fields of a record, by their paths */
export const arbitraryRecord = (
  shape: DocumentedShape,
  write: VendorTesting['writeRecord'],
): fc.Arbitrary<SentRecord> => fieldsOf(shape).map((fields) => write(fields));

/** A record of a shape in which each field stands once, none below another: nothing of it needs a repair. */
export const wellFormedRecord = (
  shape: DocumentedShape,
  write: VendorTesting['writeRecord'],
): fc.Arbitrary<SentRecord> =>
  fieldsOf(shape).map((fields) => {
    const listed = pathsOf(shape);
    const once = new Map(fields.filter(([path]) => listed.includes(path)));
    const isLeaf = (path: string): boolean => !listed.some((other) => other.startsWith(`${path}.`));
    return write([...once].filter(([path]) => isLeaf(path)));
  });
