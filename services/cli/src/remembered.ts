import { findRun, type RunFile } from './run-file.ts';
import { sinks, urlVariable } from './sinks.ts';

/** Variables that say where servers are: the options of the same meaning read them. */
const variables = {
  SLUICE_KAFKA_BROKERS: ({ kafkaBrokers }) => kafkaBrokers.join(','),
  SLUICE_REGISTRY_URL: ({ registryUrl }) => registryUrl,
  ...Object.fromEntries(sinks.map((sink) => [urlVariable(sink), ({ stores }: RunFile) => stores[sink.id]])),
  SLUICE_INGRESS_URL: ({ ingressUrl }) => ingressUrl,
  SLUICE_INGRESS_OPS_URLS: ({ ingressOpsUrl }) => ingressOpsUrl,
  SLUICE_SOURCES_FILE: ({ sourcesFile }) => sourcesFile,
} as const satisfies Record<string, (run: RunFile) => string>;

/** Options that say where a server is: `--url` of the gateway as well. */
const places = new RegExp(
  `^--(?:brokers|schema-registry|${sinks.map(({ id }) => id).join('|')}|url|ingress-ops)(?:=|$)`,
);

/**
 * Where the servers of a running `npm start` are, for a command that names none. A command that names one server must
 * name all: those of two systems are never mixed.
 * @param args the command line
 * @returns settings to add to the environment: none where a server is named, or nothing runs
 */
export function remembered(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  folder: string,
): Record<string, string> {
  const namesOne =
    args.some((arg) => places.test(arg)) || Object.keys(variables).some((name) => env[name] !== undefined);
  const run = namesOne ? null : findRun(folder, env.SLUICE_DEV_STREAM ?? 'sluice');
  if (run === null) return {};
  return Object.fromEntries(Object.entries(variables).map(([name, of]) => [name, of(run)]));
}
