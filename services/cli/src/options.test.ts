import { epochMs, oneOf } from './options.ts';

test.each([
  ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00.000Z'],
  ['2026-01-31T08:00:00.5Z', '2026-01-31T08:00:00.500Z'],
  ['2026-01-31T08:00:00+08:00', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T08:00+05:30', '2026-01-31T02:30:00.000Z'],
  ['2026-01-31T08:00:00', '2026-01-31T08:00:00.000Z'],
  ['2026-01-31 08:00', '2026-01-31T08:00:00.000Z'],
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
])('%s is one moment, in UTC where it has no zone', (text, moment) => {
  expect(new Date(epochMs(text)).toISOString()).toBe(moment);
});

test.each(['7', '2026', '2026-02-30', '2026-02-29', '2026-13-01', '2026-04-31T10:00', '2026-01-01T24:00', '2026-01-01T10:60', '2026-01-01T10:00:60', '2026-01-01T10:00+25:00', '31.1.2026', '1/2/2026', '1/2', '2026-1-2', 'Jan 2 2026', '2026-01-31Z', 'yesterday', '', ' ', '1769846400000', '2026-01-31T08:00:00 GMT', '+002026-01-31'])('%p is refused', (text) => {
  expect(() => epochMs(text)).toThrow('It must be a time such as');
}); // prettier-ignore

test('the zone of the machine changes nothing', () => {
  const zone = process.env.TZ;
  try {
    for (const one of ['Asia/Shanghai', 'America/New_York', 'UTC']) {
      process.env.TZ = one;
      expect(epochMs('2026-03-29 02:30')).toBe(Date.UTC(2026, 2, 29, 2, 30));
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('a name may be written in any case and with dashes; another one is told which there are', () => {
  const read = oneOf('stage', ['INGRESS', 'SINK_CLICKHOUSE']);
  expect(read('sink-clickhouse')).toBe('SINK_CLICKHOUSE');
  expect(() => read('sinks')).toThrow('There is no stage sinks: it must be one of INGRESS, SINK_CLICKHOUSE.');
});
