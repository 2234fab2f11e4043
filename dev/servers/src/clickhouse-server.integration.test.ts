// eslint-disable-next-line no-restricted-imports -- the server is proven with the real client
import { ClickHouseError, ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { foldersFrom } from './folders.ts';
import { openArtifacts } from './native/artifacts.ts';
import { answersOk } from './server-process.ts';
import { freePort } from './free-port.ts';
import { waitUntil } from '../testing/wait-until.ts';

// The first run downloads the engine.
jest.setTimeout(180_000);

let engine: string;
let home: string;
let port: number;
let server: ChildProcess;
let client: ClickHouseClient;

async function start(): Promise<void> {
  server = spawn(process.execPath, [
    join(import.meta.dirname, 'clickhouse-server.ts'),
    engine,
    join(home, 'data'),
    `${port}`,
  ]);
  await waitUntil('ClickHouse answers', () => answersOk(`http://127.0.0.1:${port}/ping`));
}

async function kill(): Promise<void> {
  server.kill('SIGKILL');
  await once(server, 'exit');
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sluice-clickhouse-'));
  const cache = foldersFrom(process.env).cache;
  const folders = { ...foldersFrom({ SLUICE_DEV_HOME: home }), cache, logs: home };
  engine = await openArtifacts(folders, () => undefined).chdb(new AbortController().signal);
  port = await freePort();
  await start();
  client = createClient({
    url: `http://127.0.0.1:${port}`,
    database: 'shop',
    compression: { request: true },
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { async_insert: 1, wait_for_async_insert: 1 },
  });
  const first = createClient({ url: `http://127.0.0.1:${port}` });
  await first.command({ query: 'CREATE DATABASE shop' });
  await first.close();
  await client.command({
    query: `CREATE TABLE orders (id UInt64, version UInt32, note String, at DateTime64(3, 'UTC'))
      ENGINE = ReplacingMergeTree(version) ORDER BY id SETTINGS non_replicated_deduplication_window = 100`,
  });
});

afterAll(async () => {
  await client.close();
  await kill();
  rmSync(home, { recursive: true });
});

beforeEach(() => client.command({ query: 'TRUNCATE TABLE orders' }));

test('a browser is told the encoding, and that the pages of a whole server are not there', async () => {
  const url = `http://127.0.0.1:${port}`;
  const query = new URLSearchParams({ query: "SELECT '退款'", default_format: 'PrettyCompact' }).toString();
  const answer = await fetch(`${url}/?${query}`);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=UTF-8');
  expect(await answer.text()).toContain('退款');
  const absent = await fetch(`${url}/play`);
  expect([absent.status, await absent.text()]).toEqual([404, expect.stringContaining('no /play here')]);
});

const row = (id: number, version: number, note = 'n') => ({
  id,
  version,
  note,
  at: '2026-01-02T03:04:05.678Z',
});

const insert = (values: unknown[], settings: Record<string, string | number> = {}, table = 'orders') =>
  client.insert({
    table,
    values,
    format: 'JSONEachRow',
    clickhouse_settings: { date_time_input_format: 'best_effort', ...settings },
  });

async function select(query: string, parameters: Record<string, unknown> = {}): Promise<unknown[]> {
  const result = await client.query({ query, query_params: parameters, format: 'JSONEachRow' });
  return result.json();
}

test('ping, with and without a query', async () => {
  expect(await client.ping()).toEqual({ success: true });
  expect(await client.ping({ select: true })).toMatchObject({ success: true });
});

test('rows of a compressed insert come back, the latest version of each with FINAL', async () => {
  const { summary, query_id } = await insert([row(1, 1, 'old'), row(1, 2, 'nëu ✓'), row(2, 1)]);
  expect(summary?.written_rows).toBe('3');
  expect(query_id).toHaveLength(36);
  expect(await select('SELECT id, note, at FROM orders FINAL ORDER BY id')).toEqual([
    { id: 1, note: 'nëu ✓', at: '2026-01-02 03:04:05.678' },
    { id: 2, note: 'n', at: '2026-01-02 03:04:05.678' },
  ]);
});

