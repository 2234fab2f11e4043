import {
  agentDays,
  latestOf,
  messageVolume,
  queueHours,
  satisfaction,
  shownDay,
} from '../testing/figures.ts';
import { inventHistory } from '../testing/histories.ts';
import { clock, event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(60_000);

const dayMs = 86_400_000;

test('events are late by day, from the fourth day after theirs on', async () => {
  const at = (received: string) => ({ received_at: clock(received) });
  const database = await viewDatabase([
    event('conversation.v1', '2024-05-06 23:59:00', { conversation_id: 'a' }, at('2024-05-09 23:59:59')),
    event('conversation.v1', '2024-05-06 23:59:00', { conversation_id: 'b' }, at('2024-05-10 00:00:00')),
    event('rating.v1', '2024-05-07 00:00:00', { conversation_id: 'b' }, at('2024-05-12 00:00:00')),
    event('rating.v1', null, { conversation_id: 'c' }, at('2024-05-12 00:00:00')),
  ]);
  try {
    const late = [
      ['2024-05-06', 'conversation', '2024-05-09 16:00:00.000'],
      ['2024-05-07', 'rating', '2024-05-11 16:00:00.000'],
    ].map(([day, topic, last]) => ({ source_id: 'shop', day, topic, events: 1, last_received_at: last }));
    expect(await database.rows('SELECT * FROM late_event ORDER BY day')).toEqual(late);
    expect(
      await database.rows("SELECT * FROM late_event_between(from = '2024-05-06', to = '2024-05-07')"),
    ).toEqual(late.slice(0, 1));
  } finally {
    await database.remove();
  }
});

test('figures of a day that closed 7 days ago change only by events that are told to be late', async () => {
  const histories = Array.from({ length: 150 }, (_, seed) => inventHistory(5000 + seed));
  const database = await viewDatabase(histories.flat());
  const rows = await database.rows('SELECT source_id, toString(day) AS day FROM late_event');
  await database.remove();
  const late = new Set(rows.map(({ source_id, day }) => `${String(source_id)} ${String(day)}`));
  const views = [agentDays, queueHours, satisfaction, messageVolume];
  let changes = 0;
  for (const items of histories) {
    const source = items[0]?.event.meta.source_id ?? '';
    for (let from = clock('2024-05-05 00:00:00'); from < clock('2024-05-14 00:00:00'); from += dayMs) {
      const span = { from, to: from + dayMs };
      const closed = span.to + 7 * dayMs;
      const then = latestOf(items.filter(({ event: { meta } }) => meta.received_at < closed));
      const now = latestOf(items);
      const changed = views.some(
        (view) => JSON.stringify(sorted(view(then, span))) !== JSON.stringify(sorted(view(now, span))),
      );
      if (!changed) continue;
      changes++;
      const around = Array.from({ length: 10 }, (_, away) => shownDay(from + (away - 6) * dayMs));
      expect(around.some((day) => late.has(`${source} ${day}`))).toBe(true);
    }
  }
  // Histories have late events, so this is no test of nothing.
  expect(changes).toBeGreaterThan(10);
});

const sorted = (figures: Record<string, unknown>) =>
  Object.entries(figures).sort(([a], [b]) => (a < b ? -1 : 1));
