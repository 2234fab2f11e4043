import fc from 'fast-check';
import { locateJsonMember, sobotEnvelope } from './envelope.ts';

test('the whole content is secret, of calllog each record', () => {
  const secrets = (type: string) => {
    const { text, secretParts } = sobotEnvelope(type, ['{"a":1}', '{"b":2}']);
    return secretParts.map(({ start, end }) => text.slice(start, end));
  };
  expect(secrets('msg')).toEqual(['[{"a":1},{"b":2}]']);
  expect(secrets('calllog')).toEqual(['{"a":1}', '{"b":2}']);
});

test('a member is found whatever is in it', () => {
  const container = fc.oneof(
    fc.array(fc.jsonValue()),
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.string(),
  );
  fc.assert(
    fc.property(container, fc.integer({ min: 0, max: 2 }), (value, indent) => {
      const text = JSON.stringify({ type: 'msg', content: value, after: ['}]'] }, null, indent);
      const { start, end } = locateJsonMember(text, 'content');
      expect(JSON.parse(text.slice(start, end))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a trailing comma does not matter', () => {
  const text = '{"content":[{"a":"]",}]}';
  const { start, end } = locateJsonMember(text, 'content');
  expect(text.slice(start, end)).toBe('[{"a":"]",}]');
});

test.each([
  ['{"type":"msg"}', 'no member'],
  ['{"content":[{}', 'no end'],
])('%s is an error', (text, message) => {
  expect(() => locateJsonMember(text, 'content')).toThrow(message);
});
