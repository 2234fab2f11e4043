import { answerAsOpenSearch, startHttpServer } from '@sluice/service/testing/http-server';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { idsOf, product } from '../testing/with-server.ts';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { storeCommands } from './store-commands.ts';

const item = sampleItem('rating.v1');
const written = {
  status: 200,
  body: { items: [{ index: { _id: item.id, status: 201 } }] },
  headers: product,
};

test('the API key is shown with each request, also after it was renewed', async () => {
  const shown: (string | undefined)[] = [];
  const server = await startHttpServer((request) => {
    shown.push(request.headers.authorization);
    return written;
  });
  let key = 'first';
  const store = createElasticsearchStore({ url: server.url, stream: 'test', apiKey: () => key });
  await store.write([item]);
  key = 'second';
  await store.write([item]);
  expect(shown).toEqual(['ApiKey first', 'ApiKey second']);
  await store.close();
  await server.close();
});

test.each(['/es', '/es/', '/a/b'])('requests go below the path %s of the URL', async (path) => {
  const asked: string[] = [];
  const server = await startHttpServer(({ url = '' }, body) => {
    asked.push(...idsOf(body).map((id) => `${id} ${url.replace(/\?.*/, '')}`));
    return written;
  });
  const store = createElasticsearchStore({ url: `${server.url}${path}`, stream: 'test' });
  expect(await store.write([item])).toEqual([{ id: item.id, outcome: 'written' }]);
  expect(asked).toEqual([`${item.id} ${path.replace(/\/$/, '')}/_bulk`]);
  await store.close();
  await server.close();
});

test('a login that is refused is an error that says what to check', async () => {
  const error = { type: 'security_exception', reason: 'missing authentication credentials' };
  const server = await startHttpServer(() => ({ status: 401, body: { error, status: 401 } }));
  const store = createElasticsearchStore({ url: server.url, stream: 'test', apiKey: () => 'revoked' });
  const saysSo =
    /^Elasticsearch refused the login \(401\): check .* the API key was revoked or has expired\.$/;
  await expect(store.missing()).rejects.toThrow(saysSo);
  await expect(store.write([item])).rejects.toThrow(saysSo);
  await store.close();
  await server.close();
});

describe('OpenSearch instead of Elasticsearch', () => {
  const isNamed =
    /^http:\/\/127\.0\.0\.1:\d+ is OpenSearch 2\.19\.1, which Sluice does not support: give the URL of Elasticsearch 8\.$/;
  let [url, close] = ['', () => Promise.resolve()];
  beforeAll(async () => ({ url, close } = await startHttpServer(answerAsOpenSearch)));
  afterAll(() => close());

  test('is named when the sink starts', async () => {
    const store = createElasticsearchStore({ url, stream: 'test' });
    await expect(store.missing()).rejects.toThrow(isNamed);
    await store.close();
  });

  test('is named by what a write fails with', async () => {
    const store = createElasticsearchStore({ url, stream: 'test' });
    await expect(store.write([item])).rejects.toThrow(isNamed);
    await store.close();
  });

  test.each([
    ['migrate', () => storeCommands.migrate({ url, stream: 'test' }, {})],
    ['find', () => storeCommands.find({ url, stream: 'test' }, 'rating.v1', { anyId: 'x' }, 1)],
    ['expire', () => storeCommands.expire?.({ url, stream: 'test' }, 0)],
    ['countByType', () => storeCommands.countByType({ url, stream: 'test' }, 0)],
    ['erase', () => storeCommands.eraser({ url, stream: 'test' }).count('rating.v1', 's', ['x'])],
    ['rebuild', () => storeCommands.rebuildTarget({ url, stream: 'test' }).filledFromRawAt('rating.v1')],
  ])('is named by the command %s', async (_, run) => {
    await expect(run()).rejects.toThrow(isNamed);
  });
});
