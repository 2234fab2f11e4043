import { startHttpServer, type Answered } from '@sluice/service/testing/http-server';
import { readVisitor } from './read-visitor.ts';

const visitor = { stream: 'sluice', sourceId: 'shop', visitorId: 'v' };
const nothing: Answered = {
  status: 200,
  body: { responses: [{ hits: { hits: [] } }, { hits: { hits: [] } }] },
  headers: { 'x-elastic-product': 'Elasticsearch' },
};

test.each([
  [{ apiKey: () => 'aWQ6a2V5' }, 'ApiKey aWQ6a2V5'],
  [{ username: 'me', password: () => 'p' }, 'Basic bWU6cA=='],
  [{}, undefined],
])('it logs in, below the path of the URL: %#', async (login, shown) => {
  const asked: unknown[] = [];
  const server = await startHttpServer(({ url, headers }) => {
    asked.push([url, headers.authorization]);
    return nothing;
  });
  expect(await readVisitor({ url: `${server.url}/es/`, ...login }, visitor)).toEqual({
    conversations: [],
    contact: [],
  });
  expect(asked).toEqual([['/es/_msearch', shown]]);
  await server.close();
});
