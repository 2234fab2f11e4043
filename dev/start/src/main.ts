import { join } from 'node:path';
import { styleText } from 'node:util';
import { acquireServers, type ServersLease } from '@sluice/dev-servers/acquire-servers';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { vendors } from '@sluice/vendors';
import { backlog } from './collect.ts';
import { chooseSources, shown, type ChosenSources } from './choose-sources.ts';
import { startMonitoring, type RunningPrometheus } from './monitoring.ts';
import { parseOptions, usage, type StartOptions } from './options.ts';
import { developmentPorts, assertFree, type DevelopmentPorts } from './ports.ts';
import type { Ledger } from './ledger.ts';
import { renderLedger } from './print-ledger.ts';
import { printLog } from './print-log.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import { findingCommands, sampleCurl } from './sample-curl.ts';
import { sendAndBalance } from './send-and-balance.ts';
import {
  logFileOf,
  serviceNames,
  startService,
  stopServices,
  waitUntilReady,
  type RunningService,
  type ServicePlan,
  type StartedName,
  type WatchedService,
} from './services.ts';
import { setUpStream } from './set-up-stream.ts';
import { storeUrls } from './store-addresses.ts';
import { startPanels, type RunningPanels } from './panels.ts';
import { startStatusPage, type RunningStatusPage } from './status-page.ts';
import { statusLinks } from './status-links.ts';
import { staffLine, watchStaff } from './watch-staff.ts';

const root = join(import.meta.dirname, '../../..');
/** Two starts at once need a stream and ports of their own: see CONTRIBUTING.md. */
const stream = process.env.SLUICE_DEV_STREAM ?? 'sluice';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

process.exitCode = await main();

/** @returns the exit code */
async function main(): Promise<number> {
  let options: StartOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2), String(Date.now()));
  } catch (error) {
    say(errorText(error));
    return 2;
  }
  if (options === 'help') {
    say(usage);
    return 0;
  }
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<'interrupted'>();
  const stopSending = new AbortController();
  onStop(() => {
    stopSending.abort();
    interrupt('interrupted');
  });

  const held: Held = { services: [], watch: new AbortController() };
  try {
    const outcome = await Promise.race([
      run(options, held, { interrupted, stopSending: stopSending.signal }),
      interrupted,
    ]);
    return outcome === 'unbalanced' ? 1 : 0;
  } catch (error) {
    say(`\n${errorText(error)}`);
    return 1;
  } finally {
    await stopEverything(held);
  }
}

async function stopEverything(held: Held): Promise<void> {
  held.watch.abort();
  if (held.staff) say(`\nWhat staff did:\n\n${renderLedger(held.staff)}`);
  if (!held.lease) return;
  const started = held.services.map(({ name }) => name);
  say(`\nStopping ${[...started, 'the servers'].join(', ')}…`);
  await held.statusPage?.close();
  await held.panels?.close();
  await held.prometheus?.close();
  await stopServices(held.services);
  await held.lease.release();
  removeRunFile(stream);
  say('Everything is stopped.');
}

/**
 * Calls `stop` for each way in which this process is told to end: Ctrl-C, `kill`, a closed terminal, a parent that is
 * gone. It may come more than once: a terminal and npm both pass on a Ctrl-C.
 */
function onStop(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // The terminal is closed: there is nobody to read it, and the rest must still be stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, 500).unref();
}

interface Held {
  lease?: ServersLease;
  panels?: RunningPanels;
  /** Ends the watch over panels. */
  readonly watch: AbortController;
  /** What staff did on them until now. */
  staff?: Ledger;
  prometheus?: RunningPrometheus;
  statusPage?: RunningStatusPage;
  readonly services: RunningService[];
}

type Outcome = 'balanced' | 'unbalanced' | 'interrupted';

