import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { startHttpServer, type Answered } from '@sluice/service/testing/http-server';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { idsOf, product } from '../testing/with-server.ts';
import { connect } from './connection.ts';
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
    shown.push(`${request.url?.split('?')[0]} ${request.headers.authorization}`);
    return written;
  });
  let key = 'first';
  const store = createElasticsearchStore({ url: server.url, stream: 'test', apiKey: () => key });
  await store.write([item]);
  key = 'second';
  await store.write([item]);
  expect(shown).toEqual(['/ ApiKey first', '/_bulk ApiKey first', '/_bulk ApiKey second']);
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

const info = { version: { distribution: 'opensearch', number: '2.19.6' } };
const listed = { index_templates: [] };

/** Answers as OpenSearch does, which takes no media type of Elasticsearch's; `asked` has what came. */
async function startOpenSearch(answer: (url: string) => Answered) {
  const asked: { what: string; authorization: string | undefined; body: string }[] = [];
  const server = await startHttpServer(({ method, url = '', headers }, body) => {
    const { authorization } = headers;
    const type = headers['content-type'] ?? '';
    asked.push({ what: `${method} ${url}`, authorization, body });
    if (type.includes('elasticsearch')) return { status: 406, body: { error: `${type} is not supported` } };
    return url.endsWith('/es/') ? { status: 200, body: info } : answer(url);
  });
  return { ...server, url: `${server.url}/es`, asked };
}

describe('OpenSearch', () => {
  test('is asked once what it is, and gets each request in its own form, with the login', async () => {
    const { url, close, asked } = await startOpenSearch((path) => ({
      status: 200,
      body: path.includes('point_in_time') ? { pit_id: 'p' } : { hits: { hits: [] } },
    }));
    const client = connect({ url, stream: 'test', username: 'me', password: () => 'p' });
    expect(await client.openPointInTime({ index: ['a', 'b'], keep_alive: '1m' })).toEqual({ id: 'p' });
    await client.search({ pit: { id: 'p' }, sort: ['_shard_doc'], size: 1 });
    await client.closePointInTime({ id: 'p' });
    const order = { order: 'asc', unmapped_type: 'keyword' };
    const paged = { pit: { id: 'p' }, sort: [{ 'meta.event_id': order }, { _index: 'asc' }], size: 1 };
    expect(asked.map(({ what }) => what)).toEqual([
      'GET /es/',
      'POST /es/a%2Cb/_search/point_in_time?keep_alive=1m&allow_partial_pit_creation=false',
      'POST /es/_search',
      'DELETE /es/_search/point_in_time',
    ]);
    expect(asked.slice(2).map(({ body }) => JSON.parse(body) as unknown)).toEqual([paged, { pit_id: ['p'] }]);
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Basic bWU6cA==']));
    await client.close();
    await close();
  });

  test('is asked once by many requests at once', async () => {
    const asked: string[] = [];
    const server = await startHttpServer(({ url = '' }) => {
      asked.push(url.replace(/\?.*/, ''));
      return { status: 200, body: url === '/' ? info : {} };
    });
    const client = connect({ url: server.url, stream: 'test' });
    await Promise.all(Array.from({ length: 10 }, () => client.cluster.health()));
    expect(asked.filter((path) => path === '/')).toEqual(['/']);
    expect(asked.length).toBe(11);
    await client.close();
    await server.close();
  });

  test('that does not say what it is at first is asked again', async () => {
    let isUp = false;
    const up = await startHttpServer(({ url }) =>
      isUp ? { status: 200, body: url === '/' ? info : listed } : { status: 503, body: {} },
    );
    const client = connect({ url: up.url, stream: 'test' });
    await expect(client.indices.getIndexTemplate()).rejects.toMatchObject({ statusCode: 503 });
    isUp = true;
    expect(await client.indices.getIndexTemplate()).toEqual(listed);
    await client.close();
    await up.close();
  });

  test.each([
    [401, 'OpenSearch refused the login (401): check the user and password. It takes no API key.'],
    [429, 'Elasticsearch turned 1 documents away (429 rejected_execution_exception).'],
    [503, 'Elasticsearch did not take a bulk request; nothing is known about its documents.'],
  ])('a write that is answered %d fails as with Elasticsearch', async (status, message) => {
    const error = { type: 'rejected_execution_exception', reason: 'r' };
    const { url, close } = await startOpenSearch(() => ({ status, body: { error, status } }));
    const patience = { pause: () => Promise.resolve() };
    const store = createElasticsearchStore({ url, stream: 'test' }, undefined, patience);
    await expect(store.write([item])).rejects.toThrow(message);
    await store.close();
    await close();
  });

  test('an answer that never ends is an error in time, and no error has the login', async () => {
    const slow = createServer(({ url }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      if (url === '/') response.end(JSON.stringify(info));
      else response.write('{');
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const login = { username: 'me', password: () => 'p' };
    const client = connect({ url, stream: 'test', requestTimeoutMs: 300, ...login });
    const failure: unknown = await client.indices.getIndexTemplate().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(inspect(failure, { depth: null })).not.toContain('bWU6cA==');
    await client.close();
    slow.closeAllConnections();
    slow.close();
  });
});

test.each([403, 404, 405])(
  'a server that answers %d and does not say what it is is an error that says what to do',
  async (status) => {
    const server = await startHttpServer(() => ({ status, body: {} }));
    const address = { url: server.url, stream: 'test' };
    const store = createElasticsearchStore(address);
    const saysSo = /^http:\S+ does not say whether it is Elasticsearch or OpenSearch: let this user /;
    await expect(store.missing()).rejects.toThrow(saysSo);
    await expect(store.write([item])).rejects.toThrow(saysSo);
    await expect(storeCommands.migrate(address, {})).rejects.toThrow(saysSo);
    await store.close();
    await server.close();
  },
);
