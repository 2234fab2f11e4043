import { seededRandom } from '@sluice/simulator/random';
import type { BenchReport, LocalBenchRun } from './bench-run.ts';
import { agrees } from './model/agrees.ts';
import { capacityFor, queueOf, type StageLoad } from './model/capacity.ts';
import { readCosts } from './model/costs.ts';
import { needsOf, rates, type Need } from './model/needs.ts';
import { simulateQueue } from './model/simulate-queue.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

const arrivals = 400_000;

interface Check extends StageLoad {
  readonly eventsPerSecond: number;
  readonly formula: ReturnType<typeof queueOf>;
  readonly simulated: ReturnType<typeof queueOf>;
}

const percent = (share: number): string => tenths(share * 100);
const micros = (ms: number): string => whole(ms * 1000);

const checkColumns: readonly Column<Check>[] = [
  { title: 'events/s', align: 'right', cell: ({ eventsPerSecond }) => whole(eventsPerSecond) },
  { title: 'service', align: 'left', cell: ({ name }) => name },
  { title: 'busy %', align: 'right', cell: ({ formula }) => percent(formula.utilization) },
  { title: 'simulated', align: 'right', cell: ({ simulated }) => percent(simulated.utilization) },
  { title: 'wait µs', align: 'right', cell: ({ formula }) => micros(formula.meanWaitMs) },
  { title: 'simulated', align: 'right', cell: ({ simulated }) => micros(simulated.meanWaitMs) },
];

/** What rates of events need by the formula, and whether a simulation with the same costs agrees with its queues. */
export function benchModel({ options }: LocalBenchRun): BenchReport {
  const costs = readCosts(options.costs);
  const capacities = rates.map((rate) => capacityFor(costs, rate));
  const checks = capacities.flatMap(({ eventsPerSecond, stages }) =>
    stages.map((stage) => ({
      ...{ ...stage, eventsPerSecond, formula: queueOf(stage) },
      simulated: simulateQueue(stage, arrivals, seededRandom(`${stage.name}/${eventsPerSecond}`)),
    })),
  );
  const sound = checks.every(({ formula, simulated }) => agrees(formula, simulated));
  const needColumns: readonly Column<Need>[] = [
    { title: 'events/s', align: 'left', cell: ({ title }) => title },
    ...rates.map((rate, at): Column<Need> => ({
      title: whole(rate),
      align: 'right',
      cell: ({ texts }) => texts[at] ?? '',
    })),
  ];
  const text = [
    renderTable(needColumns, needsOf(costs)),
    '',
    renderTable(checkColumns, checks),
    '',
    sound ? 'The simulation agrees with the formula.' : 'THE SIMULATION DISAGREES with the formula.',
  ].join('\n');
  return { text, figures: { costs, capacities, checks }, sound };
}
