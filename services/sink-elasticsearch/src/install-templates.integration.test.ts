import type { estypes } from '@elastic/elasticsearch';
import { entityName, indexOf } from './documents.ts';
import { installTemplates } from './install-templates.ts';
import { docOf } from '@sluice/sink/fields';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { elasticsearchRebuildTarget } from './rebuild-indices.ts';
import { scratchStream } from '../testing/scratch-stream.ts';
import { templateOf } from './templates.ts';
import { flatSettings, withoutAnalyzers } from './text-analysis.ts';

jest.setTimeout(60_000);

test('what an operator set in a template stays with the next release, but for what options say', async () => {
  const stream = scratchStream();
  const name = entityName(stream.stream, 'rating.v1');
  const component = `${stream.stream}-component`;
  const read = async (): Promise<estypes.IndicesIndexTemplate> => {
    const found = await stream.client.indices.getIndexTemplate({ name });
    const { template, ...others } = found.index_templates[0]!.index_template;
    return { ...others, template: { ...template, settings: flatSettings(template?.settings ?? {}) } };
  };
  await installTemplates(stream);
  const { index_patterns, template } = await read();
  expect(template?.settings).toMatchObject({ 'index.number_of_replicas': '1' });
  await stream.client.cluster.putComponentTemplate({
    name: component,
    template: { settings: { 'index.codec': 'best_compression' } },
  });
  await stream.client.indices.putIndexTemplate({
    ...{ name, index_patterns, priority: 600, composed_of: [component], _meta: { by: 'somebody' } },
    template: {
      aliases: { [`${stream.stream}-mine`]: {} },
      settings: {
        ...template?.settings,
        'index.number_of_replicas': 0,
        'index.refresh_interval': '30s',
        'index.mapping.total_fields.limit': 5_000,
        'index.mapping.nested_objects.limit': 10,
      },
      mappings: {
        ...{ dynamic: 'strict', properties: { mine: { type: 'keyword' } } },
        _meta: { by: 'somebody', description: 'older' },
      },
    },
  });

  for (const _round of [1, 2]) {
    await installTemplates(stream);
    const kept = await read();
    expect(kept).toMatchObject({ priority: 600, composed_of: [component], _meta: { by: 'somebody' } });
    expect(Object.keys(kept.template?.aliases ?? {})).toEqual([`${stream.stream}-mine`]);
    expect(kept.template?.settings).toMatchObject({
      ...{ 'index.number_of_replicas': '0', 'index.refresh_interval': '30s' },
      'index.mapping.total_fields.limit': '5000',
      // What the schemas need is given.
      'index.mapping.nested_objects.limit': (template?.settings as Record<string, string>)[
        'index.mapping.nested_objects.limit'
      ],
    });
    expect(kept.template?.mappings).toMatchObject({
      properties: { mine: { type: 'keyword' }, meta: {} },
      _meta: { by: 'somebody', description: docOf('rating.v1') },
    });
  }

  await installTemplates({ ...stream, replicas: 2, settings: { 'index.refresh_interval': '5s' } });
  expect((await read()).template?.settings).toMatchObject({
    ...{ 'index.number_of_replicas': '2', 'index.refresh_interval': '5s', 'index.number_of_shards': '1' },
  });
  await stream.client.indices.deleteIndexTemplate({ name });
  await stream.client.cluster.deleteComponentTemplate({ name: component });
  await stream.remove();
});

/** The texts of messages in an order of their own. */
const textsOf = (found: readonly { text: string }[]): string[] => found.map(({ text }) => text).toSorted();
const saying = (text: string) => sampleItem('message.v1', {}, { text });

test('an analyzer that an operator defined in the template stays, and finds the texts of new indices', async () => {
  const stream = scratchStream();
  const name = entityName(stream.stream, 'message.v1');
  await installTemplates({ ...stream, replicas: 0 });
  const { index_templates } = await stream.client.indices.getIndexTemplate({ name });
  const { index_patterns, priority, template } = index_templates[0]!.index_template;
  // It stands for the analyzer of a plug-in: it knows single characters alone.
  const own = ['sluice_text', 'sluice_text_search', 'sluice_text_phrase'].map((analyzer) => [
    `index.analysis.analyzer.${analyzer}.type`,
    'standard',
  ]);
  const settings: Record<string, unknown> = {
    ...flatSettings(template?.settings ?? {}),
    ...(Object.fromEntries(own) as Record<string, unknown>),
  };
  await stream.client.indices.putIndexTemplate({
    ...{ name, index_patterns, priority: priority!, template: { ...template, settings } },
  });
  await installTemplates({ ...stream, replicas: 0 });
  const store = createElasticsearchStore(stream);
  await store.write([saying('申请退款'), saying('到还款日')]);
  expect(textsOf(await stream.search('message.v1', { match: { text: '退款' } }))).toHaveLength(2);
  await store.close();
  await stream.remove();
});

test('an index of a release without analyzers gets absent fields, and pairs of characters by a rebuild', async () => {
  const stream = scratchStream();
  const items = ['收到退件后当天寄出', '我想申请退款'].map(saying);
  const index = indexOf(stream.stream, items[0]!);
  const { knowledge_title, ...older } = withoutAnalyzers(
    templateOf('message.v1', stream).template.mappings.properties,
  ) as Record<string, estypes.MappingProperty>;
  await stream.client.indices.create({
    ...{ index, settings: { number_of_replicas: 0 } },
    mappings: { dynamic: false, properties: older },
  });
  const found = async () => textsOf(await stream.search('message.v1', { match: { text: '退款' } }));

  await installTemplates({ ...stream, replicas: 0 });
  const { [index]: present } = await stream.client.indices.getMapping({ index });
  expect(present?.mappings.properties?.knowledge_title).toEqual(knowledge_title);
  const target = elasticsearchRebuildTarget(stream);
  await target.live.write(items);
  expect(await found()).toHaveLength(2);

  const rebuild = await target.begin('1', ['message.v1']);
  await rebuild.store.write(items);
  await rebuild.swap('message.v1', null);
  expect(await found()).toEqual(['我想申请退款']);
  await rebuild.end();
  await target.close();
  await stream.remove();
});
