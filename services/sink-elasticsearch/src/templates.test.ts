import { canonicalTopics } from '@sluice/schemas/topics';
import { fieldsOf } from '@sluice/sink/fields';
import { sampleItem } from '@sluice/sink/sample-items';
import { entityName, indexOf } from './documents.ts';
import { pathsOf, templateOf } from './templates.ts';

const options = { stream: 'sluice', analyzer: 'standard' };

test.each(canonicalTopics)('%s: the template has every field of the schema', (topic) => {
  const { meta, own } = fieldsOf(topic);
  const { template } = templateOf(topic, options);
  const paths = pathsOf(template.mappings.properties);
  for (const { name } of meta) expect(paths).toContain(`meta.${name}`);
  for (const { name, kind } of own)
    expect(paths).toContain(kind === 'attributes' ? 'attributes.value' : name);
  expect(template.mappings.dynamic).toBe(false);
});

test('fields have the mapping that their use asks for', () => {
  const { properties } = templateOf('conversation.v1', { ...options, analyzer: 'smartcn' }).template.mappings;
  expect(properties).toMatchObject({
    conversation_id: { type: 'keyword' },
    phase: { type: 'keyword' },
    transcript: { type: 'text', analyzer: 'smartcn' },
    staff_name: { type: 'text', analyzer: 'smartcn', fields: { keyword: { type: 'keyword' } } },
    started_at: { type: 'date' },
    total_ms: { type: 'long' },
    attributes: { type: 'nested' },
  });
});

test('settings may be overridden', () => {
  const { settings } = templateOf('other.v1', {
    ...options,
    shards: 3,
    replicas: 0,
    settings: { 'index.codec': 'best_compression' },
  }).template;
  expect(settings).toMatchObject({
    'index.number_of_shards': 3,
    'index.number_of_replicas': 0,
    'index.codec': 'best_compression',
  });
});

const matches = (pattern: string, name: string) =>
  new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);

test.each([
  [null, 'undated'],
  [Date.UTC(1900, 0), '2000-01'],
  [Date.UTC(2024, 4, 6), '2024-05'],
  [Date.UTC(9999, 0), '2100-12'],
])(
  'an event of %p is in the index of its month, which its template and no other covers',
  (occurredAt, month) => {
    for (const topic of canonicalTopics) {
      const index = indexOf('sluice', sampleItem(topic, { occurred_at: occurredAt }));
      expect(index).toBe(`${entityName('sluice', topic)}-${month}`);
      const covering = canonicalTopics.filter((other) =>
        templateOf(other, options).index_patterns.some((pattern) => matches(pattern, index)),
      );
      expect(covering).toEqual([topic]);
    }
  },
);
