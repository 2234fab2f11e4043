import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
import fc from 'fast-check';
import { renderXml } from './xml.ts';

const xmlText = fc
  .string({ unit: 'grapheme' })
  // XML 1.0 has no room for control characters, and parsers turn \r into \n.
  .map((text) => text.replaceAll(/[^\t\n\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''));

test('any text is well-formed and comes back as it was', () => {
  const parser = new XMLParser({ trimValues: false, parseTagValue: false });
  fc.assert(
    fc.property(xmlText, fc.constantFrom('', ']]>', ']]]>', '<a>&amp;'), (text, trap) => {
      const xml = renderXml([['value', `${text}${trap}${text}`]]);
      expect(SyntaxValidator.validate(xml)).toBe(true);
      expect(parser.parse(xml)).toMatchObject({ xml: { value: `${text}${trap}${text}` } });
    }),
  );
});

test('the layout is that of the samples; undefined leaves an element out, an empty text does not', () => {
  expect(
    renderXml([
      ['msgId', '1'],
      [
        'chatData',
        [
          ['age', 3],
          ['memo', ''],
          ['gone', undefined],
        ],
      ],
    ]),
  ).toBe(
    '<xml>\n    <msgId><![CDATA[1]]></msgId>\n    <chatData>\n    <age>3</age>\n    <memo><![CDATA[]]></memo>\n    </chatData>\n</xml>',
  );
});
