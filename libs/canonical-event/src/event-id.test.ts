import fc from 'fast-check';
import { eventIdOf, type EventIdentity } from './event-id.ts';

const identity: EventIdentity = {
  sourceId: 'shop-east',
  dataType: 'chatStart',
  messageId: '39113876',
  contentHash: '00'.repeat(32),
  role: 'conversation',
};

test('is a UUIDv5 and never changes', () => {
  expect(eventIdOf(identity)).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  // Every stored row hangs on this value.
  expect(eventIdOf(identity)).toBe('3721216d-19ef-5533-ac46-c133e5e637b3');
});

const part = fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\0', ''));
const identities = fc.record({
  sourceId: part,
  dataType: part,
  messageId: part,
  contentHash: part,
  role: part,
});

test('two identities share an id only when they are equal', () => {
  fc.assert(
    fc.property(identities, identities, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      expect(eventIdOf(a) === eventIdOf(b)).toBe(same);
    }),
  );
});

test('parts do not run into each other', () => {
  expect(eventIdOf({ ...identity, dataType: 'chat', messageId: 'Start39113876' })).not.toBe(
    eventIdOf(identity),
  );
});
