import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openHttpProxy, type HttpProxy } from './http-proxy.ts';

let server: Server;
let proxy: HttpProxy;
let served: string[];
beforeEach(async () => {
  served = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      served.push(body);
      response.end(`served ${body}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await openHttpProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

const post = async (body: string): Promise<[number, string]> => {
  const answer = await fetch(`${proxy.url}/a?b=c`, { method: 'POST', body });
  return [answer.status, await answer.text()];
};

test('what no rule befalls passes', async () => {
  proxy.setRule(({ url, method }) =>
    url === '/other' || method === 'PUT' ? { do: 'cut-answer' } : undefined,
  );
  expect(await post('x')).toEqual([200, 'served x']);
  expect(proxy.befallen()).toBe(0);
});

test('a request that is cut never reaches the server whole', async () => {
  proxy.setRule(() => ({ do: 'cut-request' }));
  await expect(post('x'.repeat(1000))).rejects.toThrow();
  proxy.setRule(null);
  expect(await post('y')).toEqual([200, 'served y']);
  expect([served, proxy.befallen()]).toEqual([['y'], 1]);
});

test('an answer that is cut: the server has done its work', async () => {
  proxy.setRule(() => ({ do: 'cut-answer' }));
  await expect(post('x')).rejects.toThrow();
  expect(served).toEqual(['x']);
});

test('an answer instead of the server', async () => {
  proxy.setRule(() => ({ do: 'answer', status: 429, body: 'busy' }));
  expect(await post('x')).toEqual([429, 'busy']);
  expect((await fetch(proxy.url)).headers.get('x-elastic-product')).toBe('Elasticsearch');
  expect(served).toEqual([]);
});

test('a request that hangs reaches nobody, and holds up no other', async () => {
  proxy.setRule(({ body }) => (body.toString() === 'x' ? { do: 'hang' } : undefined));
  const hanging = post('x');
  hanging.catch(() => undefined);
  expect(await post('y')).toEqual([200, 'served y']);
  expect(served).toEqual(['y']);
  await proxy.close();
  await expect(hanging).rejects.toThrow();
});

test('an edited request and answer', async () => {
  proxy.setRule(({ body }) => ({
    do: 'edit',
    request: Buffer.from(`${body.toString()}!`),
    answer: (text) => text.toUpperCase(),
  }));
  expect(await post('x')).toEqual([200, 'SERVED X!']);
});
