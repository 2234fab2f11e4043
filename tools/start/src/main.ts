import { join } from 'node:path';
import { acquireServers, type ServersLease } from '@sluice/dev-servers/acquire-servers';
import { startProgressBar } from '@sluice/simulator/progress-bar';
import { simulate } from '@sluice/simulator/simulate';
import type { SendLedger } from '@sluice/simulator/send-ledger';
import { backlog, collect, mark, untilDrained } from './collect.ts';
import { writeSourcesFor } from './development-sources.ts';
import { startMonitoring, type RunningPrometheus } from './monitoring.ts';
import { balance } from './ledger.ts';
import { compareOverview, figuresOf, type OverviewFigures } from './overview.ts';
import { parseOptions, usage, type StartOptions } from './options.ts';
import { developmentPorts, assertFree } from './ports.ts';
import { renderLedger } from './print-ledger.ts';
import { sampleCurl } from './sample-curl.ts';
import {
  logFileOf,
  serviceNames,
  startService,
  stopServices,
  untilReady,
  type RunningService,
  type ServicePlan,
} from './services.ts';
import { setUpStream } from './set-up-stream.ts';
import { panelOriginIn, startPanels, type RunningPanels } from './panels.ts';
import { watchStaff } from './watch-staff.ts';

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
    say(sentenceOf(error));
    return 2;
  }
  if (options === 'help') {
    say(usage);
    return 0;
  }
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<'interrupted'>();
  const stopSending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopSending.abort();
      interrupt('interrupted');
    });
  }

  const held: Held = { services: [], watch: new AbortController() };
  try {
    const outcome = await Promise.race([
      run(options, held, { interrupted, stopSending: stopSending.signal }),
      interrupted,
    ]);
    return outcome === 'unbalanced' ? 1 : 0;
  } catch (error) {
    say(`\n${sentenceOf(error)}`);
    return 1;
  } finally {
    say('\nStopping: ingress, normalizer, sinks, then the servers…');
    held.watch.abort();
    await held.panels?.close();
    await held.prometheus?.close();
    await stopServices(held.services);
    await held.lease?.release();
    say('Everything is stopped.');
  }
}

interface Held {
  lease?: ServersLease;
  panels?: RunningPanels;
  /** Ends the watch over panels. */
  readonly watch: AbortController;
  prometheus?: RunningPrometheus;
  readonly services: RunningService[];
}

type Outcome = 'balanced' | 'unbalanced' | 'interrupted';

