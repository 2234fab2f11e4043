import fc from 'fast-check';
import { expectTextOnly, jsonRecords, jsonTexts, markOf, named } from '../testing/free-text.ts';
import { useNormalize } from '../testing/golden-source.ts';

const normalize = useNormalize();

test.each([
  { dataType: 'msg', names: ['msg', 'sender_name', 'cid'] },
  { dataType: 'user', names: ['remark', 'nick', 'userid'] },
])(
  'Sobot $dataType: a text in JSON is that text, and no other field or record changes',
  ({ dataType, names }) => {
    fc.assert(
      fc.property(jsonTexts(names), ({ values, ...how }) => {
        const written = (of: (index: number) => string): string =>
          `{"sys_code":"21","type":"${dataType}","content":${jsonRecords(names, how, of)}}`;
        const payload = written((index) => values[index] ?? '');
        const sent = normalize('sobot', dataType, payload);
        const marked = normalize(
          'sobot',
          dataType,
          written((index) => markOf(names[index] ?? '')),
        );
        expect(sent.events).toHaveLength(3);
        expectTextOnly(sent, marked, named(names, values), payload);
      }),
      { numRuns: 1500 },
    );
  },
);
