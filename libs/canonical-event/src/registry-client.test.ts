import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askRegistry } from './registry-client.ts';

const asked: (string | undefined)[] = [];
const server = createServer(({ headers, url }, response) => {
  asked.push(`${headers.authorization} ${url}`);
  response.end('{}');
});
let place = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => void (asked.length = 0));

const basic = `Basic ${Buffer.from('u:p@ss').toString('base64')}`;

test.each([
  ['nobody', (at: string) => ({ url: `http://${at}/apis/v7/` }), 'undefined'],
  ['the user of the URL', (at: string) => ({ url: `http://u:p%40ss@${at}/apis/v7` }), basic],
  [
    'who the header says',
    (at: string) => ({ url: `http://u:p@${at}/apis/v7`, authorization: () => 'Bearer x' }),
    'Bearer x',
  ],
])('it is asked by %s, below the path of its URL', async (_who, connectionAt, authorization) => {
  expect(await askRegistry(connectionAt(place), 'GET', '/subjects')).toEqual({});
  expect(asked).toEqual([`${authorization} /apis/v7/subjects`]);
});

test('the header is made for each question', async () => {
  let token = 'one';
  const connection = { url: `http://${place}`, authorization: () => `Bearer ${token}` };
  await askRegistry(connection, 'GET', '/a');
  token = 'two';
  await askRegistry(connection, 'GET', '/b');
  expect(asked).toEqual(['Bearer one /a', 'Bearer two /b']);
});
