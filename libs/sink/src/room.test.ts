import { createRoom } from './room.ts';

/** Who has come in so far, in their order. Their topic is the first word of their name. */
function guests(limits: { records: number; bytes: number; topicShare?: number }) {
  const room = createRoom({ topicShare: 1, ...limits });
  const inside: string[] = [];
  const leaves = new Map<string, () => void>();
  const come = async (name: string, records: number, bytes: number): Promise<void> => {
    const leave = await room.enter(name.split(' ')[0] ?? '', records, bytes);
    inside.push(name);
    leaves.set(name, leave);
  };
  return {
    inside,
    come: (name: string, records: number, bytes: number) => void come(name, records, bytes),
    async leave(name: string) {
      leaves.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

test('what is beyond the records or the bytes waits, and comes in its order', async () => {
  const { inside, come, leave } = guests({ records: 10, bytes: 100 });
  come('a', 6, 10);
  come('too many', 5, 10);
  // It would fit, and would let the one before it wait for ever.
  come('small', 1, 1);
  await leave('');
  expect(inside).toEqual(['a']);
  await leave('a');
  expect(inside).toEqual(['a', 'too many', 'small']);
  come('too large', 1, 90);
  await leave('');
  expect(inside).toHaveLength(3);
  await leave('too many');
  expect(inside.at(-1)).toBe('too large');
});

test('what is larger than the limits comes in alone', async () => {
  const { inside, come, leave } = guests({ records: 10, bytes: 100 });
  come('a', 1, 1);
  come('giant', 50, 1_000);
  await leave('');
  expect(inside).toEqual(['a']);
  await leave('a');
  expect(inside).toEqual(['a', 'giant']);
  come('b', 1, 1);
  await leave('');
  expect(inside).toHaveLength(2);
  await leave('giant');
  expect(inside.at(-1)).toBe('b');
});

test('a topic leaves room for the others, which come in before what waits of it', async () => {
  const { inside, come, leave } = guests({ records: 9, bytes: 90, topicShare: 2 / 3 });
  come('message 1', 3, 30);
  come('message 2', 3, 30);
  come('message 3', 1, 1);
  come('rating 1', 3, 30);
  come('visit 1', 1, 1);
  await leave('');
  expect(inside).toEqual(['message 1', 'message 2', 'rating 1']);
  await leave('rating 1');
  expect(inside).toEqual(['message 1', 'message 2', 'rating 1', 'visit 1']);
  await leave('message 1');
  expect(inside.at(-1)).toBe('message 3');
});

test('what is larger than the share of its topic comes in where nothing of it is', async () => {
  const { inside, come, leave } = guests({ records: 9, bytes: 90, topicShare: 2 / 3 });
  come('rating 1', 1, 1);
  come('message 1', 7, 1);
  come('message 2', 1, 1);
  await leave('');
  expect(inside).toEqual(['rating 1', 'message 1']);
  await leave('message 1');
  expect(inside.at(-1)).toBe('message 2');
});
