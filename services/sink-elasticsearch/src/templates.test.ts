import { storedTopics } from '@sluice/schemas/topics';
import { docOf, fieldsOf, type Field } from '@sluice/sink/fields';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { entityName, indexOf } from './documents.ts';
import { pathsOf, templateOf } from './templates.ts';

const options = { stream: 'sluice' };

test.each(storedTopics)('%s: the template has every field of the schema', (topic) => {
  const { meta, own } = fieldsOf(topic);
  const { template } = templateOf(topic, options);
  const paths = pathsOf(template.mappings.properties);
  const expected = (fields: readonly Field[], prefix: string): string[] =>
    fields.flatMap((field) => {
      if ('fields' in field) return expected(field.fields, `${prefix}${field.name}.`);
      return field.kind === 'attributes'
        ? ['attributes.name', 'attributes.value']
        : [`${prefix}${field.name}`];
    });
  expect(paths).toEqual([...expected(meta, 'meta.'), ...expected(own, '')]);
  expect(template.mappings.dynamic).toBe(false);
});

test('fields have the mapping that their use asks for', () => {
  const { properties } = templateOf('conversation.v1', options).template.mappings;
  expect(properties).toMatchObject({
    conversation_id: { type: 'keyword' },
    phase: { type: 'keyword' },
    transcript: { type: 'text', analyzer: 'sluice_text' },
    staff_name: { type: 'text', analyzer: 'sluice_text', fields: { keyword: { type: 'keyword' } } },
    started_at: { type: 'date' },
    total_ms: { type: 'long' },
    visitor: { properties: { language: { type: 'keyword' }, type: { type: 'keyword' } } },
    member: { properties: { memo: { type: 'text' }, name: { fields: { keyword: { type: 'keyword' } } } } },
    landing_page: {
      properties: { title: { type: 'text', analyzer: 'sluice_text' }, url: { type: 'keyword' } },
    },
    staff_shares: {
      type: 'nested',
      properties: {
        staff_id: { type: 'keyword' },
        staff_name: { type: 'text' },
        handle_ms: { type: 'long' },
      },
    },
    custom_fields: {
      type: 'nested',
      properties: { name: { type: 'text' }, value: { type: 'keyword', fields: { text: { type: 'text' } } } },
    },
    attributes: { type: 'nested', properties: { name: { type: 'keyword' } } },
  });
  expect(properties.visitor).not.toHaveProperty('type');
});

test.each([
  ['text', 'message.v1', ['text']],
  ['text', 'wrap-up.v1', ['note', 'remark']],
  ['text', 'ticket.v1', ['content']],
  ['text with keyword', 'wrap-up.v1', ['subject', 'template_name', 'request_type_names', 'category_names']],
  ['text with keyword', 'ticket.v1', ['title', 'staff_name']],
  ['text with keyword', 'contact.v1', ['name', 'nickname', 'company_name']],
  ['text with keyword', 'rating.v1', ['tags']],
  ['keyword', 'contact.v1', ['contact_id', 'phone', 'visitor_ids', 'staff_number']],
  ['keyword', 'rating.v1', ['conversation_number', 'solved_code', 'target_role']],
] as const)('%s: of %s %p', (mapping, topic, fields) => {
  const { properties } = templateOf(topic, options).template.mappings;
  for (const field of fields) {
    const { type, fields: within } = properties[field]!;
    expect([field, within ? `${String(type)} with keyword` : type]).toEqual([field, mapping]);
  }
});

test.each(['cjk_bigram', 'shingle'] as const)(
  '%s: an index defines every analyzer of its fields',
  (pairs) => {
    const { settings, mappings } = templateOf('message.v1', { ...options, pairs }).template;
    const { type: _, ...analyzers } = mappings.properties.text!;
    for (const analyzer of Object.values(analyzers))
      expect(settings).toHaveProperty([`index.analysis.analyzer.${String(analyzer)}.type`], 'custom');
    // A phrase: where pairs were asked for, one that changes between scripts would be found nowhere.
    expect(analyzers.search_quote_analyzer).toBe('sluice_text_phrase');
    expect(settings).toHaveProperty(
      ['index.analysis.analyzer.sluice_text_phrase.filter'],
      expect.not.arrayContaining([expect.stringContaining('pairs')]),
    );
    const ofIndex = 'index.analysis.filter.sluice_characters_and_pairs';
    expect(settings).toMatchObject({ [`${ofIndex}.type`]: pairs });
  },
);

test.each(storedTopics)('%s: the template says what an event is and what each field means', (topic) => {
  const { _meta: says, properties } = templateOf(topic, options).template.mappings;
  expect(says.description).toBe(docOf(topic));
  for (const path of pathsOf(properties).filter((one) => !one.startsWith('attributes.')))
    expect([path, says.fields[path]]).toEqual([path, expect.stringMatching(/\w{3}/)]);
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
  [null, Date.UTC(2024, 4, 6), 'undated'],
  [Date.UTC(1900, 0), Date.UTC(1900, 0), '2000-01'],
  [Date.UTC(2024, 4, 6), Date.UTC(2024, 4, 6), '2024-05'],
  [Date.UTC(9999, 0), Date.UTC(9999, 0), '2100-12'],
  [Date.UTC(9999, 0), Date.UTC(2024, 4, 6), 'undated'],
])(
  'an event of %p, received at %p, is in an index that its template and no other covers',
  (occurred_at, received_at, month) => {
    for (const topic of storedTopics) {
      const index = indexOf('sluice', sampleItem(topic, { occurred_at, received_at }));
      expect(index).toBe(`${entityName('sluice', topic)}-${month}`);
      const covering = storedTopics.filter((other) =>
        templateOf(other, options).index_patterns.some((pattern) => matches(pattern, index)),
      );
      expect(covering).toEqual([topic]);
    }
  },
);
