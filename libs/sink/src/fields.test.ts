import { canonicalTopics } from '@sluice/schemas/topics';
import { fieldsOf } from './fields.ts';

test.each(canonicalTopics)('%s: every field has a kind, and meta and own names differ', (topic) => {
  const { meta, own } = fieldsOf(topic);
  const names = [...meta, ...own].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(meta).toContainEqual({ name: 'event_id', kind: 'uuid', nullable: false });
  expect(meta).toContainEqual({ name: 'occurred_at', kind: 'timestamp', nullable: true });
  expect(own).toContainEqual({ name: 'attributes', kind: 'attributes', nullable: false });
});

test('an enum that is defined once and referred to again is an enum both times', () => {
  const { own } = fieldsOf('message.v1');
  expect(own).toContainEqual({ name: 'sender_role', kind: 'enum', nullable: false });
  expect(own).toContainEqual({ name: 'receiver_role', kind: 'enum', nullable: false });
});
