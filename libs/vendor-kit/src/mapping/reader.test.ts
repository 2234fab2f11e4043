import { createFields, type Fields, type Leaf } from './fields.ts';
import type { MapContext } from './mapping.ts';
import { clockTime, compileSpec, durationsOf, flag, int, part, split, text, type Spec } from './reader.ts';

const duration = durationsOf({ wait: 's', total: 'ms' });
const context = (durationUnits: MapContext['durationUnits'] = {}): MapContext => ({
  utcOffsetMinutes: 480,
  receivedAtMs: 0,
  durationUnits,
  unknown: () => undefined,
});
const sent = (values: Record<string, string>) =>
  createFields(Object.entries(values).map(([path, value]): Leaf => ({ path, value })));

/** As fields are read, with what is null left out. */
const read = <T extends object>(spec: Spec<T>, fields: Fields, context: MapContext) =>
  compileSpec(spec)(fields, context);

test.each<[string, number | null]>([
  ['16', 16_000],
  [' 16 ', 16_000],
  ['0.4', 400],
  ['1.5', 1_500],
  ['1.0E7', 10_000_000_000],
  ['-1', null],
  ['', null],
  ['16s', null],
])('a duration of "%s" seconds is %p ms, and stays as sent', (value, ms) => {
  const spec = duration('wait', 'w', 'wait');
  const fields = sent({ w: value });
  expect(read(spec, fields, context())).toEqual({ wait_ms: ms, wait_sent: value });
  expect(fields.rest()).toEqual([]);
});

test('a whole number may be written as a double', () => {
  const fields = sent({ a: '5.0', b: '1.2E1', c: '-3.0', d: '5.5', e: '1.0', f: '0.0', g: '2.0' });
  const spec = {
    a: int('a'),
    b: int('b'),
    c: int('c'),
    d: int('d'),
    e: flag('e'),
    f: flag('f'),
    g: flag('g'),
  };
  expect(read(spec, fields, context())).toEqual({ a: 5, b: 12, c: -3, d: null, e: true, f: false, g: null });
});

test('the unit of a duration is the one of the source', () => {
  const spec = duration('total', 't', 'total');
  expect(read(spec, sent({ t: '8200' }), context()).total_ms).toBe(8_200);
  expect(read(spec, sent({ t: '8200' }), context({ total: 's' })).total_ms).toBe(8_200_000);
});

test('what does not convert is not taken', () => {
  const fields = sent({
    age: '200000000000',
    at: '2019-02-30 00:00:00',
    yes: '2',
    fine: '2020-01-01 00:00:00.0001',
  });
  const spec = { age: int('age'), at: clockTime('at'), yes: flag('yes'), fine: clockTime('fine') };
  expect(read(spec, fields, context())).toEqual({
    age: null,
    at: null,
    yes: null,
    fine: Date.UTC(2019, 11, 31, 16),
  });
  expect(fields.rest().map(({ name }) => name)).toEqual(['age', 'at', 'yes', 'fine']);
});

test('the first of several paths that was sent is taken, empty or not', () => {
  expect(read({ name: text('a', 'b') }, sent({ b: '' }), context())).toEqual({ name: '' });
});

test('lists are split at commas of either width and at 、', () => {
  expect(read({ list: split('l') }, sent({ l: ' 产品,服务、物流,, ' }), context())).toEqual({
    list: ['产品', '服务', '物流'],
  });
});

test('a part is null unless something of it was sent', () => {
  const spec = { page: part<{ url: string | null }>({ url: text('url') }) };
  expect(read(spec, sent({}), context())).toEqual({ page: null });
  expect(read(spec, sent({ url: '' }), context())).toEqual({ page: { url: '' } });
});

test('null of JSON is no value, and is not lost', () => {
  const fields = createFields([{ path: 'nick', value: 'null', isNull: true }]);
  expect(read({ nick: text('nick') }, fields, context())).toEqual({ nick: null });
  expect(fields.rest()).toEqual([{ name: 'nick', value: 'null' }]);
});
