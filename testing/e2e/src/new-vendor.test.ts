import { spawnSync } from 'node:child_process';
import { createHmac, hash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { freePorts } from '@sluice/dev-servers/free-port';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { copyCheckout, filesOf } from './copy-checkout.ts';
import { start, until } from './start-command.ts';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { root } from './system.ts';

jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), 'sluice-new-vendor-'));
const checkout = join(folder, 'checkout');
const stream = `e2e_toy_${process.pid}`;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program in the copy. */
function run(...command: string[]): { code: number | null; output: string } {
  const [program = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: checkout,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: status, output: `${stdout}${stderr}` };
}

/** What says whether a vendor is whole: of the tests over all vendors, those that look at each of them. */
const contract = 'vendors/testing/(vendor-contract|golden|lossless)|field-coverage';

/** Names of the tests of the contract that fail in the copy. */
function failures(): string[] {
  const file = join(folder, 'results.json');
  const jestArgs = ['--selectProjects', 'vendors', '--testPathPatterns', contract];
  run(process.execPath, 'node_modules/jest/bin/jest.js', ...jestArgs, '--json', `--outputFile=${file}`);
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as {
    testResults: { message: string; assertionResults: { fullName: string; status: string }[] }[];
  };
  expect(testResults.length).toBeGreaterThan(3);
  // A file that cannot be run has a message and no tests.
  const broken = testResults.filter(({ assertionResults }) => assertionResults.length === 0);
  expect(broken.map(({ message }) => message)).toEqual([]);
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
}

const contents = (): Map<string, string> =>
  new Map(
    filesOf(checkout).map((file) => [relative(checkout, file), hash('sha256', readFileSync(file), 'hex')]),
  );

/** Files that are not what they were. */
function changed(before: ReadonlyMap<string, string>): string[] {
  return [...contents()].filter(([file, now]) => before.get(file) !== now).map(([file]) => file);
}

/** What somebody writes for a vendor that signs JSON with HMAC-SHA-256 in a header. */
function writeToy(): void {
  const toy = join(checkout, 'vendors/toy');
  cpSync(join(root, 'testing/e2e/toy-vendor'), toy, { recursive: true });
  for (const file of filesOf(toy).filter((name) => name.endsWith('.txt')))
    renameSync(file, file.replace(/\.txt$/, ''));
  const file = join(toy, 'mapping.ts');
  const text = readFileSync(file, 'utf8');
  const [empty, filled] = [
    'new Map<string, Mapping>()',
    "new Map<string, Mapping>([['ticket.opened', ticketOpened]])",
  ];
  expect(text.split(empty)).toHaveLength(2);
  writeFileSync(
    file,
    text
      .replace(empty, filled)
      .replace(
        'import type { ToySource }',
        "import { ticketOpened } from './mapping/ticket.ts';\nimport type { ToySource }",
      ),
  );
}

const generatePages = (): void =>
  expect(run(process.execPath, 'vendors/field-coverage/generate.ts')).toEqual({ code: 0, output: '' });

test('a new vendor compiles; its tests fail where somebody has to write, and pass then; no other file is changed', () => {
  copyCheckout(checkout);
  const before = contents();
  const made = run(process.execPath, 'dev/new-vendor/src/main.ts', 'toy', 'Toy');
  expect(made).toEqual({ code: 0, output: expect.stringContaining('vendors/toy/vendor.ts') as string });
  generatePages();
  expect(run('node_modules/.bin/tsc', '-p', 'vendors')).toEqual({ code: 0, output: '' });
  const unwritten = failures();
  expect(unwritten.length).toBeGreaterThan(0);
  expect(unwritten.filter((name) => !/\btoy\b/.test(name))).toEqual([]);

  writeToy();
  generatePages();
  expect(run('node_modules/.bin/tsc', '-p', 'vendors')).toEqual({ code: 0, output: '' });
  expect(failures()).toEqual([]);
  const others = changed(before).filter((file) => !file.startsWith('vendors/toy/'));
  // The pages are generated from the list.
  expect(others.sort()).toEqual([
    'docs/guides/subscribing.md',
    'docs/reference/field-coverage.md',
    'vendors/index.ts',
  ]);
});

test('what is pushed to the new vendor goes through the running system into both stores', async () => {
  const [ingress = 0, agentPanel = 0, emulator = 0, status = 0] = await freePorts(4);
  const opsPorts = await freePorts(5);
  const secret = 'the secret of a toy account, of 32 bytes and more';
  const sources = join(folder, 'sources.yaml');
  writeFileSync(
    sources,
    `sources: [{ id: shop, vendor: toy, stream: ${stream}, signed: true, encrypted: false, token: { current: { env: TOY_SECRET } } }]`,
  );
  const { child, output } = start(
    ['--sources', sources],
    {
      // The servers of this test's run: the copy would start its own.
      SLUICE_DEV_HOME: process.env.SLUICE_DEV_HOME ?? join(root, '.sluice'),
      SLUICE_DEV_STREAM: stream,
      SLUICE_DEV_INGRESS_PORT: String(ingress),
      SLUICE_DEV_OPS_PORT: String(opsPorts[0]),
      SLUICE_DEV_AGENT_PANEL_PORT: String(agentPanel),
      SLUICE_DEV_EMULATOR_PORT: String(emulator),
      SLUICE_DEV_STATUS_PORT: String(status),
      TOY_SECRET: secret,
    },
    checkout,
  );
  try {
    await until(() => output().includes('stops everything') || child.exitCode !== null, 'npm start is up');
    expect([child.exitCode, output()]).toEqual([null, expect.stringContaining('stops everything')]);
    const body = '{"id":"m1","type":"ticket.opened","conversation_id":"t-1","subject":"退款"}';
    const push = async (signed: string): Promise<number> => {
      const signature = createHmac('sha256', secret).update(signed).digest('hex');
      const headers = { 'content-type': 'application/json', 'x-toy-signature': signature };
      const url = `http://127.0.0.1:${ingress}/v1/toy/shop`;
      return (await fetch(url, { method: 'POST', body, headers })).status;
    };
    expect([await push('another body'), await push(body)]).toEqual([401, 200]);

    const { clickhouseUrl, elasticsearchUrl } = testEndpoints();
    const expected = ['toy', 'shop', 'ticket.opened', 't-1', '退款'];
    await until(async () => {
      const query = `SELECT vendor_id, source_id, event_type, ticket_id, title FROM ${stream}.ticket FORMAT JSONCompactEachRow`;
      const rows = await (await fetch(clickhouseUrl, { method: 'POST', body: query })).text();
      return rows !== '' && isDeepStrictEqual(JSON.parse(rows), expected);
    }, 'its row is in ClickHouse');
    await until(async () => {
      const answer = await fetch(`${elasticsearchUrl}/${stream}-ticket-*/_search?q=meta.vendor_id:toy`);
      const { hits } = (await answer.json()) as { hits?: { hits: { _source: { title: string } }[] } };
      return hits?.hits.map(({ _source }) => _source.title).join() === '退款';
    }, 'its document is in Elasticsearch');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    await removeStream(testEndpoints(), stream);
  }
});
