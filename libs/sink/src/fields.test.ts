import { storedTopics } from '@sluice/schemas/topics';
import { fieldsOf, fieldsOfSchema } from './fields.ts';

test.each(storedTopics)('%s: every field has a kind, and meta and own names differ', (topic) => {
  const { meta, own } = fieldsOf(topic);
  const names = [...meta, ...own].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(meta).toContainEqual(expect.objectContaining({ name: 'event_id', kind: 'uuid', nullable: false }));
  expect(meta).toContainEqual(
    expect.objectContaining({ name: 'occurred_at', kind: 'timestamp', nullable: true }),
  );
  expect(own).toContainEqual(
    expect.objectContaining({ name: 'attributes', kind: 'attributes', nullable: false }),
  );
});

test('an enum that is defined once and referred to again is an enum both times', () => {
  const { own } = fieldsOf('message.v1');
  expect(own).toContainEqual(expect.objectContaining({ name: 'sender_role', kind: 'enum', nullable: false }));
  expect(own).toContainEqual(
    expect.objectContaining({ name: 'receiver_role', kind: 'enum', nullable: false }),
  );
});

const withOwn = (...own: object[]) => ({
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'meta', type: { type: 'record', name: 'Meta', fields: [{ name: 'id', type: 'string' }] } },
    ...own,
  ],
});
const page = {
  type: 'record',
  name: 'Page',
  fields: [
    { name: 'url', type: ['null', 'string'] },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['UNKNOWN'] } },
  ],
};

test('records, arrays of them, and a record that is referred to by its name have their fields', () => {
  const fields = [
    { name: 'url', kind: 'string', nullable: true },
    { name: 'state', kind: 'enum', nullable: false },
  ];
  const schema = withOwn(
    { name: 'first', type: ['null', page] },
    { name: 'again', type: ['null', 'Page'] },
    { name: 'all', type: { type: 'array', items: 'Page' } },
    { name: 'state', type: 'State' },
  );
  expect(fieldsOfSchema('a test', schema)).toEqual({
    meta: [{ name: 'id', kind: 'string', nullable: false }],
    own: [
      { name: 'first', kind: 'record', nullable: true, fields },
      { name: 'again', kind: 'record', nullable: true, fields },
      { name: 'all', kind: 'records', nullable: false, fields },
      { name: 'state', kind: 'enum', nullable: false },
    ],
  });
});

test.each([
  ['a map', { type: 'map', values: 'string' }],
  ['a double', 'double'],
  ['bytes', ['null', 'bytes']],
  ['a union of two', ['null', 'string', 'long']],
  ['an array of numbers', { type: 'array', items: 'long' }],
  ['an array of what may be null', { type: 'array', items: ['null', 'string'] }],
  ['a name that nothing defines', 'Nothing'],
  ['a time without ms', { type: 'long', logicalType: 'timestamp-micros' }],
])('%s is refused by the name of the field', (_, type) => {
  const inside = { type: 'record', name: 'Part', fields: [{ name: 'odd', type }] };
  expect(() => fieldsOfSchema('a test', withOwn({ name: 'part', type: ['null', inside] }))).toThrow(
    'Field a test part odd has a type that no store keeps yet',
  );
});
