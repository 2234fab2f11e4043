import { rebuildContract } from '@sluice/sink/testing/rebuild-contract';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { entityName, indexOf, undatedIndexOf } from './documents.ts';
import { installTemplates } from './install-templates.ts';
import { elasticsearchRebuildTarget } from './rebuild-indices.ts';
import { scratchStream } from '../testing/scratch-stream.ts';

jest.setTimeout(60_000);

async function prepared() {
  const stream = scratchStream();
  await installTemplates({ ...stream, replicas: 0 });
  return { stream, target: elasticsearchRebuildTarget(stream) };
}

rebuildContract('Elasticsearch', async () => {
  const { stream, target } = await prepared();
  return {
    target,
    stream: stream.stream,
    async remove() {
      await target.close();
      await stream.remove();
    },
  };
});

test('searches by pattern never see what is filled, and find what was swapped in by its old name', async () => {
  const { stream, target } = await prepared();
  const [old, rebuilt] = [sampleItem('rating.v1'), sampleItem('rating.v1')];
  await target.live.write([old]);
  expect(await target.count('rating.v1')).toBe(1);
  const begun = await target.begin('1', ['rating.v1']);
  await begun.store.write([rebuilt]);
  await begun.count('rating.v1');
  const seen = async (index: string) => (await stream.client.count({ index })).count;
  expect(await seen(`${stream.stream}-*`)).toBe(1);
  await begun.swap('rating.v1', null);
  expect(await stream.search('rating.v1', { match_all: {} })).toEqual([rebuilt.event]);
  expect(await seen(`${stream.stream}-*`)).toBe(1);
  expect(await seen(indexOf(stream.stream, old))).toBe(1);
  // What no month has a place for has one still.
  expect(await seen(undatedIndexOf(stream.stream, 'rating.v1'))).toBe(0);
  // Where the undated index held what is no more, another one takes its place.
  await target.live.write([sampleItem('rating.v1', { occurred_at: null })]);
  const second = await target.begin('2', ['rating.v1']);
  await second.store.write([rebuilt]);
  await second.swap('rating.v1', null);
  expect(await seen(`${stream.stream}-*`)).toBe(1);
  expect(await seen(undatedIndexOf(stream.stream, 'rating.v1'))).toBe(0);
  await second.end();
  // What a release adds to indices that exist reaches this one too, by its alias.
  await installTemplates({ ...stream, replicas: 0 });
  await begun.end();
  await target.close();
  await stream.remove();
});

test('a document that cannot be copied is tried as often as one page is, and then told', async () => {
  const { stream, target } = await prepared();
  // No sink writes such a document: it lacks the time of its receipt.
  await stream.client.index({
    index: undatedIndexOf(stream.stream, 'rating.v1'),
    id: 'by hand',
    document: { meta: { event_id: 'by hand', source_id: 'shop' } },
    refresh: true,
  });
  const begun = await target.begin('1', ['rating.v1']);
  let attempts = 0;
  const threeTimes = async <T>(part: () => Promise<T>): Promise<T> => {
    for (let at = 1; ; at += 1) {
      attempts += 1;
      try {
        return await part();
      } catch (error) {
        if (at === 3) throw error;
      }
    }
  };
  await expect(begun.copyUnchanged('rating.v1', { of: 'nothing' }, threeTimes)).rejects.toThrow();
  // The look at the indices once, and the page three times: not three times three.
  expect(attempts).toBe(4);
  await begun.end();
  await target.close();
  await stream.remove();
});

test('what a release or an operator changes of a template meanwhile is seen', async () => {
  const { stream, target } = await prepared();
  const begun = await target.begin('1', ['rating.v1']);
  await installTemplates({ ...stream, replicas: 0 });
  expect(await begun.changed('rating.v1')).toBeNull();
  await installTemplates({ ...stream, replicas: 2 });
  expect(await begun.changed('rating.v1')).toBe('its index template has other fields or settings');
  await begun.end();
  await target.close();
  await stream.remove();
});

test("an operator's alias is given with the swap, and not before", async () => {
  const { stream, target } = await prepared();
  const name = entityName(stream.stream, 'rating.v1');
  const alias = `${stream.stream}-mine`;
  const { index_templates } = await stream.client.indices.getIndexTemplate({ name });
  const { index_patterns, priority, template } = index_templates[0]!.index_template;
  await stream.client.indices.putIndexTemplate({
    ...{ name, index_patterns, priority: priority! },
    template: { ...template, aliases: { [alias]: {} } },
  });
  const begun = await target.begin('1', ['rating.v1']);
  await begun.store.write([sampleItem('rating.v1')]);
  await begun.count('rating.v1');
  expect(await stream.client.indices.existsAlias({ name: alias })).toBe(false);
  await begun.swap('rating.v1', null);
  expect((await stream.client.count({ index: alias })).count).toBe(1);
  await begun.end();
  await target.close();
  await stream.remove();
});

test('as many indices as many months have are counted and removed', async () => {
  const { stream, target } = await prepared();
  const months = Array.from({ length: 80 }, (_, at) => Date.UTC(2019, at, 15));
  const items = months.map((at) => sampleItem('rating.v1', { occurred_at: at, received_at: at }));
  const begun = await target.begin('1', ['rating.v1']);
  await begun.store.write(items);
  expect(await begun.count('rating.v1')).toBe(items.length);
  await target.removeOrphan(`${stream.stream}-rebuild-1`);
  expect(await target.orphans()).toEqual([]);
  await begun.end();
  await target.close();
  await stream.remove();
});

test("an index that is somebody's own stays, whatever its name begins with", async () => {
  const { stream, target } = await prepared();
  const item = sampleItem('rating.v1');
  await target.live.write([item]);
  const own = `${indexOf(stream.stream, item)}-mine`;
  await stream.client.index({ index: own, document: item.event });
  const begun = await target.begin('1', ['rating.v1']);
  await begun.swap('rating.v1', null);
  await begun.end();
  expect(await stream.client.indices.exists({ index: own })).toBe(true);
  expect(await target.count('rating.v1')).toBe(0);
  await target.close();
  await stream.remove();
});
