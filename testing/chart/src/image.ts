import { sinks } from '@sluice/cli/sinks';
import { root } from './chart-folder.ts';
import { outcomeOf, skipped, type Outcome } from './outcome.ts';
import { tryRun, type Run } from './tools/fetched.ts';

const image = `sluice-test:${process.pid}`;
const docker = (...args: string[]): Promise<Run> =>
  // The older builder too knows everything that the Dockerfile asks for.
  tryRun('docker', args, { env: { DOCKER_BUILDKIT: process.env.DOCKER_BUILDKIT ?? '0' } });
/** As the chart runs it: nothing can be written but `/tmp`, and no privilege is left. */
const hardened = [
  ...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
];

/** Builds the image and runs it, where a Docker daemon answers. */
export async function imageOutcomes(): Promise<Outcome[]> {
  const reason = await whyNot();
  if (reason !== null) return [skipped('the image is built and runs', reason)];
  const build = await docker('build', '-q', '-t', image, root);
  if (build.code !== 0) return [outcomeOf('the image is built', [build.stderr.trim()])];
  try {
    return [
      outcomeOf('the image is built', []),
      ...(await services()),
      await commandLine(),
      await toolbox(),
      await inspected(),
      await stopped(),
    ];
  } finally {
    await docker('image', 'rm', '-f', image);
  }
}

async function whyNot(): Promise<string | null> {
  if ((await docker('info')).code !== 0) return 'no Docker daemon answers';
  if ((await docker('image', 'inspect', 'node:24-slim')).code === 0) return null;
  return (await docker('pull', '-q', 'node:24-slim')).code === 0 ? null : 'the base image cannot be pulled';
}

const run = (...args: string[]): Promise<Run> => docker('run', '--rm', ...hardened, image, ...args);

/** Without settings a service says which are missing, and ends with 78: all of its code is there and was loaded. */
async function services(): Promise<Outcome[]> {
  const names = ['ingress', 'normalizer', ...sinks.map(({ service }) => service), 'agent-panel'];
  const outcomes: Outcome[] = [];
  for (const name of names) {
    const { code, stderr } = await run(name);
    const isRight =
      code === 78 &&
      stderr.includes(
        `${name === 'agent-panel' ? 'SLUICE_PANELS_FILE' : 'SLUICE_KAFKA_BROKERS'} is missing.`,
      );
    outcomes.push(
      outcomeOf(`the image runs ${name}`, isRight ? [] : [`It ended with ${code ?? ''}: ${stderr}`]),
    );
  }
  const { code } = await run('nonsense');
  return [
    ...outcomes,
    outcomeOf('the image refuses another name', code === 64 ? [] : [`It ended with ${code ?? ''}.`]),
  ];
}

async function commandLine(): Promise<Outcome> {
  const { code, stdout, stderr } = await run('sluice', 'sbom');
  return outcomeOf(
    'the image lists what is in it',
    code === 0 && stdout.includes('CycloneDX') ? [] : [stderr],
  );
}

/** What the chart's toolbox sleeps by, and what is run in it, by their names alone. */
async function toolbox(): Promise<Outcome> {
  const asked = 'command -v sleep && command -v tini && sluice --version';
  const { code, stderr } = await docker('run', '--rm', ...hardened, '--entrypoint', 'sh', image, '-c', asked);
  return outcomeOf('the image is a toolbox', code === 0 ? [] : [stderr]);
}

async function inspected(): Promise<Outcome> {
  const { stdout } = await docker('image', 'inspect', image);
  const [{ Config: config } = { Config: null }] = JSON.parse(stdout) as {
    Config: { User: string; Healthcheck?: object; Labels: Record<string, string> } | null;
  }[];
  const files = [
    'services/sink-clickhouse/views/agent_day.sql',
    'schemas/message.v1',
    'services/agent-panel/dist/panel.js',
    'LICENSE',
  ];
  const listed = await docker(
    ...['run', '--rm', '--entrypoint', 'ls', image, '-d'],
    ...files.map((file) => `/app/${file}`),
  );
  const tests = await docker(
    ...[
      'run',
      '--rm',
      '--entrypoint',
      'find',
      image,
      '/app',
      '-name',
      '*.test.ts',
      '-not',
      '-path',
      '*/node_modules/*',
    ],
  );
  return outcomeOf('the image is as it should be', [
    ...(config?.User === '10001:10001' ? [] : [`Its user is ${config?.User ?? 'root'}.`]),
    ...(config?.Healthcheck ? [] : ['It has no health check.']),
    ...(config?.Labels['org.opencontainers.image.licenses'] ? [] : ['It has no labels.']),
    ...(listed.code === 0 ? [] : [listed.stderr]),
    ...(tests.stdout === '' ? [] : ['There are tests in it.']),
  ]);
}

/** An ingress that has a spool and no Kafka is healthy, and SIGTERM stops it in order. */
async function stopped(): Promise<Outcome> {
  const settings = {
    SLUICE_KAFKA_BROKERS: '127.0.0.1:1',
    SLUICE_REGISTRY_URL: 'http://127.0.0.1:1',
    SLUICE_SOURCES_FILE: '/etc/sluice/sources.yaml',
    SLUICE_SPOOL_FOLDER: '/tmp/spool',
  };
  const env = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const config = ['--volume', `${root}/config:/etc/sluice:ro`];
  const { stdout: id, stderr } = await docker('run', '-d', ...hardened, ...env, ...config, image, 'ingress');
  if (id.trim() === '') return outcomeOf('the image stops in order', [stderr]);
  try {
    const healthy = await untilHealthy(id.trim());
    await docker('stop', '--time', '30', id.trim());
    const { stdout: code } = await docker('inspect', '--format', '{{.State.ExitCode}}', id.trim());
    const { stdout: log } = await docker('logs', id.trim());
    return outcomeOf('the image stops in order', [
      ...(healthy ? [] : [`It did not become healthy:\n${log}`]),
      ...(code.trim() === '0' && log.includes('"stopped"') ? [] : [`It ended with ${code.trim()}:\n${log}`]),
    ]);
  } finally {
    await docker('rm', '-f', id.trim());
  }
}

async function untilHealthy(id: string): Promise<boolean> {
  const deadline = performance.now() + 90_000;
  while (performance.now() < deadline) {
    const { stdout } = await docker('inspect', '--format', '{{.State.Health.Status}}', id);
    if (stdout.trim() === 'healthy') return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}
