import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientCredentials } from './client-credentials.ts';
import { waitUntil } from '../testing/wait-until.ts';

const asked: { authorization: string | undefined; body: string }[] = [];
let answer = (response: ServerResponse): void => void response.end();
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    asked.push({ authorization: request.headers.authorization, body });
    answer(response);
  });
});
let tokenUrl = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
});
afterAll(() => server.close());

let now = 0;
beforeEach(() => {
  now = 0;
  asked.length = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

function say(status: number, body: object): void {
  answer = (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
const sayToken = (value: string): void =>
  say(200, { access_token: value, token_type: 'Bearer', expires_in: 100 });

const warnings: string[] = [];
beforeEach(() => void (warnings.length = 0));
const tokens = (change = {}) =>
  clientCredentials(
    { tokenUrl, clientId: 'me', clientSecret: () => 's&cret', ...change },
    (_level, message) => warnings.push(message),
  );

test('the client names itself, and what it asks for', async () => {
  sayToken('a');
  expect(await tokens({ scope: 'kafka', audience: 'brokers' })()).toBe('a');
  const credentials = Buffer.from('me:s%26cret').toString('base64');
  expect(asked).toEqual([
    {
      authorization: `Basic ${credentials}`,
      body: 'scope=kafka&audience=brokers&grant_type=client_credentials',
    },
  ]);
});

test('a token is used for 95 % of its time, and from 75 % on the next one is fetched meanwhile', async () => {
  const token = tokens();
  sayToken('a');
  expect(await Promise.all([token(), token()])).toEqual(['a', 'a']);
  sayToken('b');
  now = 74_900;
  expect(await token()).toBe('a');
  expect(asked).toHaveLength(1);
  now = 75_000;
  expect(await token()).toBe('a');
  jest.restoreAllMocks();
  await waitUntil('the next one is fetched', () => asked.length === 2);
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  // It came on the clock of 75 s, so that it is fresh until 150 s.
  now = 94_900;
  expect(await token()).toBe('b');
  sayToken('c');
  now = 170_000;
  expect(await token()).toBe('c');
});

test('while the provider is unavailable, the former token is used until 95 % of its time', async () => {
  const token = tokens();
  sayToken('a');
  await token();
  say(503, {});
  now = 94_900;
  expect(await token()).toBe('a');
  now = 95_000;
  const refusal = `${tokenUrl} gives no access token for Kafka: it answers 503, and no token. Check its URL`;
  await expect(token()).rejects.toThrow(refusal);
  expect(warnings).toContain(refusal);
});

test('a token without a time is used once', async () => {
  const token = tokens();
  say(200, { access_token: 'a', token_type: 'Bearer' });
  await token();
  await token();
  expect(asked).toHaveLength(2);
});

test.each<[string, () => void, RegExp]>([
  [
    'a page',
    () => (answer = (response) => void response.end('<html>')),
    /it answers 200, and no token. Check its URL/,
  ],
  [
    'another secret',
    () => say(401, { error: 'invalid_client', error_description: 'unknown' }),
    /it answers 401 invalid_client, unknown\. Check the client's id/,
  ],
  [
    'a challenge',
    () => (answer = (response) => void response.writeHead(401, { 'www-authenticate': 'Basic' }).end()),
    /it answers 401\. Check the client's id and its secret/,
  ],
  [
    'no answer',
    () => (answer = (response) => void response.destroy()),
    /gives no access token for Kafka: fetch failed: /,
  ],
])('%s is no token, and the message says why', async (_what, prepare, message) => {
  prepare();
  await expect(tokens()()).rejects.toThrow(message);
});