async function run(
  options: StartOptions,
  held: Held,
  { interrupted, stopSending }: { interrupted: Promise<'interrupted'>; stopSending: AbortSignal },
): Promise<Outcome> {
  const startedAt = performance.now();
  const ports = developmentPorts(process.env);
  await assertFree(ports, options.withMonitoring);
  say('Bringing up Kafka, schema registry, ClickHouse and Elasticsearch…');
  held.lease = await acquireServers({
    onProgress: ({ server, message }) => say(`  ${server ? `${server}: ` : ''}${message}`),
  });
  const { endpoints } = held.lease;

  say('Creating topics, schemas, tables and templates…');
  await setUpStream(endpoints, stream);

  const plan: ServicePlan = {
    endpoints,
    stream,
    sourcesFile: writeSourcesFor(
      stream,
      join(root, '.sluice/config'),
      panelOriginIn(`http://127.0.0.1:${ports.workbench}`),
    ),
    logFolder: join(root, '.sluice/logs', stream),
    ingressPort: ports.ingress,
    opsPorts: ports.ops,
  };
  const left = await backlog(endpoints, stream);
  const isFresh = left.normalizer + left.clickhouse + left.elasticsearch === 0;
  say(`Starting ${serviceNames.join(', ')}…`);
  held.services.push(...serviceNames.map((name) => startService(name, plan)));
  await Promise.all(held.services.map((service) => untilReady(service, plan)));
  const ingressUrl = `http://127.0.0.1:${ports.ingress}`;
  say(`Everything is up after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);

  if (options.withMonitoring) {
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

  let outcome: Outcome = 'balanced';
  if (options.traffic) {
    const since = await mark(endpoints, stream);
    say(`\nSending the vendors' own samples and ${options.pushes} simulated pushes (seed ${options.seed})…`);
    const progress = startProgressBar();
    const sent = await simulate({
      baseUrl: ingressUrl,
      sourcesFile: plan.sourcesFile,
      pushes: options.pushes,
      seed: options.seed,
      includeSamples: true,
      signal: stopSending,
      onProgress: (counts, expected) => progress.update(counts, expected),
    }).finally(() => progress.stop());
    say(summaryOf(sent));
    await untilDrained(endpoints, stream);
    const found = await collect(endpoints, stream, since);
    const ledger = balance(
      new Map(sent.types.map((type) => [`${type.vendor}/${type.dataType}`, type.sent])),
      sent.acknowledged,
      found,
    );
    const figures = figuresOf(sent.totals, found);
    // What a former run left is counted by the processes and not by this ledger.
    const differences = held.prometheus && isFresh ? await compareOverview(held.prometheus, figures) : [];
    const missing = differences.filter(({ isLess }) => isLess).map(({ sentence }) => sentence);
    const imbalances = [...failuresOf(sent), ...ledger.imbalances, ...missing];
    say(`\n${renderLedger({ ...ledger, imbalances })}`);
    if (held.prometheus && isFresh && differences.length === 0) say(overviewSentence(figures));
    for (const { sentence, isLess } of differences)
      if (!isLess) say(`${sentence} Something was worked on twice, as after a lost connection.`);
    if (imbalances.length > 0) outcome = 'unbalanced';
  }
  if (options.once) return outcome;

  held.panels = await startPanels({
    ...{ endpoints, stream, ingressUrl, logFolder: plan.logFolder },
    configFolder: join(root, '.sluice/config'),
    ports: { ...ports, ops: ports.ops.workbench },
  });
  held.services.push(held.panels.service);

  say(`
Ingress          ${ingressUrl}    POST /v1/echat/<source>, /v1/sobot/<source>
Workbench        ${held.panels.emulator.url}    Echat's, emulated: choose a visitor, push a card
Health, metrics  ${serviceNames.map((name) => `http://127.0.0.1:${ports.ops[name]}/metrics (${name})`).join('\n                 ')}
${held.prometheus ? `Prometheus       ${held.prometheus.url}/alerts\n` : ''}Kafka            ${endpoints.kafkaBrokers.join(',')}    topics ${stream}.*
Schema registry  ${endpoints.registryUrl}/subjects
ClickHouse       ${endpoints.clickhouseUrl}/?query=SELECT+event_type,count()+FROM+${stream}.conversation_latest+GROUP+BY+1
Elasticsearch    ${endpoints.elasticsearchUrl}/${stream}-message-*/_search?q=text:退款&size=3
Logs             ${logFileOf('ingress', plan).replace(`${root}/`, '')} and beside it

Push something yourself:

  ${sampleCurl(ingressUrl, Date.now())}

Ctrl-C stops everything; the data stays for the next start.`);
  void watchStaff({
    ...{ endpoints, stream, signal: held.watch.signal },
    metricsUrl: `http://127.0.0.1:${ports.ops.ingress}/metrics`,
    onLedger: (ledger) => say(`\nWhat staff did:\n\n${renderLedger(ledger)}`),
    onProblem: (sentence) => say(`\nThe ledger of staff ends: ${sentence}`),
  });

  const died = Promise.race(
    held.services.map(async ({ name, ended }) => {
      const how = await ended;
      throw new Error(`${name} ended (${how}): see ${logFileOf(name, plan)}.`);
    }),
  );
  return Promise.race([interrupted, died]);
}

function summaryOf({ totals, latencyMs, durationMs }: SendLedger): string {
  const perSecond = Math.round(totals.requests / (durationMs / 1000));
  return `Sent ${totals.sent} pushes in ${totals.requests} requests, ${totals.resent} of them resends; ${totals.acknowledged} acknowledged, ${perSecond} requests/s, p99 ${latencyMs.p99.toFixed(1)} ms.`;
}

function overviewSentence({ acknowledged, events, deadLetters }: OverviewFigures): string {
  return `The overview in Prometheus shows the same, where what was sent twice counts twice: ${acknowledged} acknowledged, ${events} events, all of them in both stores, ${deadLetters} dead letters.`;
}

/** Everything here is the vendor's own and well signed: what was not acknowledged is a fault. */
function failuresOf({ failures }: SendLedger): string[] {
  return failures.slice(0, 10).map(({ outcome, vendor, dataType, status, detail }) => {
    return `${vendor} ${dataType}: ${outcome} (${status === undefined ? detail : `${status} ${detail}`}).`;
  });
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
