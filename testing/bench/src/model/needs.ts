import { tenths, whole } from '../table.ts';
import { capacityFor, stageNames, type Capacity } from './capacity.ts';
import type { Costs } from './costs.ts';

/** The rates that the model is calculated for, in events per second. */
export const rates = [10_000, 100_000, 1_000_000] as const;

/** A need, with a text for each rate. */
export interface Need {
  readonly title: string;
  readonly texts: readonly string[];
}

const terabytes = (gigabytes: number): string => whole(gigabytes / 1000);

const rows: readonly (readonly [title: string, of: (capacity: Capacity) => string])[] = [
  ...stageNames.map(
    (name, at) => [`pods of ${name}`, ({ stages }: Capacity) => whole(stages[at]?.pods ?? 0)] as const,
  ),
  ['connections to ingress', ({ connections }) => whole(connections)],
  ['partitions of a topic, in all streams', ({ partitions }) => whole(partitions)],
  ['streams', ({ streams }) => whole(streams)],
  ['brokers', ({ brokers }) => whole(brokers)],
  ['ClickHouse nodes', ({ clickhouseNodes }) => whole(clickhouseNodes)],
  ['linger of sink-clickhouse, s', ({ lingerSeconds }) => tenths(lingerSeconds)],
  ['Elasticsearch nodes', ({ elasticsearchNodes }) => whole(elasticsearchNodes)],
  ['disk of Kafka, TB', ({ kafkaDiskGb }) => terabytes(kafkaDiskGb)],
  ['disk of ClickHouse, TB', ({ clickhouseDiskGb }) => terabytes(clickhouseDiskGb)],
  ['disk of Elasticsearch, TB', ({ elasticsearchDiskGb }) => terabytes(elasticsearchDiskGb)],
  ['cores, with those of servers', ({ cores }) => whole(cores)],
  ['money per month for cores', ({ moneyPerMonth }) => whole(moneyPerMonth.cores)],
  ['money per month for disks', ({ moneyPerMonth }) => whole(moneyPerMonth.disks)],
];

/** What each of the rates needs, as the report and the page show it. */
export function needsOf(costs: Costs): Need[] {
  const capacities = rates.map((rate) => capacityFor(costs, rate));
  return rows.map(([title, of]) => ({ title, texts: capacities.map(of) }));
}
