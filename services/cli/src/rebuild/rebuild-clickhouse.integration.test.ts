import { argsFor, fromRaw, one, rebuild, testRebuild } from '../../testing/rebuild-suite.ts';

testRebuild('clickhouse');

test('the ready-made views work on what was swapped in', async () => {
  const views = ['conversation_state', 'agent_day', 'agent_satisfaction', 'message_volume', 'page_path'];
  const shown = () =>
    Promise.all(
      views.map((view) => one.clickhouse(`SELECT count(), sum(cityHash64(*)) FROM ${one.stream}.${view}`)),
    );
  const before = await shown();
  expect(before[0]).not.toMatch(/^0\t/);
  await rebuild('clickhouse', ...fromRaw());
  expect(await shown()).toEqual(before);
});

test.each<[string, () => string[], RegExp, number?]>([
  ['an unknown topic', () => argsFor('clickhouse', 'messages'), /There is no topic messages: it must be one of conversation\.v1, /],
  ['--from-raw without sources', () => argsFor('clickhouse', '--from-raw'), /^--from-raw and --sources go together/],
  ['--sources without --from-raw', () => argsFor('elasticsearch', '--sources', 'x'), /^--from-raw and --sources go together/],
  ['no share', () => argsFor('elasticsearch', '--max-gone', 'all'), /It must be a number from 0 to 100\./],
  ['a session timeout that brokers refuse', () => argsFor('elasticsearch', '--session-timeout', '5000'), /It must be 6000 ms or more\./],
  ['no store', () => ['rebuild', 'clickhouse', ...one.place], /^This option is missing: --clickhouse <url> or SLUICE_CLICKHOUSE_URL\./],
  ['a store that is away', () => ['rebuild', 'clickhouse', ...one.place, '--clickhouse', 'http://127.0.0.1:1'], /^ClickHouse at http:\/\/127\.0\.0\.1:1 \(--clickhouse\) cannot be reached: connect ECONNREFUSED/, 69],
])('is refused with an error: %s', async (_name, args, text, wanted = 64) => {
  const { code, stdout, stderr } = await one.sluice(...args());
  expect(stderr.trimEnd()).toMatch(text);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: wanted, stdout: '' });
}); // prettier-ignore
