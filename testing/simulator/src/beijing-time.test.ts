import { formatBeijingTime } from './beijing-time.ts';

// A vendor's sample of a message carries one moment in both forms.
test('Beijing time is eight hours ahead', () => {
  expect(formatBeijingTime(1509510244000)).toBe('2017-11-01 12:24:04');
});

test('milliseconds are cut', () => {
  expect(formatBeijingTime(1509510244999)).toBe('2017-11-01 12:24:04');
});
