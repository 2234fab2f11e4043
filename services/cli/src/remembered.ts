import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Variables that say where servers are: the options of the same meaning read them. */
const variables = {
  kafkaBrokers: 'SLUICE_KAFKA_BROKERS',
  registryUrl: 'SLUICE_REGISTRY_URL',
  clickhouseUrl: 'SLUICE_CLICKHOUSE_URL',
  elasticsearchUrl: 'SLUICE_ELASTICSEARCH_URL',
  ingressUrl: 'SLUICE_INGRESS_URL',
  sourcesFile: 'SLUICE_SOURCES_FILE',
} as const;

/** Options that say where a server is: `--url` of the gateway as well. */
const places = /^--(?:brokers|schema-registry|clickhouse|elasticsearch|url)(?:=|$)/;

/**
 * Where the servers of a running `npm start` are, for a command that names none: from `.sluice/run/<stream>.json` of the
 * folder or one above it. A command that names one server must name all: those of two systems are never mixed.
 * @param args the command line
 * @returns settings to add to the environment, and who runs there; null where nothing is remembered
 */
export function remembered(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  folder: string,
): { readonly env: Record<string, string>; readonly pid: number } | null {
  const namesOne =
    args.some((arg) => places.test(arg)) || Object.values(variables).some((name) => env[name] !== undefined);
  if (namesOne) return null;
  const run = findRun(folder, env.SLUICE_DEV_STREAM ?? 'sluice');
  if (run === null) return null;
  const { pid } = run;
  if (typeof pid !== 'number' || !isAlive(pid)) return null;
  const settings = Object.entries(variables).flatMap(([name, variable]) => {
    const value = run[name];
    const text = Array.isArray(value) ? value.join(',') : value;
    return typeof text === 'string' ? [[variable, text] as const] : [];
  });
  return { env: Object.fromEntries(settings), pid };
}

function findRun(folder: string, stream: string): Record<string, unknown> | null {
  for (let at = folder; ; at = dirname(at)) {
    try {
      return JSON.parse(readFileSync(join(at, `.sluice/run/${stream}.json`), 'utf8')) as Record<
        string,
        unknown
      >;
    } catch {
      if (dirname(at) === at) return null;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
