import { developmentSources, developmentVendors } from '@sluice/start/development-sources';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards, type Panel } from '@sluice/monitoring/dashboards';
import { findPrometheus } from '@sluice/monitoring/find-prometheus';
import { asChosen, asPromQl } from '@sluice/monitoring/render-dashboard';
import { startPrometheus, type RunningPrometheus } from '@sluice/monitoring/start-prometheus';
import { simulate } from '@sluice/simulator/simulate';
import { loadSimulators } from '@sluice/vendors/simulators';
import { mark } from '@sluice/start/collect';
import { compareOverview, figuresOf, type OverviewFigures } from '@sluice/start/overview';
import { startPanels } from '@sluice/start/panels';
import { freePort, freePorts } from '@sluice/dev-servers/free-port';
import { serviceNames } from '@sluice/start/services';
import { ledgerOf } from './ledger-of.ts';
import { root, startSystem, type System } from './system.ts';

const found = findPrometheus(process.env);
// Where no Prometheus can be had the tests show as skipped, with the reason in their names.
const withPrometheus = found.outcome === 'there' ? test : test.skip;
const why = found.outcome === 'there' ? '' : ` (${found.reason})`;

let system: System;
let opsPorts: Readonly<Record<string, number>>;
const closers: (() => Promise<void>)[] = [];
let prometheus: RunningPrometheus;
/** What the overview must show. */
let figures: OverviewFigures;

beforeAll(async () => {
  if (found.outcome === 'absent') return;
  system = await startSystem(undefined, (name, stream) =>
    // Stands for the group of another team.
    name === 'normalizer' ? { SLUICE_SUBSCRIBER_GROUPS: `${stream}.sink-clickhouse` } : {},
  );
  closers.push(() => system.close());
  const [agentPanel = 0, emulator = 0, ops = 0] = await freePorts(3);
  const { endpoints, stream, ingressUrl, plan } = system;
  const panels = await startPanels({
    ...{ endpoints, stream, ingressUrl, logFolder: plan.logFolder, configFolder: plan.logFolder },
    ports: { agentPanel, emulator, ops },
  });
  closers.push(() => panels.close());
  opsPorts = { ...plan.opsPorts, 'agent-panel': ops };
  prometheus = await startPrometheus({
    prometheus: found.prometheus,
    port: await freePort(),
    targets: Object.fromEntries(Object.entries(opsPorts).map(([name, port]) => [name, `127.0.0.1:${port}`])),
    folder: join(system.plan.logFolder, 'prometheus'),
  });
  closers.push(() => prometheus.close());
  // A counter is seen to grow once it was seen before.
  await until('sum(up) == 5');
  expect((await fetch(panels.panelUrl)).status).toBe(200);
  const token = readFileSync(join(root, 'config/dev-secrets/staff-page-token'), 'utf8').trim();
  const signed = await fetch(
    `${ingressUrl}/v1/${developmentVendors.first}/${developmentSources.encrypted}/js-sdk/config`,
    {
      headers: { authorization: `Bearer ${token}` },
    },
  );
  expect(signed.status).toBe(200);
  const since = await mark(system.endpoints, system.stream);
  const traffic = { baseUrl: system.ingressUrl, sourcesFile: system.sourcesFile, seed: 'monitoring' };
  const sent = await simulate({
    simulators: await loadSimulators(),
    ...traffic,
    ...{ pushes: 600, ratePerSecond: 150, includeSamples: true },
  });
  const { ledger, found: downstream } = await ledgerOf(system, sent, since);
  expect(ledger.imbalances).toEqual([]);
  figures = figuresOf(sent.totals, downstream);
  const once = ledger.rows.reduce((sum, { events }) => sum + events, 0);
  expect(once).toBeGreaterThan(600);
  // Something was sent twice, and made twice: the overview counts it as often.
  expect(figures.events).toBeGreaterThan(once);
  expect(figures.acknowledged).toBe(sent.totals.acknowledged + sent.totals.resent);
}, 240_000);

afterAll(async () => {
  for (const close of closers.reverse()) await close();
}, 60_000);

/** Asks until the answer is the one waited for, for 30 s at most; resolves to the last answer. */
async function waitFor<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (isIt(answer) || performance.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function until(expression: string): Promise<void> {
  const series = await waitFor(
    () => prometheus.query(expression),
    ({ length }) => length > 0,
  );
  if (series.length === 0) throw new Error(`Never within 30 s: ${expression}`);
}

withPrometheus.each([...serviceNames, 'agent-panel'])(
  `promtool finds nothing wrong with the metrics of %s${why}`,
  async (name) => {
    if (found.outcome === 'absent') throw new Error(found.reason);
    const input = await (await fetch(`http://127.0.0.1:${opsPorts[name]}/metrics`)).text();
    const { status, stderr, stdout } = spawnSync(found.promtool, ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    // Names of prom-client's own are not ours to choose.
    const complaints = (stdout + stderr).split('\n').filter((line) => line.startsWith('sluice_'));
    expect([complaints, input.includes('sluice_build_info{'), status === 0 || status === 3]).toEqual([
      [],
      true,
      true,
    ]);
  },
);

withPrometheus(`the figures of the overview are those of the ledger${why}`, async () => {
  expect(await compareOverview(prometheus, figures)).toEqual([]);
});

withPrometheus.each(dashboards)(
  `no panel of $uid stays empty${why}`,
  async ({ rows }) => {
    const panels = rows.flatMap((row) => row.panels);
    // A rate shows once its series was scraped twice.
    const empty = await waitFor(
      () => emptyOf(panels),
      (titles) => titles.length === 0,
    );
    expect(empty).toEqual([]);
  },
  40_000,
);

/** The titles of panels that have nothing to show, one for each query without a figure. */
async function emptyOf(panels: readonly Panel[]): Promise<string[]> {
  const empty: string[] = [];
  for (const { title, queries } of panels)
    for (const [expression] of queries) {
      const series = await prometheus.query(asPromQl(asChosen(expression), system.stream));
      if (series.every(({ value }) => Number.isNaN(value))) empty.push(title);
    }
  return empty;
}

withPrometheus(`another stream shows nothing but what serves all streams${why}`, async () => {
  const series = await prometheus.query(asPromQl(asChosen('sluice_build_info'), 'other'));
  expect(series.map(({ labels: { component } }) => component).sort()).toEqual(['agent-panel', 'ingress']);
});

withPrometheus(
  `no alert fires but that of the ciphertexts that nobody has the key of${why}`,
  async () => {
    await until('ALERTS{alertstate="firing",alertname="SluiceDeadLetters"}');
    const firing = await prometheus.query('ALERTS{alertstate="firing"}');
    expect(firing.map(({ labels: { alertname, reason } }) => [alertname, reason])).toEqual([
      ['SluiceDeadLetters', 'UNDECRYPTABLE'],
    ]);
  },
  40_000,
);
