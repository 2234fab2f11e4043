import type { ViewDatabase } from '../testing/view-database.ts';
import { clock, viewDatabase } from '../testing/view-database.ts';
import {
  agentDays,
  channelDays,
  conversationHours,
  conversationRatings,
  directory,
  cardOutcomes,
  latestOf,
  messageVolume,
  pagePaths,
  queueHours,
  satisfaction,
  satisfactionDays,
  statesOf,
  toldByStep,
  toldColumns,
  transfers,
  type Events,
  type Span,
} from '../testing/figures.ts';
import { readyMadeViews } from '../src/views.ts';
import { inventHistory } from '../testing/histories.ts';

jest.setTimeout(60_000);

const histories = Array.from({ length: 400 }, (_, seed) => inventHistory(seed));
const items = histories.flat();
const span: Span = { from: clock('2024-05-08 00:00:00'), to: clock('2024-05-10 00:00:00') };

let database: ViewDatabase;
beforeAll(async () => {
  database = await viewDatabase(items);
});
afterAll(() => database.remove());

/** The figures as both ways show them: in an order of their own, and with averages to nine digits. */
const shown = (figures: Record<string, readonly unknown[]>): string[] =>
  Object.entries(figures)
    .map(
      ([key, values]) =>
        `${key}: ${values.map((value) => (typeof value === 'number' ? +value.toPrecision(9) : value)).join(' ')}`,
    )
    .sort();
const asFigures = (rows: readonly Record<string, unknown>[]): Record<string, unknown[]> =>
  Object.fromEntries(
    rows.map(({ key, ...values }) => [
      String(key),
      Object.values(values).map((value) => (value === null ? null : value)),
    ]),
  );

const told = toldColumns
  .map((column) => {
    if (column.endsWith('_at')) return `toUnixTimestamp64Milli(${column}) AS told_${column}`;
    return column in toldByStep ? column : `\`${column}\``;
  })
  .join(', ');
const views = [
  {
    view: 'conversation_state',
    columns: `concat(source_id, ' ', conversation_id) AS key, kind, phase, channel, ifNull(agent, 'null'),
      toUnixTimestamp64Milli(began_at) AS began, wait_ms, first_response_ms, end_reason, queue_state, phases,
      staff_id, staff_account, staff_name, ${told}`,
    plain: (events: Events, within: Span | null) =>
      Object.fromEntries(
        statesOf(events, within).map((state) => {
          const { id, account, name } = state.agent;
          const { source, kind, phase, channel, began, wait, firstResponse, endReason, queueState } = state;
          const figures = [
            kind,
            phase,
            channel,
            id ?? account ?? name ?? 'null',
            began,
            wait,
            firstResponse,
            endReason,
            queueState,
            state.phases,
            ...[id, account, name],
            ...toldColumns.map((column) => state.told[column]),
          ];
          return [`${source} ${state.id}`, figures];
        }),
      ),
  },
  {
    view: 'agent_day',
    columns: `concat(source_id, ' ', ifNull(toString(day), 'null'), ' ', agent) AS key, staff_id, staff_account,
      staff_name, conversations, average_first_response_ms, first_responses, average_handle_ms, handles`,
    plain: agentDays,
  },
  {
    view: 'agent_satisfaction',
    columns: `concat(source_id, ' ', ifNull(agent, 'null')) AS key, staff_id, staff_account, staff_name, ratings, scores,
      average_score, share_satisfied, nps_ratings, nps, solved_answers, share_solved`,
    plain: satisfaction,
  },
  {
    view: 'conversation_rating',
    columns: `concat(source_id, ' ', toString(event_id)) AS key, conversation_id, agent, staff_id, staff_account, staff_name,
      channel, toUnixTimestamp64Milli(rated_at) AS rated, score, nps_score, solved`,
    plain: conversationRatings,
  },
  {
    view: 'satisfaction_day',
    columns: `concat(source_id, ' ', toString(day), ' ', channel, ' ', ifNull(agent, 'null')) AS key, staff_id,
      staff_account, staff_name, ratings, scores, average_score, share_satisfied, nps_ratings, nps, solved_answers,
      share_solved`,
    plain: satisfactionDays,
  },
  {
    view: 'channel_day',
    columns: `concat(source_id, ' ', ifNull(toString(day), 'null'), ' ', channel) AS key, conversations, average_wait_ms,
      waits, average_first_response_ms, first_responses, average_handle_ms, handles`,
    plain: channelDays,
  },
  {
    view: 'conversation_hour',
    columns: `concat(source_id, ' ', ifNull(formatDateTime(hour, '%Y-%m-%dT%H', 'Asia/Shanghai'), 'null'), ' ', channel) AS key,
      conversations, for_staff, by_robots, left_messages, abandoned`,
    plain: conversationHours,
  },
  {
    view: 'transfer',
    columns: `concat(source_id, ' ', toString(event_id)) AS key, conversation_id,
      toUnixTimestamp64Milli(transferred_at) AS transferred, from_agent, from_staff_account, from_staff_name, to_agent,
      to_staff_account, to_staff_name`,
    plain: transfers,
  },
  {
    view: 'agent_directory',
    columns: `concat(source_id, ' ', agent) AS key, staff_id, staff_account, staff_name,
      toUnixTimestamp64Milli(last_named_at) AS named`,
    plain: directory,
  },
  {
    view: 'queue_hour',
    columns: `concat(source_id, ' ', ifNull(formatDateTime(hour, '%Y-%m-%dT%H', 'Asia/Shanghai'), 'null')) AS key, waited,
      answered, abandoned, average_wait_ms, max_wait_ms`,
    plain: queueHours,
  },
  {
    view: 'message_volume',
    columns: `concat(source_id, ' ', ifNull(toString(day), 'null'), ' ', channel) AS key, messages, by_visitors, by_staff,
      by_robots`,
    plain: messageVolume,
  },
  {
    view: 'page_path',
    columns: `concat(source_id, ' ', visit_id, ' ', conversation_id) AS key, toUnixTimestamp64Milli(began_at) AS began,
      urls, titles, arrayMap(at -> toUnixTimestamp64Milli(at), viewed_at) AS viewed`,
    plain: pagePaths,
  },
  {
    view: 'card_outcome',
    columns: `concat(source_id, ' ', card) AS key, title, pushes, conversations, rated, average_score, share_satisfied,
      average_score_without, difference, marked, share_solved`,
    plain: cardOutcomes,
  },
];

