import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remembered } from './remembered.ts';

const root = mkdtempSync(join(tmpdir(), 'sluice-remembered-'));
const below = join(root, 'a/b');
const run = {
  pid: process.pid,
  stream: 'sluice',
  ...{ kafkaBrokers: ['one:1', 'two:2'], registryUrl: 'http://registry', ingressUrl: 'http://ingress' },
  ingressOpsUrl: 'http://ops',
  stores: { clickhouse: 'http://clickhouse', elasticsearch: 'http://elasticsearch' },
  sourcesFile: '/s.yaml',
};
const file = (stream: string) => join(root, '.sluice/run', `${stream}.json`);
beforeAll(() => {
  mkdirSync(below, { recursive: true });
  mkdirSync(join(root, '.sluice/run'), { recursive: true });
  writeFileSync(file('sluice'), JSON.stringify(run));
  writeFileSync(file('gone'), JSON.stringify({ ...run, pid: 2 ** 22 - 1 }));
  writeFileSync(file('broken'), '{');
});
afterAll(() => rmSync(root, { recursive: true }));

test('a command that names no server finds those of a running npm start, also from a folder below', () => {
  const found = {
    SLUICE_KAFKA_BROKERS: 'one:1,two:2',
    SLUICE_REGISTRY_URL: 'http://registry',
    SLUICE_CLICKHOUSE_URL: 'http://clickhouse',
    SLUICE_ELASTICSEARCH_URL: 'http://elasticsearch',
    SLUICE_INGRESS_URL: 'http://ingress',
    SLUICE_INGRESS_OPS_URLS: 'http://ops',
    SLUICE_SOURCES_FILE: '/s.yaml',
  };
  expect(remembered(['dlq', 'list'], {}, root)).toEqual(found);
  expect(remembered(['dlq', 'list'], {}, below)).toEqual(found);
});

test.each([['--brokers'], ['--brokers=kafka:9092'], ['--clickhouse'], ['--url'], ['--schema-registry']])(
  'with one server named by %s, it names all',
  (option) => {
    expect(remembered(['rebuild', option, 'x'], {}, root)).toEqual({});
  },
);

test('with one server named by the environment, it names all', () => {
  expect(remembered(['rebuild'], { SLUICE_ELASTICSEARCH_URL: 'http://prod' }, root)).toEqual({});
});

test.each(['gone', 'broken', 'absent'])('nothing is remembered of a start that is %s', (stream) => {
  expect(remembered(['dlq'], { SLUICE_DEV_STREAM: stream }, root)).toEqual({});
});
