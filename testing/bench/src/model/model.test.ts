import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@sluice/simulator/random';
import { agrees } from './agrees.ts';
import { capacityFor, queueOf } from './capacity.ts';
import { readCosts, withChanges } from './costs.ts';
import { needsOf } from './needs.ts';
import { simulateQueue } from './simulate-queue.ts';

const costs = readCosts(null);

test.each([
  [0.3, 1],
  [0.6, 3],
  [0.6, 40],
  [0.8, 6],
])('the formula agrees with the simulation at utilization %d with %d pods', (utilization, pods) => {
  const costUs = 250;
  const queue = { costUs, pods, ratePerSecond: (utilization * pods * 1e6) / costUs };
  const formula = queueOf(queue);
  expect(formula.utilization).toBeCloseTo(utilization);
  expect(agrees(formula, simulateQueue(queue, 100_000, seededRandom(`${utilization}/${pods}`)))).toBe(true);
});

test('the stages of the model agree with the simulation', () => {
  for (const stage of capacityFor(costs, 10_000).stages)
    expect(agrees(queueOf(stage), simulateQueue(stage, 100_000, seededRandom(stage.name)))).toBe(true);
});

test('pods that cannot keep up wait without end', () => {
  expect(queueOf({ ratePerSecond: 5000, costUs: 250, pods: 1 })).toEqual({
    utilization: 1.25,
    meanWaitMs: Infinity,
  });
  const [few, many] = [20_000, 40_000].map((arrivals) =>
    simulateQueue({ ratePerSecond: 5000, costUs: 250, pods: 1 }, arrivals, seededRandom('late')),
  );
  expect(many?.meanWaitMs).toBeGreaterThan(1.8 * (few?.meanWaitMs ?? Infinity));
});

test('a simulation with another cost disagrees', () => {
  const queue = { ratePerSecond: 2400, costUs: 250, pods: 1 };
  const other = simulateQueue({ ...queue, costUs: 275 }, 100_000, seededRandom('other'));
  expect(agrees(queueOf(queue), other)).toBe(false);
});

test('what is needed follows from the costs', () => {
  const changed = withChanges(costs, {
    traffic: { eventsPerPush: 2, rawBytes: 4000, eventBytes: 1000 },
    cpuUs: {
      ingressPerPush: 300,
      normalizerPerPush: 600,
      clickhousePerEvent: 60,
      elasticsearchPerEvent: 120,
    },
    limits: {
      utilization: 0.6,
      brokerBytesPerSecond: 1e8,
      membersPerGroup: 50,
      rowsPerSecondPerNode: 1e5,
      diskGbPerNode: 1e6,
    },
    copies: { kafka: 3, clickhouse: 2, elasticsearch: 2 },
    days: { raw: 7, canonical: 14, clickhouse: 365, elasticsearch: 90 },
    bytesOnDisk: { row: 300, document: 2000 },
  });
  const capacity = capacityFor(changed, 100_000);
  expect(capacity.stages.map(({ pods }) => pods)).toEqual([25, 50, 10, 20]);
  expect(capacity).toMatchObject({ partitions: 54, streams: 1, brokers: 9, clickhouseNodes: 2 });
  // (200 MB/s * 7 d + 100 MB/s * 14 d) * 3
  expect(capacity.kafkaDiskGb).toBeCloseTo(725_760);
  expect(capacity.clickhouseDiskGb).toBeCloseTo(1_892_160);
  // Disks that are smaller need more servers.
  const smaller = capacityFor(withChanges(changed, { limits: { diskGbPerNode: 20_000 } }), 100_000);
  expect(smaller).toMatchObject({ brokers: 37, clickhouseNodes: 96, elasticsearchNodes: 156 });
});

test('costs that do not exist are refused', () => {
  expect(() => withChanges(costs, { cpuUs: { ingres: 1 } })).toThrow('The model has no cost cpuUs.ingres.');
  expect(() => withChanges(costs, { cpuUs: { ingressPerPush: 0 } })).toThrow('must be a number above 0');
});

test('the page shows what the model says with its defaults', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/performance.md'), 'utf8');
  const lines = page.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
  for (const { title, texts } of needsOf(costs))
    expect(lines).toContain(`| ${[title, ...texts].join(' | ')} |`);
});
