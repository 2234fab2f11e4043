import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import type { StoreItem } from '@sluice/sink/store';
import { clickHouseRebuildTarget } from './rebuild-tables.ts';
import { createClickHouseStore } from './clickhouse-store.ts';
import { connect } from './connection.ts';
import { migrateClickHouse } from './migrate.ts';
import { scratchDatabase } from '../testing/scratch-database.ts';

jest.setTimeout(30_000);

const database = scratchDatabase();
beforeAll(() => migrateClickHouse(database));
afterAll(() => database.remove());

/** Answers instead of the server; returning false lets the request go to the real one. */
type Tamper = (query: URLSearchParams, response: ServerResponse, body: string) => boolean;

/** A proxy before the real server, for as long as `use` takes. */
async function withProxy(tamper: Tamper, use: (url: string) => Promise<void>): Promise<void> {
  const proxy = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const target = new URL(request.url ?? '/', database.url);
      if (tamper(target.searchParams, response, body.toString())) return;
      const answer = await fetch(target, {
        method: 'POST',
        body,
        headers: { authorization: request.headers.authorization ?? '' },
      });
      const summary = answer.headers.get('x-clickhouse-summary');
      response.writeHead(answer.status, summary === null ? {} : { 'x-clickhouse-summary': summary });
      response.end(Buffer.from(await answer.arrayBuffer()));
    })();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  try {
    await use(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}

const isInsert = (query: URLSearchParams, body: string): boolean =>
  `${query.get('query') ?? ''}${body}`.startsWith('INSERT');

const exception =
  'Code: 241. DB::Exception: Memory limit (total) exceeded: would use 3.50 GiB. (MEMORY_LIMIT_EXCEEDED)';
const answers: [string, (response: ServerResponse) => void][] = [
  ['an exception in the body', (response) => response.end(exception)],
  ['an exception behind a result', (response) => response.end(`{"a":1}\n${exception}`)],
  ['an exception as a row', (response) => response.end(JSON.stringify({ exception }))],
  [
    'an exception with a tag, as servers since 25.11 write it',
    (response) => response.end(`\n__exception__PU1FNUFH98\n${exception}\n99 PU1FNUFH98__exception__`),
  ],
  [
    'an exception code in a header',
    (response) => response.writeHead(200, { 'x-clickhouse-exception-code': '241' }).end(),
  ],
  ["a proxy's page", (response) => response.end('<html>Welcome to nginx</html>')],
  [
    'a count of some of the rows',
    (response) =>
      response.writeHead(200, { 'x-clickhouse-summary': '{"read_rows":"3","written_rows":"2"}' }).end(),
  ],
  [
    'an answer that is broken off',
    (response) =>
      void response.writeHead(200, { 'content-length': '100' }).write('Code: 2', () => response.destroy()),
  ],
];

test.each(answers)('an insert that is answered 200 with %s is not taken as written', async (_, answer) => {
  const items = Array.from({ length: 3 }, () => sampleItem('rating.v1'));
  let failures = 1;
  await withProxy(
    (query, response, body) => {
      if (!isInsert(query, body) || failures === 0) return false;
      failures -= 1;
      answer(response);
      return true;
    },
    async (url) => {
      const store = createClickHouseStore({ ...database, url });
      await expect(store.write(items)).rejects.toThrow('nothing is known about its rows');
      // As the stream does: again, the same.
      expect((await store.write(items)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('written'));
      await store.close();
    },
  );
  const ids = items.map(({ id }) => `'${id}'`).join(', ');
  const [found] = await database.rows<{ n: string }>(
    `SELECT toString(count()) AS n FROM ${database.database}.rating_latest WHERE event_id IN (${ids})`,
  );
  expect(found?.n).toBe('3');
});

test('every request pins the settings that decide when the status is known', async () => {
  const seen: URLSearchParams[] = [];
  await withProxy(
    (query) => {
      seen.push(query);
      return false;
    },
    async (url) => {
      const store = createClickHouseStore({ ...database, url });
      await store.write([sampleItem('rating.v1')]);
      await store.missing();
      await store.close();
      const target = clickHouseRebuildTarget({ ...database, url });
      await target.orphans();
      await target.close();
    },
  );
  expect(seen.length).toBeGreaterThanOrEqual(3);
  for (const query of seen)
    expect(Object.fromEntries(query)).toMatchObject({
      wait_end_of_query: '1',
      send_progress_in_http_headers: '0',
      http_write_exception_in_output_format: '0',
    });
});

test.each([
  ['an empty body', ''],
  ['an exception', exception],
  ['rows that are cut off', '{"meta":[],"data":[{"a":1},'],
  ['an exception as JSON', JSON.stringify({ exception })],
  ["a proxy's page", '<html>'],
])('a SELECT that is answered 200 with %s fails', async (_, body) => {
  await withProxy(
    (_query, response) => {
      response.end(body);
      return true;
    },
    async (url) => {
      const client = connect({ ...database, url });
      await expect(client.rows('SELECT 1 AS a')).rejects.toThrow(/Memory limit|without a result/);
      await client.close();
    },
  );
});

test('a statement that is answered 200 with an exception fails', async () => {
  await withProxy(
    (_query, response) => {
      response.end(exception);
      return true;
    },
    async (url) => {
      const client = connect({ ...database, url });
      await expect(client.run('EXCHANGE TABLES a AND b')).rejects.toThrow('Memory limit');
      await client.close();
    },
  );
});

describe('rows that are too large together', () => {
  const large = (): StoreItem => sampleItem('message.v1', {}, { text: 'x'.repeat(100_000) });
  const limit =
    'Code: 241. DB::Exception: Query memory limit exceeded: would use 10.00 GiB. (MEMORY_LIMIT_EXCEEDED)';

  test.each([
    ['by ClickHouse', 500, limit],
    ['by a proxy', 413, '<html>413 Request Entity Too Large</html>'],
  ])('are written in parts, and one that is too large alone is refused: %s', async (_, status, body) => {
    const items = [sampleItem('message.v1'), large(), sampleItem('message.v1')];
    await withProxy(
      (_query, response, sent) => {
        if (sent.length < 100_000) return false;
        response.writeHead(status).end(body);
        return true;
      },
      async (url) => {
        const store = createClickHouseStore({ ...database, url });
        expect((await store.write(items)).map(({ outcome }) => outcome)).toEqual([
          'written',
          'rejected',
          'written',
        ]);
        await store.close();
      },
    );
  });

  test('an ordinary row that is found too large is not at fault: the limit is', async () => {
    await withProxy(
      (query, response, sent) => {
        if (!isInsert(query, sent)) return false;
        response.writeHead(500).end(limit);
        return true;
      },
      async (url) => {
        const store = createClickHouseStore({ ...database, url });
        await expect(store.write([sampleItem('message.v1'), sampleItem('message.v1')])).rejects.toThrow(
          'nothing is known',
        );
        await store.close();
      },
    );
  });
});

test('a server that accepts connections and never answers times out within the deadline', async () => {
  const silent = createTcpServer((socket) => socket.on('error', () => undefined).resume());
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const client = connect({ ...database, url, requestTimeoutMs: 200 });
  await expect(client.rows('SELECT 1')).rejects.toThrow('did not answer within 200 ms');
  await client.close();
  silent.close();
});
