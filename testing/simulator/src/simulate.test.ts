import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { defineSim } from './command.ts';
import { formatLedger } from './ledger-table.ts';
import { startProgressBar } from './progress-bar.ts';
import { simulate, type SimulateOptions } from './simulate.ts';
import { loadSimulatedSources } from './simulated-sources.ts';
import { acknowledge, startGateway, type TestGateway } from './testing/gateway.ts';
import { testVendors as simulators } from './testing/test-vendors.ts';
import { samplePushes } from './vendor-samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
const sourcesFile = join(folder, 'sources.yaml');
const token = '{ current: { env: PATH } }';
writeFileSync(
  sourcesFile,
  `sources:
  - { id: sealed, vendor: wordy, signed: true, encrypted: true, token: ${token}, aesKey: ${token} }
  - { id: signed, vendor: silent, signed: true, encrypted: false, token: ${token} }
`,
);
afterAll(() => rmSync(folder, { recursive: true }));

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(acknowledge);
});
afterAll(() => gateway.close());
afterEach(() => jest.restoreAllMocks());

function options(changes: Partial<SimulateOptions> = {}): SimulateOptions {
  return {
    baseUrl: gateway.baseUrl,
    sourcesFile,
    simulators,
    pushes: 100,
    seed: '1',
    includeSamples: false,
    ...changes,
  };
}

test('generated pushes and every fitting sample arrive', async () => {
  const samples = loadSimulatedSources(sourcesFile, simulators).flatMap(samplePushes).length;
  const progress: number[] = [];
  const ledger = await simulate(
    options({
      includeSamples: true,
      onProgress: (counts, expected) => progress.push(counts.acknowledged / expected),
    }),
  );
  expect(ledger.totals).toMatchObject({ sent: 100 + samples, acknowledged: 100 + samples, refused: 0 });
  expect(progress.at(-1)).toBe(1);
});

test('nothing asked for, nothing sent', async () => {
  expect((await simulate(options({ pushes: 0 }))).totals.requests).toBe(0);
});

test('two runs with one seed share no payload', async () => {
  const hashes = (await Promise.all(['a', 'b'].map((run) => simulate(options({ run }))))).flatMap((ledger) =>
    ledger.acknowledged.map(({ payloadHash }) => payloadHash),
  );
  expect(new Set(hashes).size).toBe(200);
});

test.each<[Partial<SimulateOptions>, string]>([
  [{ baseUrl: 'localhost:8080' }, 'must begin with http://'],
  [{ baseUrl: 'nonsense' }, 'must begin with http://'],
  [{ pushes: -1 }, 'number of pushes'],
  [{ pushes: 1.5 }, 'number of pushes'],
  [{ connections: 0 }, 'number of connections'],
  [{ ratePerSecond: 0 }, 'rate per second'],
  [{ resendShare: 2 }, 'share of resends'],
  [{ retryForMs: Number.NaN }, 'time for retries'],
  [{ sourcesFile: 'none.yaml' }, 'sources file cannot be read'],
])('%j is an error', async (changes, message) => {
  await expect(simulate(options(changes))).rejects.toThrow(message);
});

async function runCommand(...flags: string[]): Promise<string> {
  const written: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const program = new Command();
  defineSim(program.command('sim'), simulators);
  const base = ['sim', '--url', gateway.baseUrl, '--sources', sourcesFile, '--pushes', '50', '--resend', '0'];
  await program.parseAsync([...base, ...flags], { from: 'user' });
  return written.join('');
}

test('the command prints a table', async () => {
  const lines = (await runCommand()).split('\n');
  expect(lines[0]).toMatch(
    /^vendor +data type +sent +requests +acknowledged +resent +refused +gave up +records$/,
  );
  expect(lines.find((line) => line.startsWith('all'))).toMatch(/^all +50 +50 +50 +0 +0 +0 +\d+$/);
});

test('the command prints the ledger as JSON', async () => {
  expect(JSON.parse(await runCommand('--json'))).toMatchObject({
    totals: { acknowledged: 50 },
    failures: [],
  });
});

test('a table names the first failures and counts the others', async () => {
  const refusing = await startGateway(() => ({ status: 403, body: 'signature' }));
  const table = formatLedger(await simulate(options({ baseUrl: refusing.baseUrl })));
  expect(table).toContain('requests/s, nothing was acknowledged');
  expect(table).not.toContain('median');
  await refusing.close();
  expect(table.match(/^refused: .*: 403, signature$/gm)).toHaveLength(10);
  expect(table).toContain('and 90 more failures');
});

test('without a terminal there is a line every three seconds and one at the end', () => {
  let time = 0;
  const lines: string[] = [];
  const stream = { isTTY: false, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
  const report = startProgressBar(stream, () => time);
  const counts = { requests: 9, refused: 1, gaveUp: 0, sent: 9, resent: 0, resendsFailed: 0, records: 9 };
  for (const [at, acknowledged] of [
    [1000, 1],
    [3000, 3],
    [4000, 4],
    [4001, 8],
  ] as const) {
    time = at;
    report.update({ ...counts, acknowledged }, 9);
  }
  report.stop();
  expect(lines).toEqual([
    'sent 4 of 9 pushes, 9 requests, 1 failed\n',
    'sent 9 of 9 pushes, 9 requests, 1 failed\n',
  ]);
});
