import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the model calculates with. `costs.json` has the defaults, `docs/reference/performance.md` their meaning. */
export interface Costs {
  readonly traffic: Numbers<'eventsPerPush' | 'rawBytes' | 'eventBytes'>;
  readonly cpuUs: Numbers<
    'ingressPerPush' | 'normalizerPerPush' | 'clickhousePerEvent' | 'elasticsearchPerEvent'
  >;
  readonly limits: Numbers<
    | 'utilization'
    | 'membersPerGroup'
    | 'partitionsPerBroker'
    | 'brokerBytesPerSecond'
    | 'rowsPerSecondPerNode'
    | 'insertsPerSecondPerShard'
    | 'documentsPerSecondPerNode'
    | 'diskGbPerNode'
    | 'connectionsPerPod'
    | 'answerSeconds'
  >;
  readonly topics: Numbers<'all' | 'stored'>;
  readonly copies: Numbers<'kafka' | 'clickhouse' | 'elasticsearch'>;
  readonly days: Numbers<'raw' | 'canonical' | 'clickhouse' | 'elasticsearch'>;
  readonly bytesOnDisk: Numbers<'row' | 'document'>;
  readonly serverCores: Numbers<'broker' | 'clickhouse' | 'elasticsearch'>;
  readonly pricesPerMonth: Numbers<'core' | 'diskGb'>;
}

type Numbers<Name extends string> = Readonly<Record<Name, number>>;
type Groups = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** @param file what differs from the defaults, in the same form; null: nothing */
export function readCosts(file: string | null): Costs {
  const read = (path: string): Groups => JSON.parse(readFileSync(path, 'utf8')) as Groups;
  const defaults = read(join(import.meta.dirname, 'costs.json')) as unknown as Costs;
  return file === null ? defaults : withChanges(defaults, read(file));
}

/** @throws an error for a name that the costs do not have, and for what is not a number above 0 */
export function withChanges(costs: Costs, changes: Groups): Costs {
  const groups = costs as unknown as Groups;
  const changed: Record<string, object> = { ...groups };
  for (const [group, values] of Object.entries(changes)) {
    for (const [name, value] of Object.entries(values)) {
      if (groups[group]?.[name] === undefined) throw new Error(`The model has no cost ${group}.${name}.`);
      if (typeof value !== 'number' || !(value > 0))
        throw new Error(`${group}.${name} must be a number above 0.`);
    }
    changed[group] = { ...groups[group], ...values };
  }
  return changed as unknown as Costs;
}