describe('what a plain program over the events computes is what the views show', () => {
  const events = latestOf(items);
  // A source is a history of its own: computed alone, so that the plain program need not be fast.
  const perHistory = histories.map(latestOf);
  const computed = (
    plain: (events: Events, within: Span | null) => Record<string, readonly unknown[]>,
    within: Span | null,
  ) =>
    shown(
      Object.assign({}, ...perHistory.map((history) => plain(history, within))) as Record<
        string,
        readonly unknown[]
      >,
    );

  test.each(views)('every column of $view is compared', async ({ view, columns }) => {
    const named = await database.rows(`DESCRIBE (SELECT * FROM ${view})`);
    const left = named
      .map(({ name }) => String(name))
      .filter((name) => !columns.split(/[^\w.]+/).includes(name));
    expect(left).toEqual([]);
  });

  test('every view is compared, but for those that say what an event means', () => {
    const apart = ['bare_conversation_id', 'agent_identity', 'late_event'];
    expect([...views.map(({ view }) => view), ...apart].sort()).toEqual([...readyMadeViews].sort());
  });

  test.each(views)('$view, of all histories', async ({ view, columns, plain }) => {
    const rows = await database.rows(`SELECT ${columns} FROM ${view}`);
    expect(rows.length).toBeGreaterThan(100);
    expect(shown(asFigures(rows))).toEqual(computed(plain, null));
  });

  test.each(views)('$view, of a span', async ({ view, columns, plain }) => {
    const rows = await database.rows(
      `SELECT ${columns} FROM ${view}_between(from = '2024-05-08', to = '2024-05-10')`,
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(shown(asFigures(rows))).toEqual(computed(plain, span));
  });

  test('the histories have what is unkind', () => {
    const { conversations, ratings } = events;
    const has = (found: boolean): void => expect(found).toBe(true);
    has(conversations.some(({ phase }) => phase === 'TRANSFERRED'));
    has(conversations.some(({ end_reason }) => end_reason === 'QUEUE_ABANDONED'));
    has(conversations.some(({ staff_shares }) => staff_shares.length > 1));
    has(conversations.some(({ meta }) => meta.occurred_at === null));
    has(ratings.some(({ conversation_id, conversation_number }) => conversation_id === conversation_number));
  });
});
