import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, startSystem, type System } from './system.ts';

const run = promisify(execFile);
const pages = ['README.md', 'README.zh.md', 'docs/reference/commands.md'];
const text = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n');

/** Every command that the README and the page of commands show, in a block of its own or in a table. */
const shown = [
  ...new Set([
    ...[...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n')),
    ...[...text.matchAll(/`((?:npm|npx) [^`]+)`/g)].map(([, command = '']) => command),
  ]),
];

const bench = 'npm run bench -- ';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system.close(), 60_000);

async function runByCi(command: string): Promise<void> {
  await access(join(root, '.ci/run'));
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toContain(command);
}

/** What a reader would see; the running system is the test's own. */
const tried: Record<string, () => Promise<unknown>> = {
  'npm start': async () =>
    expect((await run('node', ['dev/start/src/main.ts', '--help'], { cwd: root })).stdout).toContain(
      '--once',
    ),
  'npm start -- --once': () => runByCi('npm start -- --once'),
  'npm start -- --no-traffic': async () =>
    expect((await run('node', ['dev/start/src/main.ts', '--help'], { cwd: root })).stdout).toContain(
      '--no-traffic',
    ),
  'npm start -- --with-monitoring': async () =>
    expect((await run('node', ['dev/start/src/main.ts', '--help'], { cwd: root })).stdout).toContain(
      '--with-monitoring',
    ),
  'npm start -- --sources my.yaml': async () =>
    expect((await run('node', ['dev/start/src/main.ts', '--help'], { cwd: root })).stdout).toContain(
      '--sources',
    ),
  'npm stop': async () => {
    const env = { ...process.env, SLUICE_DEV_STREAM: 'of_no_start' };
    expect((await run('npm', ['stop'], { cwd: root, env })).stdout).toContain('Nothing runs');
  },
  'npx sluice tail rating': async () => {
    const { kafkaBrokers, registryUrl } = system.endpoints;
    const env = {
      ...process.env,
      SLUICE_KAFKA_BROKERS: kafkaBrokers.join(','),
      SLUICE_REGISTRY_URL: registryUrl,
    };
    const args = ['sluice', 'tail', 'rating', '--stream', system.stream, '--no-follow'];
    expect((await run('npx', args, { cwd: root, env })).stderr).toBe('');
  },
  'npx sluice find 1_2052986': async () => {
    const { kafkaBrokers, registryUrl } = system.endpoints;
    const env = {
      ...process.env,
      SLUICE_KAFKA_BROKERS: kafkaBrokers.join(','),
      SLUICE_REGISTRY_URL: registryUrl,
    };
    // Nobody has sent it here; whole-path.test.ts finds what was sent.
    const found = run('npx', ['sluice', 'find', '1_2052986', '--stream', system.stream], { cwd: root, env });
    await expect(found).rejects.toMatchObject({
      stderr: expect.stringContaining('was found nowhere') as string,
    });
  },
  'npx sluice refused': async () => {
    const env = {
      ...process.env,
      SLUICE_INGRESS_OPS_URLS: `http://127.0.0.1:${system.plan.opsPorts.ingress}`,
    };
    expect((await run('npx', ['sluice', 'refused'], { cwd: root, env })).stdout).toContain(
      'remembers its last requests since',
    );
  },
  'npx sluice doctor': async () => {
    const { kafkaBrokers, registryUrl } = system.endpoints;
    const places = ['--brokers', kafkaBrokers.join(','), '--schema-registry', registryUrl];
    // The tests have one broker, which is a risk.
    const args = ['sluice', 'doctor', ...places, '--stream', system.stream, '--accept-risks'];
    expect((await run('npx', args, { cwd: root })).stdout).toContain(' right, 1 risky, 0 broken.');
  },
  'npx sluice check sources': async () => {
    const args = ['sluice', 'check', 'sources', '--sources', 'config/sources.yaml'];
    expect((await run('npx', args, { cwd: root })).stdout).toContain(
      'config/sources.yaml is right: 5 sources.',
    );
  },
  'npm run test:chart': () => runByCi('npm run test:chart'),
  'npm test': () => runByCi('npm test'),
  'npx sluice sim --pushes 20': async () => {
    const args = [
      'sluice',
      'sim',
      '--pushes',
      '20',
      '--url',
      system.ingressUrl,
      '--sources',
      system.sourcesFile,
    ];
    expect((await run('npx', args, { cwd: root })).stdout).toMatch(/20/);
  },
  'npx sluice --help': async () => {
    const { stdout } = await run('npx', ['sluice', '--help'], { cwd: root });
    for (const command of ['topics', 'schemas', 'migrate', 'sim', 'dlq', 'partitions', 'replay', 'rebuild'])
      expect(stdout).toContain(command);
  },
  'npm run faults -- --list': async () =>
    expect((await run('node', ['testing/faults/src/main.ts', '--list'], { cwd: root })).stdout).toContain(
      'random-faults',
    ),
  'npm run fuzz': async () =>
    expect(
      (await run('node', ['testing/fuzz/src/main.ts', '--seed', 'readme', '--bodies', '200'], { cwd: root }))
        .stdout,
    ).toContain('No body failed.'),
  ...Object.fromEntries(
    shown
      .filter((command) => command.startsWith(bench))
      .map((command) => [command, () => benchKnows(command.slice(bench.length))]),
  ),
};

/** The benchmarks take minutes; that the names are known is seen in what a wrong one is answered. */
async function benchKnows(name: string): Promise<void> {
  const wrong = run('node', ['testing/bench/src/main.ts', 'nothing'], { cwd: root });
  await expect(wrong).rejects.toMatchObject({ stderr: expect.stringContaining(name) as string });
}

test('every command that the README and docs/reference/commands.md show is tried here', () => {
  expect(shown.sort()).toEqual(Object.keys(tried).sort());
});

test.each(Object.entries(tried))('%s', (_command, attempt) => attempt(), 60_000);
