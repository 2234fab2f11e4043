import { WriteLimit } from './write-limit.ts';

type Answer = 'accepted' | 'refused';

/** Requests through a limit, answered by the test in the order in which they were sent. */
function requestsThrough(limit: WriteLimit) {
  const sent: PromiseWithResolvers<Answer>[] = [];
  const topics: string[] = [];
  const ended: Promise<unknown>[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    /** Of all that were sent. */
    topics: () => topics.join(' '),
    /** How many are in flight. */
    inFlight: () => sent.length,
    async send(count: number, topic = 'a'): Promise<void> {
      for (let at = 0; at < count; at += 1)
        ended.push(
          limit
            .run(
              topic,
              () => {
                const request = Promise.withResolvers<Answer>();
                sent.push(request);
                topics.push(topic);
                return request.promise;
              },
              (answer) => answer === 'refused',
            )
            .catch(() => undefined),
        );
      await settle();
    },
    async answer(...answers: (Answer | Error)[]): Promise<void> {
      for (const answer of answers) {
        const request = sent.shift();
        if (answer instanceof Error) request?.reject(answer);
        else request?.resolve(answer);
      }
      await settle();
    },
  };
}

const times = (count: number, answer: Answer): Answer[] => Array.from({ length: count }, () => answer);

/** A limit that has grown to its highest value. */
async function grown(most: number) {
  let refused = 0;
  const limit = new WriteLimit({ most, refused: () => void (refused += 1) });
  const requests = requestsThrough(limit);
  for (let at = 2; at < most; at += 1) {
    await requests.send(at);
    await requests.answer(...times(at, 'accepted'));
  }
  expect(limit.current()).toBe(most);
  return { limit, requests, refused: () => refused };
}

test('it begins with two requests in flight; others wait for one of them to end, however it ends', async () => {
  const limit = new WriteLimit({ most: 8 });
  const requests = requestsThrough(limit);
  await requests.send(4);
  expect(requests.inFlight()).toBe(2);
  await requests.answer(new Error('no answer'));
  expect(requests.inFlight()).toBe(2);
  await requests.answer(new Error('no answer'), new Error('no answer'));
  expect([requests.inFlight(), limit.current()]).toEqual([1, 2]);
});

test('it never exceeds the highest value, nor begins above it', async () => {
  const limit = new WriteLimit({ most: 1 });
  const requests = requestsThrough(limit);
  await requests.send(2);
  expect(requests.inFlight()).toBe(1);
  await requests.answer('accepted');
  expect([requests.inFlight(), limit.current()]).toEqual([1, 1]);
});

test('it grows by one after as many accepted requests as its value', async () => {
  const limit = new WriteLimit({ most: 4 });
  const requests = requestsThrough(limit);
  const values: number[] = [];
  await requests.send(12);
  for (let at = 0; at < 12; at += 1) {
    await requests.answer('accepted');
    values.push(limit.current());
  }
  expect(values).toEqual([2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4]);
});

test('it is halved once for all refusals of a round trip, and not below one', async () => {
  const { limit, requests, refused } = await grown(8);
  await requests.send(20);
  expect(requests.inFlight()).toBe(8);
  await requests.answer('refused');
  expect([requests.inFlight(), limit.current()]).toEqual([7, 4]);
  // These were sent before the halving.
  await requests.answer(...times(4, 'refused'), ...times(3, 'accepted'));
  expect([requests.inFlight(), limit.current()]).toEqual([4, 4]);
  const values: number[] = [];
  for (const round of [4, 2, 1]) {
    await requests.answer(...times(round, 'refused'));
    values.push(limit.current());
  }
  expect(values).toEqual([2, 1, 1]);
  expect(refused()).toBe(12);
});

test('what was accepted before a halving does not raise it again', async () => {
  const { limit, requests } = await grown(4);
  await requests.send(8);
  await requests.answer('refused');
  expect(limit.current()).toBe(2);
  await requests.answer('accepted', 'accepted', 'accepted');
  expect(limit.current()).toBe(2);
  await requests.answer('accepted', 'accepted');
  expect(limit.current()).toBe(3);
});

test('a request that takes long makes room for another one, once', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  try {
    const requests = requestsThrough(new WriteLimit({ most: 1 }));
    await requests.send(1, 'slow');
    await requests.send(2);
    expect(requests.inFlight()).toBe(1);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(requests.inFlight()).toBe(2);
    await requests.answer('accepted');
    expect(requests.inFlight()).toBe(1);
    await requests.answer('accepted');
    expect(requests.inFlight()).toBe(1);
  } finally {
    jest.useRealTimers();
  }
});

test('a topic whose request takes long counts no more, until one of its requests ends sooner', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  try {
    const requests = requestsThrough(new WriteLimit({ most: 1 }));
    await requests.send(3, 'hangs');
    await requests.send(2, 'other');
    expect(requests.topics()).toBe('hangs');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(requests.topics()).toBe('hangs hangs hangs other');
    await requests.send(1, 'hangs');
    expect(requests.topics()).toBe('hangs hangs hangs other hangs');
    // After their time-outs.
    await jest.advanceTimersByTimeAsync(5_000);
    await requests.answer(new Error('late'), new Error('late'), new Error('late'), 'accepted');
    expect(requests.topics()).toBe('hangs hangs hangs other hangs other');
    await requests.send(1, 'hangs');
    expect(requests.topics()).toBe('hangs hangs hangs other hangs other hangs');
    await requests.answer(new Error('late'), 'accepted', 'accepted');
    await requests.send(2, 'hangs');
    expect(requests.inFlight()).toBe(1);
  } finally {
    jest.useRealTimers();
  }
});
