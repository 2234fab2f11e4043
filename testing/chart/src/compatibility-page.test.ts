import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './chart-folder.ts';
import { kubernetesVersions } from './tools/catalogue.ts';

const page = readFileSync(join(root, 'docs/reference/compatibility.md'), 'utf8');
const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
  services: Readonly<Record<string, { readonly image?: string }>>;
};

test.each([
  ['kafka', 'apache/kafka', 'Apache Kafka'],
  ['registry', 'apicurio/apicurio-registry-mem', 'Apicurio'],
  ['clickhouse', 'clickhouse/clickhouse-server', 'ClickHouse'],
  ['elasticsearch', 'docker.elastic.co/elasticsearch/elasticsearch', 'Elasticsearch'],
])('the page names the version of %s that is run', (_, image, name) => {
  const images = Object.values(services).map((service) => service.image ?? '');
  const version = images.find((one) => one.startsWith(`${image}:`))?.slice(image.length + 1);
  expect(page).toContain(`| ${name} ${version?.replace('.Final', '')}`);
});

test('the page names the versions of Kubernetes that the chart is checked for', () => {
  const short = kubernetesVersions.map((version) => version.replace(/\.0$/, ''));
  expect(page).toContain(`| ${short.join(', ')} `);
});

test('every test that the page names is there', () => {
  const files = [...page.matchAll(/`([a-z0-9/-]+(?:\.[a-z]+)*\.test\.ts)`/g)].map(([, file = '']) => file);
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
