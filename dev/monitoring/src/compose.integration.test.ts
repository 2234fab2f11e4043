import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parse } from 'yaml';
import { findPrometheus } from './find-prometheus.ts';
import { root } from './places.ts';

// What docker-compose.yml gives its Prometheus and its Grafana: files of this repository that name each other's places.

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly image: string; readonly command?: readonly string[]; readonly volumes?: readonly string[] }
    >
  >;
}

interface Scraping {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly static_configs: readonly { targets: string[]; labels: Record<string, string> }[];
    readonly dns_sd_configs: readonly { names: string[]; port: number }[];
  }[];
}

const read = (file: string): unknown => parse(readFileSync(join(root, file), 'utf8'), { merge: true });
const { services } = read('docker-compose.yml') as Compose;
const scraping = read('monitoring/prometheus.yml') as Scraping;
const opsPort = 9090;

const found = findPrometheus(process.env);
// Where no promtool can be had the test shows as skipped, with the reason in its name.
const withPromtool = found.outcome === 'there' ? test : test.skip;
const why = found.outcome === 'there' ? '' : ` (${found.reason})`;

/** Where a container has a file or folder of this repository. */
function mountedAt(service: string, path: string): string {
  const mount = (services[service]?.volumes ?? []).find((volume) => volume.startsWith(`./${path}:`));
  if (mount === undefined) throw new Error(`${service} has no ${path}.`);
  return mount.split(':')[1] ?? '';
}

withPromtool(`promtool takes the configuration of the compose file's Prometheus${why}`, () => {
  if (found.outcome === 'absent') throw new Error(found.reason);
  const { status, stderr } = spawnSync(
    found.promtool,
    ['check', 'config', '--syntax-only', join(root, 'monitoring/prometheus.yml')],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('it scrapes each service that runs, by its name, and nothing else', () => {
  const running = Object.entries(services)
    .filter(([, { image, command }]) => image.startsWith('sluice:') && command?.[0] !== 'sluice')
    .map(([name]) => `${name}:${opsPort}`);
  const [{ static_configs: fixed, dns_sd_configs: named } = { static_configs: [], dns_sd_configs: [] }] =
    scraping.scrape_configs;
  const scraped = [
    ...fixed.flatMap(({ targets }) => targets),
    ...named.flatMap(({ names, port }) => names.map((name) => `${name}:${port}`)),
  ];
  expect(scraped.sort()).toEqual(running.sort());
  for (const { targets, labels } of fixed) expect(targets).toEqual([`${labels.component}:${opsPort}`]);
});

test('its files are where its configuration looks for them', () => {
  expect(services.prometheus?.command).toContain(
    `--config.file=${mountedAt('prometheus', 'monitoring/prometheus.yml')}`,
  );
  expect(scraping.rule_files).toEqual([`${mountedAt('prometheus', 'helm/sluice/files/alerts')}/*.yaml`]);
});

test('Grafana is given the dashboards, and the Prometheus that they ask', () => {
  const provisioning = 'monitoring/grafana/provisioning';
  expect(mountedAt('grafana', provisioning)).toBe('/etc/grafana/provisioning');
  const dashboards = read(posix.join(provisioning, 'dashboards/sluice.yaml')) as {
    providers: { options: { path: string } }[];
  };
  expect(dashboards.providers.map(({ options }) => options.path)).toEqual([
    mountedAt('grafana', 'helm/sluice/files/dashboards'),
  ]);
  const { datasources } = read(posix.join(provisioning, 'datasources/prometheus.yaml')) as {
    datasources: { url: string }[];
  };
  expect(datasources.map(({ url }) => new URL(url).hostname)).toEqual(['prometheus']);
});

test('every file and folder that a container is given is there', () => {
  const given = Object.values(services)
    .flatMap(({ volumes = [] }) => volumes)
    .filter((volume) => volume.startsWith('./'))
    .map((volume) => volume.split(':')[0] ?? '');
  expect(given.length).toBeGreaterThan(5);
  expect(given.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
