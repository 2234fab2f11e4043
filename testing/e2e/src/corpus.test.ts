import { canonicalTopics } from '@sluice/schemas/topics';
import { collect, mark, untilDrained } from '@sluice/start/collect';
import { vendors } from '@sluice/vendors';
import { corpus, flatten, rowDifferences, type ExpectedEvent } from './corpus.ts';
import { startSystem, type System } from './system.ts';

const cases = corpus();
const expected = new Map(cases.flatMap(({ events }) => events).map((event) => [event.meta.event_id, event]));

/** The accounts whose events are written down: ids are made of the source. */
const goldenSources = (stream: string): string =>
  Object.keys(vendors)
    .map((vendor) =>
      [
        `  - id: ${vendor}-golden`,
        `    vendor: ${vendor}`,
        `    stream: ${stream}`,
        '    tenant: golden',
        '    signed: false',
        '    encrypted: false',
        "    access: { addresses: ['127.0.0.0/8', '::1'] }",
      ].join('\n'),
    )
    .join('\n');

interface Row {
  readonly attributes: readonly { name: string; value: string }[];
  readonly [column: string]: unknown;
}

let system: System;
let deadLetters: string[];
beforeAll(async () => {
  system = await startSystem((sources) => {
    const stream = /stream: (\w+)/.exec(sources)?.[1] ?? '';
    return `${sources}\n${goldenSources(stream)}\n`;
  });
  const { endpoints, stream, ingressUrl } = system;
  const since = await mark(endpoints, stream);
  for (const { vendor, name, dataType, payload } of cases) {
    const query = `?dataType=${dataType}`;
    const answer = await fetch(`${ingressUrl}/v1/${vendor}/${vendor}-golden${query}`, {
      method: 'POST',
      body: payload,
    });
    expect([name, answer.status]).toEqual([name, 200]);
  }
  await untilDrained(endpoints, stream);
  const found = await collect(endpoints, stream, since);
  deadLetters = found.deadLetters.map(({ reason }) => reason);
}, 240_000);
afterAll(() => system.close(), 60_000);

test('every record of the corpus ends as its events, or as a dead letter with its reason', () => {
  expect(expected.size).toBeGreaterThan(90);
  expect(deadLetters.toSorted()).toEqual(cases.flatMap(({ rejected }) => rejected).toSorted());
});

test('ClickHouse holds every field of every event, and no other event', async () => {
  const { clickhouseUrl } = system.endpoints;
  const rows = new Map<string, Record<string, unknown>>();
  for (const topic of canonicalTopics) {
    const table = topic.replace(/\.v1$/, '').replaceAll('-', '_');
    const query = `SELECT * FROM ${system.stream}.${table}_latest FORMAT JSONEachRow`;
    const answer = await fetch(`${clickhouseUrl}/`, { method: 'POST', body: query });
    for (const line of (await answer.text()).split('\n').filter((text) => text !== '')) {
      const { attributes, ...row } = JSON.parse(line) as Row;
      rows.set(String(row.event_id), { ...row, ...pairs('attributes', attributes) });
    }
  }
  expect([...rows.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  const differences = [...expected].map(([id, event]) => ({
    event: `${event.topic} ${id}`,
    differences: rowDifferences(flatten(event), rows.get(id) ?? {}),
  }));
  expect(differences.filter((one) => one.differences.length > 0)).toEqual([]);
});

/** A list of pairs as two lists, as other arrays of records are laid out. */
function pairs(name: string, list: Row['attributes']): Record<string, unknown> {
  return {
    [`${name}.name`]: list.map((pair) => pair.name),
    [`${name}.value`]: list.map(({ value }) => value),
  };
}

test('Elasticsearch holds every field of every event, and no other event', async () => {
  const { elasticsearchUrl } = system.endpoints;
  await fetch(`${elasticsearchUrl}/${system.stream}-*/_refresh`, { method: 'POST' });
  const answer = await fetch(`${elasticsearchUrl}/${system.stream}-*/_search?size=10000`);
  const { hits } = (await answer.json()) as { hits: { hits: { _id: string; _source: ExpectedEvent }[] } };
  const documents = new Map(hits.hits.map(({ _id, _source }) => [_id, _source]));
  expect([...documents.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [id, event] of expected) expect(flatten(documents.get(id) ?? {})).toEqual(flatten(event));
});
