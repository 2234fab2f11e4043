import fc from 'fast-check';
import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { boundAmplification, listed, type Shape } from '../testing/amplification.ts';

const { records, depth, values, nameChars, pathChars } = payloadLimits;
const json = (element: string): Shape => ['msg', `{"content":[${element}]}`];
const nestedNames = (chars: number): string => {
  const names = [
    ...Array.from({ length: Math.floor(chars / 201) }, () => 'x'.repeat(200)),
    'y'.repeat(chars % 201),
  ];
  return `{${names.map((name) => `"${name}":`).join('{')}1${'}'.repeat(names.length)}`;
};

const expectBounded = boundAmplification('sobot', {
  shapes: {
    'members above many records': [
      'msg',
      `{${listed(10_000, (index) => `"k${index}":1`)},"content":[${listed(1_000, () => '1')}]}`,
    ],
    'a long envelope and bad records': [
      'msg',
      `{"pad":"${'x'.repeat(500_000)}","content":[${listed(900, () => '{x}')}]}`,
    ],
    'bad records': ['msg', `{"content":[${listed(90, () => '{x}')}]}`],
    'a long name above many values': [
      'msg',
      `{"content":[{"${'中'.repeat(250)}":[${listed(19_000, () => '1')}]}]}`,
    ],
    'long names within each other': [
      'msg',
      `{"content":[{"${'中'.repeat(250)}":{"${'中'.repeat(250)}":{"${'中'.repeat(250)}":[${listed(400, () => '1')}]}}}]}`,
    ],
    'members in a text': [
      'user',
      `{"content":[{"params":${JSON.stringify(`{${listed(19_000, () => '"":1')}}`)}}]}`,
    ],
    'lists in texts': [
      'summary',
      `{"content":[{"req_type":"${'1-'.repeat(19_000)}","req_type_name":"${'a-'.repeat(19_000)}"}]}`,
    ],
  },
  limits: {
    records: [json(listed(records, () => '1')), json(listed(records + 1, () => '1'))],
    'depth of JSON': [
      json('['.repeat(depth - 1) + ']'.repeat(depth - 1)),
      json('['.repeat(depth) + ']'.repeat(depth)),
    ],
    'values of JSON': [json(`[${listed(values, () => '1')}]`), json(`[${listed(values + 1, () => '1')}]`)],
    'names in JSON': [json(`{"${'x'.repeat(nameChars)}":1}`), json(`{"${'x'.repeat(nameChars + 1)}":1}`)],
    paths: [json(nestedNames(pathChars)), json(nestedNames(pathChars + 1))],
    'items of a list in a text': [
      ['user', `{"content":[{"user_tels":"${'1,'.repeat(values - 1)}"}]}`],
      ['user', `{"content":[{"user_tels":"${'1,'.repeat(values)}"}]}`],
    ],
  },
});

test('what a fuzzer makes of little is bounded', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'cid', 'params', 'msg'),
    fc.nat(300).map((length) => '中'.repeat(length)),
  );
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('1', '""', '{}', '"中"', 'null'),
      fc
        .tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom('1', '[]', '"x"'))
        .map(([count, of]) => `[${listed(count, () => of)}]`),
      fc.tuple(name, tie('value')).map(([key, of]) => `{${JSON.stringify(key)}:${of as string}}`),
      fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.constantFrom('msg', 'user', 'summary', 'novelty'),
      fc.array(fc.tuple(name, value), { maxLength: 4 }),
      fc.array(value, { maxLength: 6 }),
      (dataType, members, elements) => {
        const above = members.map(([key, of]) => `${JSON.stringify(key)}:${of},`).join('');
        expectBounded(dataType, `{${above}"content":[${elements.join(',')}]}`);
      },
    ),
    { numRuns: 300 },
  );
});
