import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { vendors } from '@sluice/vendors';

jest.setTimeout(60_000);

const boundaries = '@nx/enforce-module-boundaries';
const clients = 'no-restricted-imports';
const doubles = '@typescript-eslint/no-restricted-imports';
const exporting = 'no-restricted-syntax';
const backtracking = 'regexp/no-super-linear-backtracking';
const moving = 'regexp/no-super-linear-move';
const generating = '@typescript-eslint/no-implied-eval';
const evaluating = 'no-eval';

/** A file that is not there, in each kind of package. */
const service = 'services/normalizer/src/virtual.ts';
const lib = 'libs/stream/src/virtual.ts';
const simulator = 'testing/simulator/src/virtual.ts';
const [anyVendor = ''] = Object.keys(vendors);
const vendor = `vendors/${anyVendor}/virtual.ts`;
const simulatedVendor = `vendors/${anyVendor}/simulator/virtual.ts`;
const schemas = 'schemas/src/virtual.ts';
const kafka = 'libs/kafka/src/virtual.ts';
const cli = 'services/cli/src/virtual.ts';

const importing = (from: string) => `import * as it from '${from}';\nconsole.log(it);\n`;

const cases: { name: string; file: string; text: string; rule: string | null }[] = [
  { name: 'a service that imports another service', file: service, text: importing('@sluice/ingress/settings'), rule: boundaries }, // prettier-ignore
  { name: "a service that imports another service's file", file: service, text: importing('../../ingress/src/receive.ts'), rule: boundaries }, // prettier-ignore
  { name: 'a service that imports the simulator', file: service, text: importing('@sluice/simulator/command'), rule: boundaries }, // prettier-ignore
  { name: 'a service that imports a tool', file: service, text: importing('@sluice/dev-servers/endpoints'), rule: boundaries }, // prettier-ignore
  {
    name: 'a service that imports a lib',
    file: service,
    text: importing('@sluice/stream/consume-stream'),
    rule: null,
  },
  { name: 'a lib that imports a service', file: lib, text: importing('@sluice/sink-clickhouse/migrate'), rule: boundaries }, // prettier-ignore
  {
    name: 'a lib that imports a tool',
    file: lib,
    text: importing('@sluice/dev-servers/endpoints'),
    rule: boundaries,
  },
  { name: "a lib that imports another lib's file", file: lib, text: importing('../../kafka/src/partition-queue.ts'), rule: boundaries }, // prettier-ignore
  { name: 'a lib that imports a lib', file: lib, text: importing('@sluice/kafka/consumer'), rule: null },
  {
    name: 'schemas that import a lib',
    file: schemas,
    text: importing('@sluice/kafka/client'),
    rule: boundaries,
  },
  { name: 'the simulator importing the schemas', file: simulator, text: importing('@sluice/schemas/topics'), rule: boundaries }, // prettier-ignore
  { name: 'the simulator importing a lib', file: simulator, text: importing('@sluice/raw-event/raw-headers'), rule: boundaries }, // prettier-ignore
  { name: 'the simulator importing a service', file: simulator, text: importing('@sluice/ingress/settings'), rule: boundaries }, // prettier-ignore
  { name: 'a half of a vendor that imports its simulated side', file: vendor, text: importing('./simulator/encrypt.ts'), rule: doubles }, // prettier-ignore
  { name: 'a half of a vendor that imports the simulator', file: vendor, text: importing('@sluice/simulator/random'), rule: doubles }, // prettier-ignore
  { name: 'a service that imports the simulated vendors', file: service, text: importing('@sluice/vendors/simulators'), rule: doubles }, // prettier-ignore
  { name: 'the command line that imports the simulated vendors', file: cli, text: importing('@sluice/vendors/simulators'), rule: null }, // prettier-ignore
  { name: 'the simulated side of a vendor that imports its receiving half', file: simulatedVendor, text: importing('../receiving/decrypt.ts'), rule: doubles }, // prettier-ignore
  { name: 'the simulated side of a vendor that imports a lib', file: simulatedVendor, text: importing('@sluice/vendor-kit/vendor'), rule: doubles }, // prettier-ignore
  { name: 'the simulated side of a vendor that imports the simulator', file: simulatedVendor, text: importing('@sluice/simulator/random'), rule: null }, // prettier-ignore
  { name: 'kafkajs in a service', file: service, text: importing('kafkajs'), rule: clients },
  { name: 'kafkajs in another lib', file: lib, text: importing('kafkajs'), rule: clients },
  { name: 'the other Kafka client in a service', file: service, text: importing('@platformatic/kafka'), rule: clients }, // prettier-ignore
  { name: 'kafkajs in libs/kafka', file: kafka, text: importing('kafkajs'), rule: null },
  {
    name: "ClickHouse's client in libs/kafka",
    file: kafka,
    text: importing('@clickhouse/client'),
    rule: clients,
  },
  { name: "Elasticsearch's client in the command line", file: cli, text: importing('@elastic/elasticsearch'), rule: clients }, // prettier-ignore
  { name: 'a service that imports a double', file: service, text: importing('@sluice/kafka/testing/fake-publisher'), rule: doubles }, // prettier-ignore
  { name: 'a lib that imports a double of its own', file: kafka, text: importing('../testing/fake-publisher.ts'), rule: doubles }, // prettier-ignore
  { name: 'export *', file: lib, text: "export * from './backoff.ts';\n", rule: exporting },
  { name: 'export * as', file: lib, text: "export * as backoff from './backoff.ts';\n", rule: exporting },
  { name: 'an expression that backtracks', file: lib, text: 'export const x = /^[a-z\\s]+=?\\s*$/;\n', rule: backtracking }, // prettier-ignore
  { name: 'an expression that is tried anew at each place', file: lib, text: 'export const x = /\\s+$/;\n', rule: moving }, // prettier-ignore
  { name: 'a linear expression', file: lib, text: 'export const x = /^[a-z]+$/;\n', rule: null },
  { name: 'code that is made of text', file: lib, text: "export const x: unknown = new Function('return 1');\n", rule: generating }, // prettier-ignore
  { name: 'text that is run', file: lib, text: "export const x: unknown = eval('1');\n", rule: evaluating }, // prettier-ignore
  { name: 'a named export', file: lib, text: "export { backoffMs } from './backoff.ts';\n", rule: null },
  { name: 'the command line that imports a service', file: cli, text: importing('@sluice/sink-clickhouse/migrate'), rule: null }, // prettier-ignore
];

let broken: string[][];
beforeAll(() => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../testing/lint-texts.ts')],
    { input: JSON.stringify(cases), encoding: 'utf8', env: { ...process.env, NX_DAEMON: 'false' } },
  );
  if (status !== 0) throw new Error(`The texts could not be linted:\n${stderr}`);
  broken = JSON.parse(stdout) as string[][];
});

test.each(cases.map((one, index) => ({ ...one, index })))('$name: $rule', ({ rule, index }) => {
  const ours = broken[index]!.filter((found) =>
    [boundaries, clients, doubles, exporting, backtracking, moving, generating, evaluating].includes(found),
  );
  expect([...new Set(ours)]).toEqual(rule === null ? [] : [rule]);
});

test('nothing else was in the way: each text was parsed', () => {
  const others = broken.flat().filter((found) => !found.includes('/') && !found.startsWith('no-'));
  expect(others).toEqual([]);
});
