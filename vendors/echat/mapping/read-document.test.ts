import fc from 'fast-check';
import { arbitraryDocument, expectedLeaves, written } from '../testing/arbitrary-document.ts';
import { parseCareful } from './parse-careful.ts';
import { parseStrict } from './parse-strict.ts';
import { readDocument } from './read-document.ts';

const runs = { numRuns: 1000 };

describe('well-formed documents', () => {
  test('both readers find what was written', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        const text = `<?xml version="1.0" encoding="UTF-8"?>\r\n${written(document)}\n`;
        const leaves = expectedLeaves(document);
        expect(parseStrict(text)).toEqual({ outcome: 'read', leaves });
        expect(parseCareful(text)).toEqual(leaves);
      }),
      runs,
    );
  });

  test('they are taken as they are, whatever their texts hold', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        const text = written(document);
        const leaves = expectedLeaves(document);
        expect(readDocument(text)).toEqual({ outcome: 'read', leaves, text, repairs: [] });
      }),
      runs,
    );
  });

  test('a section that holds its own end tag is left alone', () => {
    const text = '<xml><a><![CDATA[x]></a>y]]></a><b><![CDATA[[x]</b>]]></b></xml>';
    expect(readDocument(text)).toMatchObject({
      outcome: 'read',
      leaves: [
        { path: 'a', value: 'x]></a>y' },
        { path: 'b', value: '[x]</b>' },
      ],
      repairs: [],
    });
  });

  test.each([
    '<a><![CDATA[x]></a>y]]></a>',
    '<xml><a><![CDATA[x]></a><c>z]]></a></xml>',
    '<xml><a><![CDATA[x]]</a><c>1&2</d>]]></a></xml>',
    '<xml><a><![CDATA[x]></a><b>1</b><a><![CDATA[y]]></a></xml>',
  ])('%s is one element, whatever other repairs could make of it', (text) => {
    expect(readDocument(text)).toMatchObject({
      outcome: 'read',
      leaves: [{ value: text.slice(text.indexOf('CDATA[') + 6, text.lastIndexOf(']]>')) }],
      repairs: [],
    });
  });

  test('a line break is one whatever it was, and white space in an attribute is a space', () => {
    const text = '<xml\tk="a\r\nb\tc&#10;d"\n><a>1\r2\r\n3&#13;</a><b><![CDATA[\r\n]]></b></xml>';
    const leaves = [
      { path: '@k', value: 'a b c\nd' },
      { path: 'a', value: '1\n2\n3\r' },
      { path: 'b', value: '\n' },
    ];
    expect(parseStrict(text)).toEqual({ outcome: 'read', leaves });
    expect(parseCareful(text)).toEqual(leaves);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['', 'document must contain a root element at offset 0 (line 1, column 1).'],
    ['<xml>\n<a>1</a>\n<b>2', 'unclosed tag: b at offset 18 (line 3, column 4).'],
    ['<xml>\n<a><b>1</b></xml>', 'unexpected close tag at offset 22 (line 2, column 17).'],
    ['no document', 'text data outside of root node at offset 10 (line 1, column 11).'],
    ['<xml>1 < 2</xml>', 'disallowed character in tag name at offset 8 (line 1, column 9).'],
  ])('%j says where', (text, detail) => {
    expect(readDocument(text)).toEqual({ outcome: 'flawed', detail });
  });

  test('two documents are not one without a root', () => {
    expect(readDocument('<xml><a>1</a></xml><xml><a>2</a></xml>').outcome).toBe('flawed');
  });

  test('an element that is not closed is no misnamed one', () => {
    expect(readDocument('<xml><p><a>1</p><b>2</b></xml>').outcome).toBe('flawed');
  });

  test('elements may be 101 deep, the root counted', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(readDocument(nested(101)).outcome).toBe('read');
    expect(readDocument(nested(102))).toEqual({
      outcome: 'too-large',
      detail: 'The document is nested deeper than 100 elements.',
    });
  });
});
