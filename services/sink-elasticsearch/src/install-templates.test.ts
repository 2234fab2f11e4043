import type { estypes } from '@elastic/elasticsearch';
import { entityName } from './documents.ts';
import { installTemplates } from './install-templates.ts';
import { scratchStream } from './scratch-stream.ts';

jest.setTimeout(60_000);

test('what an operator set in a template stays with the next release, but for what options say', async () => {
  const stream = scratchStream();
  const name = entityName(stream.stream, 'rating.v1');
  const component = `${stream.stream}-component`;
  const read = async (): Promise<estypes.IndicesIndexTemplate> => {
    const found = await stream.client.indices.getIndexTemplate({ name, flat_settings: true });
    return found.index_templates[0]!.index_template;
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
      mappings: { dynamic: 'strict', properties: { mine: { type: 'keyword' } } },
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
