import fc from 'fast-check';
import { storedTopics } from '@sluice/schemas/topics';
import { monthOf } from './month.ts';

const received = Date.UTC(2026, 2, 15);

test.each([
  ['no time', null, 'undated'],
  ['the last moment of a month', Date.UTC(2026, 1, 28, 23, 59, 59, 999), '2026-02'],
  ['the first moment of the next', Date.UTC(2026, 2, 1), '2026-03'],
  ['the oldest month of the window', Date.UTC(2024, 2, 1), '2024-03'],
  ['a moment before that', Date.UTC(2024, 2, 1) - 1, 'undated'],
  ['the last moment of next month', Date.UTC(2026, 4, 1) - 1, '2026-04'],
  ['the month behind it', Date.UTC(2026, 4, 1), 'undated'],
  ['a clock that starts in 1970', 0, 'undated'],
  ['the year 1900', Date.UTC(1900, 0), 'undated'],
  ['the year 9999', Date.UTC(9999, 0), 'undated'],
  ['no year at all', -1e300, 'undated'],
  ['no year at all, ahead', 1e300, 'undated'],
])('%s is filed within the window around the receipt', (_, occurred_at, month) => {
  expect(monthOf('message.v1', { occurred_at, received_at: received })).toBe(month);
});

test.each([
  ['a month ago', Date.UTC(2026, 1, 1), '2026-02'],
  ['two months ago', Date.UTC(2026, 0, 31), 'undated'],
  ['next month', Date.UTC(2026, 3, 1), '2026-04'],
  ['in two months', Date.UTC(2026, 4, 1), 'undated'],
])('the clock of a browser chooses among three months: %s', (_, occurred_at, month) => {
  expect(monthOf('staff-action.v1', { occurred_at, received_at: received })).toBe(month);
});

test.each(storedTopics)('whatever times a sender writes, %s has 27 places at most', (topic) => {
  const places = new Set<string>();
  for (let month = 0; month < 12 * 130; month += 1)
    places.add(monthOf(topic, { occurred_at: Date.UTC(1980, month, 9), received_at: received }));
  expect(places.size).toBeLessThanOrEqual(27);
});

test('copies that are received within a month of each other are filed alike, off the edges of the window', () => {
  const day = 86_400_000;
  fc.assert(
    fc.property(
      fc.integer({ min: -22 * 30, max: 27 }),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2040, 0) }),
      (days, later, receivedMs) => {
        const occurred_at = receivedMs + days * day;
        expect(monthOf('message.v1', { occurred_at, received_at: receivedMs + later * day })).toBe(
          monthOf('message.v1', { occurred_at, received_at: receivedMs }),
        );
      },
    ),
  );
});
