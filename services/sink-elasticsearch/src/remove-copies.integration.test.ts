import type { StoreItem } from '@sluice/sink/store';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { indexOf } from './documents.ts';
import { installTemplates } from './install-templates.ts';
import { scratchStream } from '../testing/scratch-stream.ts';

jest.setTimeout(60_000);

const stream = scratchStream();
const store = createElasticsearchStore(stream);
beforeAll(() => installTemplates({ ...stream, replicas: 0 }));
afterAll(async () => {
  await store.close();
  await stream.remove();
});

const received_at = Date.UTC(2026, 2, 2);
const hour = 3_600_000;
const inMarch = Date.UTC(2026, 2, 1) + hour;
const inFebruary = inMarch - 8 * hour;

/** The same event with another time, as a replay writes it after `utcOffset` was corrected. */
const replayed = ({ event, ...item }: StoreItem, occurred_at: number | null, version = 0): StoreItem => ({
  ...item,
  event: { ...event, meta: { ...event.meta, occurred_at } },
  version: item.version + version,
  isReplayed: true,
});

async function write(...items: StoreItem[]): Promise<string[]> {
  const results = await store.write(items);
  await stream.client.indices.refresh({ index: `${stream.stream}*` });
  return results.map(({ outcome }) => outcome);
}

/** The indices that have an event. */
async function indicesWith(id: string): Promise<string[]> {
  const { hits } = await stream.client.search({
    index: `${stream.stream}-*`,
    query: { ids: { values: [id] } },
  });
  return hits.hits.map(({ _index }) => _index);
}

test('a replayed event whose month has changed is one document, and its neighbours stay', async () => {
  const items = Array.from({ length: 700 }, () =>
    sampleItem('message.v1', { occurred_at: inMarch, received_at }),
  );
  const unchanged = sampleItem('message.v1', { occurred_at: inMarch, received_at });
  await write(...items, unchanged);
  const moved = items.map((item) => replayed(item, inFebruary));
  expect(new Set(await write(...moved, replayed(unchanged, inMarch)))).toEqual(new Set(['written']));
  for (const index of [0, 299, 300, 699])
    expect(await indicesWith(moved[index]!.id)).toEqual([indexOf(stream.stream, moved[index]!)]);
  expect(await stream.client.count({ index: `${stream.stream}-message-*` })).toMatchObject({ count: 701 });
  expect(await indicesWith(unchanged.id)).toEqual([indexOf(stream.stream, unchanged)]);
});

test('an event that had no time leaves the undated index, also where names are aliases', async () => {
  const item = sampleItem('visit.v1', { occurred_at: null, received_at });
  const moved = replayed(item, inMarch);
  const alias = indexOf(stream.stream, moved);
  await stream.client.indices.create({ index: `.${stream.stream}-hidden`, aliases: { [alias]: {} } });
  await write(item);
  await write(moved);
  expect(await indicesWith(item.id)).toEqual([`.${stream.stream}-hidden`]);
  await stream.client.indices.delete({ index: `.${stream.stream}-hidden` });
});

test('of copies with other versions the highest stays: an erased event does not come back', async () => {
  const item = sampleItem('rating.v1', { occurred_at: inMarch, received_at });
  const erased = { ...item, version: item.version + 10 };
  await write(erased);
  expect(await write(replayed(item, inFebruary))).toEqual(['written']);
  expect(await indicesWith(item.id)).toEqual([indexOf(stream.stream, erased)]);
  const newer = replayed(item, inFebruary, 11);
  await write(newer);
  expect(await indicesWith(item.id)).toEqual([indexOf(stream.stream, newer)]);
});

test('what no replay wrote is left where it is', async () => {
  const item = sampleItem('rating.v1', { occurred_at: inMarch, received_at });
  await write(item);
  await write({ ...replayed(item, inFebruary), isReplayed: false });
  expect(await indicesWith(item.id)).toHaveLength(2);
});

test('a copy in an index that takes no writes stays, and holds nothing up', async () => {
  const item = sampleItem('call.v1', { occurred_at: inMarch, received_at });
  await write(item);
  const index = indexOf(stream.stream, item);
  await stream.client.indices.putSettings({ index, settings: { 'index.blocks.write': true } });
  expect(await write(replayed(item, inFebruary))).toEqual(['written']);
  expect(await indicesWith(item.id)).toHaveLength(2);
});
