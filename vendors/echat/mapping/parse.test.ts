import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEchat } from './parse.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

function valuesOf(payload: Buffer): { path: string; value: string }[] {
  const parsed = parseEchat(payload, 'any');
  if (parsed.outcome === 'undecodable') throw new Error(parsed.detail);
  return parsed.records[0]!.fields.rest().map(({ name, value }) => ({ path: name, value }));
}

/** A line of the vendor's page: one element, its value in CDATA or not, however it is closed. */
const elementLine = /^<([\w-]+)>(?:<!\[CDATA\[)?(.*?)(?:\]\]>|\]>|\]\])?<\/[\w-]+>$/;

describe('the samples of the vendor’s page', () => {
  const samples = readdirSync(fixtures).filter(
    (name) => name.endsWith('-sample') && name !== 'chatContent-sample' && !name.startsWith('staffAction'),
  );

  test.each(samples)('%s: every line is a value, and there is no other', (name) => {
    const payload = readFileSync(join(fixtures, name, 'input.xml'));
    const lines = payload.toString('utf8').split('\n');
    const written = lines.flatMap((line) => {
      // Some lines have spaces around the section.
      const [, element, value] =
        elementLine.exec(line.trim().replace('> <!', '><!').replace('> </', '></')) ?? [];
      return element === undefined ? [] : [{ element, value }];
    });
    const read = valuesOf(payload).map(({ path, value }) => ({ element: path.replace(/^.*\./, ''), value }));
    expect(read).toEqual(written);
    expect(read.length).toBeGreaterThan(2);
  });

  test.each([
    ['chatEnd', ['cdata-end', 'missing-root']],
    ['chatStart', ['cdata-end']],
    ['chatTransfer', ['mismatched-end-tag']],
    ['keywordReturn', ['mismatched-end-tag']],
    ['leaveMsgOwner', []],
    ['skillStatus', ['mismatched-end-tag']],
    ['visitorEnter', ['cdata-end', 'mismatched-end-tag']],
    ['visitorTrackPage', ['cdata-end']],
  ])('%s needs %j', (dataType, repairs) => {
    const payload = readFileSync(join(fixtures, `${dataType}-sample`, 'input.xml'));
    expect(parseEchat(payload, dataType)).toMatchObject({ outcome: 'parsed', repairs });
  });
});

describe('paths', () => {
  test('of siblings the first has the bare name', () => {
    const payload = Buffer.from('<xml><a><b>1</b><b><c>2</c></b><b>3</b></a><a>4</a></xml>');
    expect(valuesOf(payload)).toEqual([
      { path: 'a.b', value: '1' },
      { path: 'a.b[1].c', value: '2' },
      { path: 'a.b[2]', value: '3' },
      { path: 'a[1]', value: '4' },
    ]);
  });

  test('attributes, text next to elements, empty elements, names that JavaScript knows', () => {
    const payload = Buffer.from(
      '\uFEFF<xml __proto__="1">t<__proto__ constructor="2"/><toString>u<constructor> </constructor></toString></xml>',
    );
    expect(valuesOf(payload)).toEqual([
      { path: '@__proto__', value: '1' },
      { path: '__proto__@constructor', value: '2' },
      { path: '__proto__', value: '' },
      { path: 'toString.constructor', value: ' ' },
      { path: 'toString.#text', value: 'u' },
      { path: '#text', value: 't' },
    ]);
  });

  test('a root without elements is a text', () => {
    expect(valuesOf(Buffer.from('<xml> <![CDATA[ x]]></xml>'))).toEqual([{ path: '#text', value: ' x' }]);
    expect(valuesOf(Buffer.from('<xml/>'))).toEqual([]);
  });
});

describe('what is undecodable', () => {
  test.each([
    ['  \n', 'EMPTY'],
    ['\uFEFF', 'EMPTY'],
    ['<!DOCTYPE xml><xml/>', 'DOCTYPE'],
    ['<?xml version="1.0"?>\n<!-- <a> -->\n<!DOCTYPE xml [<!ENTITY e "x">]><xml>&e;</xml>', 'DOCTYPE'],
    ['<!-- unclosed', 'NOT_XML'],
    ['{"a":1}', 'NOT_XML'],
  ])('%j is %s', (text, reason) => {
    expect(parseEchat(Buffer.from(text), 'any')).toMatchObject({ outcome: 'undecodable', reason });
  });

  test('a DOCTYPE within a value is text', () => {
    const payload = Buffer.from('<xml><姓名><![CDATA[<!DOCTYPE html>]]></姓名></xml>');
    expect(valuesOf(payload)).toEqual([{ path: '姓名', value: '<!DOCTYPE html>' }]);
  });
});

test('bytes that are no UTF-8 are counted', () => {
  const payload = Buffer.concat([
    Buffer.from('\uFEFF<xml><a>'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('</a></xml>'),
  ]);
  expect(parseEchat(payload, 'any')).toMatchObject({ outcome: 'parsed', repairs: ['invalid-utf-8'] });
  expect(valuesOf(payload)).toEqual([{ path: 'a', value: '\uFFFD(' }]);
});