/** Servers → stream → services → traffic and its ledger → what people look at; then until somebody stops it. */
async function run(
  options: StartOptions,
  held: Held,
  { interrupted, stopSending }: { interrupted: Promise<'interrupted'>; stopSending: AbortSignal },
): Promise<Outcome> {
  const startedAt = performance.now();
  const ports = developmentPorts(process.env);
  const panelOrigin = `http://127.0.0.1:${ports.agentPanel}`;
  const sources = chooseSources({ own: options.sources, stream, panelOrigin });
  await assertFree(ports, { monitoring: options.withMonitoring, debugger: options.dev !== null });
  say('Bringing up Kafka, schema registry, ClickHouse and Elasticsearch…');
  held.lease = await acquireServers({
    onProgress: ({ server, message }) => say(`  ${server ? `${server}: ` : ''}${message}`),
  });
  const { endpoints } = held.lease;

  say('Creating topics, schemas, tables and templates…');
  await setUpStream(endpoints, stream);

  const watched = options.dev === null ? undefined : watch(options.dev, ports.inspect);
  const plan = planServices(endpoints, ports, sources, watched);
  const left = await backlog(endpoints, stream);
  const isFresh = Object.values(left).every((records) => records === 0);
  await startServices(plan, held);
  const ingressUrl = `http://127.0.0.1:${ports.ingress}`;
  say(`Everything is up after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);

  if (options.withMonitoring) await monitor(held, ports);

  let outcome: Outcome = 'balanced';
  if (options.traffic) {
    const run = { ...{ options, plan, ingressUrl, signal: stopSending, say }, prometheus: held.prometheus };
    if (!(await sendAndBalance({ ...run, isFresh }))) outcome = 'unbalanced';
  }
  if (options.once) return outcome;
  await showEverything(plan, held, ports, sources);
  followStaff(plan, held);
  return Promise.race([interrupted, untilOneEnds(plan, held)]);
}

function planServices(
  endpoints: Endpoints,
  ports: DevelopmentPorts,
  sources: ChosenSources,
  watched: WatchedService | undefined,
): ServicePlan {
  return {
    endpoints,
    stream,
    sourcesFile: sources.file,
    logFolder: join(root, '.sluice/logs', stream),
    ingressPort: ports.ingress,
    opsPorts: ports.ops,
    watched,
  };
}

/** Starts the services, and tells other commands where they are once they are ready. */
async function startServices(plan: ServicePlan, held: Held): Promise<void> {
  const { endpoints, sourcesFile, ingressPort, opsPorts } = plan;
  say(`Starting ${serviceNames.join(', ')}…`);
  held.services.push(...serviceNames.map((name) => startService(name, plan)));
  await Promise.all(held.services.map((service) => waitUntilReady(service, plan)));
  writeRunFile({
    ...{ pid: process.pid, stream, sourcesFile },
    ingressUrl: `http://127.0.0.1:${ingressPort}`,
    ingressOpsUrl: `http://127.0.0.1:${opsPorts.ingress}`,
    ...{ kafkaBrokers: endpoints.kafkaBrokers, registryUrl: endpoints.registryUrl },
    stores: storeUrls(endpoints),
  });
}

async function monitor(held: Held, ports: DevelopmentPorts): Promise<void> {
  const monitoring = await startMonitoring({
    port: ports.prometheus,
    opsPorts: ports.ops,
    folder: join(root, '.sluice/prometheus', stream),
  });
  if (monitoring.outcome === 'absent') say(monitoring.reason);
  else {
    held.prometheus = monitoring.prometheus;
    say(`Prometheus scrapes them: ${held.prometheus.url}/alerts, ${held.prometheus.url}/graph.`);
  }
}

/** Panels of staff and the status page, and where everything is. */
async function showEverything(
  plan: ServicePlan,
  held: Held,
  ports: DevelopmentPorts,
  sources: ChosenSources,
): Promise<void> {
  const { endpoints, watched, logFolder } = plan;
  const ingressUrl = `http://127.0.0.1:${ports.ingress}`;
  if (!sources.isOwn) {
    held.panels = await startPanels({
      ...{ endpoints, stream, ingressUrl, logFolder, watched },
      configFolder: join(root, '.sluice/config'),
      ports: { ...ports, ops: ports.ops['agent-panel'] },
    });
    held.services.push(held.panels.service);
  }
  held.statusPage = await startStatusPage({
    ...{ port: ports.status, stream, opsPorts: ports.ops },
    links: statusLinks({
      ...{ endpoints, stream, ports },
      emulatorUrl: held.panels?.emulator.url,
      prometheusUrl: held.prometheus?.url,
    }),
  });
  const ways = sources.isOwn ? tryOwn(sources) : await tryDevelopment(ingressUrl, endpoints);
  say(`
Status           ${held.statusPage.url}    this list, counts and the last pushes, in a browser
${addresses(plan, held, sources)}

${ways}

${watched ? watchedLines(watched) : ''}Ctrl-C, or npm stop, stops everything; the data stays for the next start.`);
}

