import { sums } from '@sluice/monitoring/dashboards';
import { asChosen, asPromQl } from '@sluice/monitoring/render-dashboard';
import type { FoundDeadLetter, FoundEvent } from './ledger.ts';
import { compareOverview, figuresOf, type OverviewFigures } from './overview.ts';

const type = { vendor: 'acme', dataType: 'chatStart' };
const event = (records: number): FoundEvent => ({ ...type, positions: new Set(['t/0/0']), records });
const deadLetter = (stage: string): FoundDeadLetter => ({
  ...type,
  ...{ id: 'l', sourceId: 's', stage, reason: 'NOT_XML', position: null },
});
const wanted: OverviewFigures = {
  acknowledged: 12,
  events: 3,
  clickhouse: 3,
  elasticsearch: 2,
  deadLetters: 2,
};

test('what was done twice counts twice, and what a store refused is not in it', () => {
  const totals = { acknowledged: 10, resent: 3, resendsFailed: 1 };
  const events = new Map([
    ['a', event(2)],
    ['b', event(1)],
  ]);
  const deadLetters = [deadLetter('INGRESS'), deadLetter('SINK_ELASTICSEARCH')];
  expect(figuresOf(totals, { events, deadLetters })).toEqual(wanted);
});

/** Answers what the overview asks for, with these figures one after the other. */
function prometheusWith(...answers: OverviewFigures[]) {
  let rounds = 0;
  return {
    startedAtMs: Date.now() - 60_000,
    query(expression: string) {
      const names = Object.keys(sums) as (keyof OverviewFigures)[];
      const plain = expression.replaceAll(/6\ds/g, '60s');
      const name = names.find(
        (one) => asPromQl(asChosen(sums[one].queries[0]?.[0] ?? ''), '.*', '60s') === plain,
      );
      const value = name ? answers[Math.min(rounds, answers.length - 1)]?.[name] : undefined;
      if (name === names.at(-1)) rounds += 1;
      return Promise.resolve(value ? [{ labels: {}, value }] : []);
    },
  };
}

test('figures that are scraped a moment later are waited for', async () => {
  const early = { ...wanted, events: 1, deadLetters: 0 };
  expect(await compareOverview(prometheusWith(early, wanted), wanted)).toEqual([]);
});

test('figures that stay different are named, one message each', async () => {
  const other = { ...wanted, clickhouse: 4, deadLetters: 0 };
  expect(await compareOverview(prometheusWith(other), wanted, 0)).toEqual([
    { message: 'The overview shows 4 at "In ClickHouse · 已写入 ClickHouse", and it is 3.', isLess: false },
    { message: 'The overview shows 0 at "Dead letters · 死信", and it is 2.', isLess: true },
  ]);
});
