import { readClockTime, readEpochMs } from './times.ts';

const beijing = 480;

test.each([
  ['2016-01-09 17:54:58', '2016-01-09T09:54:58.000Z'],
  [' 2016-08-17 10:47:01.0 ', '2016-08-17T02:47:01.000Z'],
  ['2020-02-29 00:00:00.123456', '2020-02-28T16:00:00.123Z'],
  ['2019-12-31 23:59:59.5', '2019-12-31T15:59:59.500Z'],
])('%s in Beijing is %s', (text, utc) => {
  expect(new Date(readClockTime(text, beijing) ?? Number.NaN).toISOString()).toBe(utc);
});

test.each([
  '',
  '2019-02-30 10:00:00',
  '0000-00-00 00:00:00',
  '2016-01-09',
  '2016-01-09 24:00:00',
  '2016-13-01 00:00:00',
  '2016-00-10 00:00:00',
  '2016-04-31 00:00:00',
  '2016-01-00 00:00:00',
  '2016-01-09 10:60:00',
  '2016-01-09 10:00:60',
  '2016-01-09 10:00:00.',
  'yesterday',
])('"%s" is no time', (text) => {
  expect(readClockTime(text, beijing)).toBeNull();
});

test.each([
  ['1539153409792', 1_539_153_409_792],
  ['0', null],
  ['1539153409', null],
  ['', null],
])('epoch "%s" is %p', (text, expected) => {
  expect(readEpochMs(text)).toBe(expected);
});