test('a streamed insert and the JSON format', async () => {
  const rows = async function* () {
    for (let id = 0; id < 1000; id++) yield await Promise.resolve(row(id, 1));
  };
  await client.insert({
    table: 'orders',
    values: Readable.from(rows()),
    format: 'JSONEachRow',
    clickhouse_settings: { date_time_input_format: 'best_effort' },
  });
  const result = await client.query({ query: 'SELECT count() AS rows FROM orders', format: 'JSON' });
  expect((await result.json()).data).toEqual([{ rows: 1000 }]);
});

test('an insert of nothing is accepted', async () => {
  await client.insert({ table: 'orders', values: Readable.from([]), format: 'JSONEachRow' });
  expect(await select('SELECT * FROM orders')).toEqual([]);
});

test('a deduplication token makes a repeated insert nothing', async () => {
  await insert([row(1, 1)], { insert_deduplication_token: 'batch-1' });
  await insert([row(7, 7)], { insert_deduplication_token: 'batch-1' });
  await insert([row(2, 1)], { insert_deduplication_token: 'batch-2' });
  expect(await select('SELECT id FROM orders ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
});

test('parameters are values, never SQL', async () => {
  const text = `it's \\ a "test"\n\t; DROP TABLE orders`;
  expect(
    await select(
      'SELECT {text: String} AS text, {ids: Array(UInt8)} AS ids, {none: Nullable(String)} AS none',
      {
        text,
        ids: [1, 2],
        none: null,
      },
    ),
  ).toEqual([{ text, ids: [1, 2], none: null }]);
});

test('settings and the database are those of one request', async () => {
  const asked = "SELECT currentDatabase() AS db, getSetting('max_threads') AS threads";
  const other = await client.query({
    query: asked,
    format: 'JSONEachRow',
    clickhouse_settings: { max_threads: 3 },
  });
  expect(await other.json()).toMatchObject([{ db: 'shop', threads: 3 }]);
  const plain = createClient({ url: `http://127.0.0.1:${port}` });
  const result = await plain.query({ query: 'SELECT currentDatabase() AS db', format: 'JSONEachRow' });
  expect(await result.json()).toEqual([{ db: 'default' }]);
  await plain.close();
});

test.each([
  [
    'a bad row',
    () => insert([{ ...row(1, 1), id: 'not a number' }]),
    '27',
    'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
  ],
  ['a bad date', () => insert([{ ...row(1, 1), at: 'never' }]), '41', 'CANNOT_PARSE_DATETIME'],
  ['a missing table', () => insert([row(1, 1)], {}, 'nowhere'), '60', 'UNKNOWN_TABLE'],
  ['a missing database', () => select('SELECT * FROM nowhere.orders'), '81', 'UNKNOWN_DATABASE'],
  ['a broken statement', () => client.command({ query: 'SELEC 1' }), '62', 'SYNTAX_ERROR'],
  ['an unknown setting', () => insert([row(1, 1)], { no_such_setting: 1 }), '115', 'UNKNOWN_SETTING'],
])("%s is refused in ClickHouse's own words", async (_, request, code, type) => {
  const error: unknown = await request().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ClickHouseError);
  expect(error).toMatchObject({ code, type });
});

test("the status and the exception code are a server's", async () => {
  const response = await fetch(
    `http://127.0.0.1:${port}/?query=${encodeURIComponent('SELECT * FROM nowhere')}`,
  );
  expect(response.status).toBe(404);
  expect(response.headers.get('X-ClickHouse-Exception-Code')).toBe('60');
  expect(await response.text()).toMatch(/^Code: 60\. DB::Exception: .*\(UNKNOWN_TABLE\)/);
});

test('requests run at the same time', async () => {
  const slow = select('SELECT sleep(1)');
  const before = performance.now();
  await select('SELECT 1');
  expect(performance.now() - before).toBeLessThan(900);
  await slow;
});

test('what was answered survives the kill of the server', async () => {
  await insert([row(1, 1), row(2, 1)]);
  await kill();
  await start();
  expect(await select('SELECT id FROM orders ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
});
