import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { PartlyFailed } from '@sluice/sink/store';
import { actionsOf, idsOf, withServer } from '../testing/with-server.ts';
import { createElasticsearchStore } from './elasticsearch-store.ts';

test('a request that is too large is written in halves, and an item that is too large alone is refused', async () => {
  const large = sampleItem('message.v1', {}, { text: 'x'.repeat(60_000) });
  const items = [
    ...Array.from({ length: 9 }, () => sampleItem('message.v1', {}, { text: 'x'.repeat(5000) })),
    large,
  ];
  await withServer(
    (body) =>
      body.length > 30_000
        ? { status: 413, body: {} }
        : { status: 200, body: { items: idsOf(body).map((_id) => ({ index: { _id, status: 201 } })) } },
    async (store) => {
      const results = await store.write(items);
      expect(results.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
      expect(results.filter(({ outcome }) => outcome !== 'written')).toEqual([
        { id: large.id, outcome: 'rejected', detail: 'Elasticsearch finds it too large (413).' },
      ]);
    },
  );
});

test.each([
  [503, { error: { type: 'cluster_block_exception', reason: 'no master' } }, 'nothing is known'],
  [400, { error: { type: 'illegal_argument_exception', reason: 'nobody knows' } }, 'nothing is known'],
  [401, { error: { type: 'security_exception', reason: 'missing credentials' } }, 'refused the login'],
])(
  'a request that is answered %i is the fault of no document, and is not sent again',
  async (status, body, message) => {
    let requests = 0;
    await withServer(
      () => {
        requests += 1;
        return { status, body };
      },
      async (store) => {
        await expect(store.write([sampleItem('rating.v1')])).rejects.toThrow(message);
        expect(requests).toBe(1);
      },
    );
  },
);

describe('an answer with status 200 that is no answer for each document', () => {
  const items = ['a', 'b', 'c'].map((id) => ({ ...sampleItem('rating.v1'), id }));
  const written = (...ids: string[]) => ({ items: ids.map((_id) => ({ index: { _id, status: 201 } })) });
  test.each([
    ['nothing', {}],
    ['a text', '<html>Welcome</html>'],
    ['no documents', { errors: false, items: [] }],
    ['fewer documents', written('a', 'b')],
    ['one of them twice', written('a', 'b', 'b')],
    ['the documents of somebody else', written('a', 'b', 'x')],
    ['more documents', written('a', 'b', 'c', 'd')],
    ['a document without a status', { items: [...written('a', 'b').items, { index: { _id: 'c' } }] }],
  ])('%s: the write fails', async (_, body) => {
    await withServer(
      () => ({ status: 200, body }),
      (store) => expect(store.write(items)).rejects.toThrow('nothing is known'),
    );
  });
});

test('at the limit of shards what needs a new index goes to the undated one, and the others are written', async () => {
  const reason =
    'Validation Failed: 1: this action would add [2] shards, but this cluster currently has [1000]/[1000] maximum normal shards open;';
  const [today, odd] = [sampleItem('rating.v1'), sampleItem('rating.v1', { occurred_at: Date.UTC(2023, 0) })];
  const requests: string[][] = [];
  await withServer(
    (body) => {
      const sent = actionsOf(body);
      requests.push(sent.map(({ _index }) => _index));
      const isFull = (index: string) => index.endsWith('2023-01');
      return {
        status: 200,
        body: {
          items: sent.map(({ _id, _index }) => ({
            index: isFull(_index)
              ? { _id, status: 400, error: { type: 'validation_exception', reason } }
              : { _id, status: 201 },
          })),
        },
      };
    },
    async (store) => {
      const results = await store.write([odd, today]);
      expect(new Map(results.map(({ id, outcome }) => [id, outcome]))).toEqual(
        new Map([
          [today.id, 'written'],
          [odd.id, 'written'],
        ]),
      );
    },
  );
  expect(requests).toEqual([['test-rating-2023-01', 'test-rating-2024-05'], ['test-rating-undated']]);
});

test('one document at which the server fails leaves the results of the others', async () => {
  const items = ['a', 'b', 'c'].map((id) => ({ ...sampleItem('rating.v1'), id }));
  await withServer(
    (body) => ({
      status: 200,
      body: {
        items: idsOf(body).map((_id) => ({
          index:
            _id === 'b'
              ? { _id, status: 503, error: { type: 'unavailable_shards_exception' } }
              : { _id, status: 201 },
        })),
      },
    }),
    async (store) => {
      const failure = await store.write(items).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PartlyFailed);
      expect((failure as PartlyFailed).message).toBe(
        'Elasticsearch failed on b (503 unavailable_shards_exception); nothing is known about it.',
      );
      expect((failure as PartlyFailed).results).toEqual(['a', 'c'].map((id) => ({ id, outcome: 'written' })));
    },
  );
});

test('a server that does not answer in time is an error', async () => {
  const never = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(never, 'listening');
  const url = `http://127.0.0.1:${(never.address() as AddressInfo).port}`;
  const store = createElasticsearchStore({ url, stream: 'test', requestTimeoutMs: 50 });
  await expect(store.write([sampleItem('rating.v1')])).rejects.toThrow('nothing is known');
  await store.close();
  never.closeAllConnections();
  never.close();
});

test('an answer that trickles for longer than a request may take is an error', async () => {
  const trickling = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-elastic-product': 'Elasticsearch',
    });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  }).listen(0, '127.0.0.1');
  await once(trickling, 'listening');
  const url = `http://127.0.0.1:${(trickling.address() as AddressInfo).port}`;
  const store = createElasticsearchStore({ url, stream: 'test', requestTimeoutMs: 200 });
  await expect(store.write([sampleItem('rating.v1')])).rejects.toThrow('nothing is known');
  await store.close();
  trickling.closeAllConnections();
  trickling.close();
});

test('a stream whose name fits no index is refused at once', () => {
  expect(() => createElasticsearchStore({ url: 'http://127.0.0.1:1', stream: 'A B' })).toThrow(
    '"A B" cannot begin',
  );
});