function addresses(plan: ServicePlan, { panels, prometheus }: Held, sources: ChosenSources): string {
  const { endpoints, opsPorts } = plan;
  const routes = Object.keys(vendors).map((id) => `/v1/${id}/<source>`);
  const metrics = serviceNames.map((name) => `http://127.0.0.1:${opsPorts[name]}/metrics (${name})`);
  const conversations = `SELECT+event_type,count()+FROM+${stream}.conversation_latest+GROUP+BY+1`;
  return `Ingress          http://127.0.0.1:${plan.ingressPort}    POST ${routes.join(', ')}
Sources          ${shown(sources.file)}    ${sources.sources.map(({ id }) => id).join(', ')}: followed while it runs
${panels ? `Workbench        ${panels.emulator.url}    emulated: choose a visitor, push a card\n` : ''}Health, metrics  ${metrics.join('\n                 ')}
${prometheus ? `Prometheus       ${prometheus.url}/alerts\n` : ''}Kafka            ${endpoints.kafkaBrokers.join(',')}    topics ${stream}.*
Schema registry  ${new URL('/', endpoints.registryUrl).href}
ClickHouse       ${endpoints.clickhouseUrl}/?default_format=PrettyCompact&query=${conversations}
Elasticsearch    ${endpoints.elasticsearchUrl}/${stream}-message-*/_search?q=text:%22退款%22&size=3&pretty
Logs             ${logFileOf('ingress', plan).replace(`${root}/`, '')} and next to it`;
}

function followStaff({ endpoints, opsPorts }: ServicePlan, held: Held): void {
  void watchStaff({
    ...{ endpoints, stream, signal: held.watch.signal },
    metricsUrl: `http://127.0.0.1:${opsPorts.ingress}/metrics`,
    onLedger: (ledger, tookMs) => {
      held.staff = ledger;
      say(staffLine(ledger, tookMs));
    },
    onProblem: (problem) => say(`\nThe ledger of staff actions ends: ${problem}`),
  });
}

/** @throws when the first service ends by itself */
function untilOneEnds(plan: ServicePlan, { services }: Held): Promise<never> {
  return Promise.race(
    services.map(async ({ name, ended }) => {
      const how = await ended;
      throw new Error(`${name} ended (${how}): see ${logFileOf(name, plan)}.`);
    }),
  );
}

/** The service that somebody works on; its log is printed between what is said here. */
function watch(name: StartedName, inspectPort: number): WatchedService {
  const isColoured = process.stdout.isTTY;
  const prefix = styleText('cyan', `${name} `, { stream: process.stdout });
  return {
    name,
    inspectPort,
    onOutput: (output) => printLog(output, (line) => say(prefix + line), isColoured),
  };
}

function watchedLines({ name, inspectPort }: WatchedService): string {
  return `${name} starts again when one of its files changes, and its log follows.
Debugger         127.0.0.1:${inspectPort}    chrome://inspect, or "Attach to npm run dev" of VS Code

`;
}

async function tryDevelopment(ingressUrl: string, endpoints: Endpoints): Promise<string> {
  const now = Date.now();
  const found = findingCommands(endpoints, stream, now).map((command) => `  ${command}`);
  return `Push something yourself:\n\n  ${await sampleCurl(ingressUrl, now)}\n\nand find it in Kafka, ClickHouse, Elasticsearch, and everywhere at once:\n\n${found.join('\n')}`;
}

function tryOwn({ sources, file }: ChosenSources): string {
  const checks = sources.map(({ id }) => `  npx sluice check path --source ${id} --sources ${shown(file)}`);
  return `Push one signed document of each source through everything:\n\n${checks.join('\n')}`;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
