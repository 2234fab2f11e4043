import { parseArgs } from 'node:util';
import { kafkaClients, type KafkaClient } from '@sluice/kafka/client';

const benchNames = [
  'ingress',
  'fairness',
  'latency',
  'model',
  'normalizer',
  'pipeline',
  'scale',
  'views',
] as const;
export type BenchName = (typeof benchNames)[number];

export interface BenchOptions {
  readonly bench: BenchName;
  /** How long each load of `ingress`, `fairness` and `latency` is measured; how long `scale` looks at the idle system, and how long it loads it. */
  readonly seconds: number;
  /**
   * How often `ingress` measures each load, and `pipeline` each worker, as `scale`; the middle one counts. How often `latency` measures
   * each rate; all pushes count.
   */
  readonly rounds: number;
  /** Raw records that `pipeline` and `scale` work through and `normalizer` draws its samples from; conversations of `views`. */
  readonly records: number;
  /** `pipeline` takes only raw records of this data type; null: all, as they come. */
  readonly type: string | null;
  /** The library with which the services of `latency` and `scale` talk to Kafka; null: their default. */
  readonly client: KafkaClient | null;
  /** A JSON file with costs for `model` that differ from the defaults; null: the defaults. */
  readonly costs: string | null;
  /** Print the figures as JSON, instead of the tables. */
  readonly json: boolean;
}

export const usage = `npm run bench -- ingress | fairness | latency | model | normalizer | pipeline | scale | views [options]

  ingress         what one core receives: 4 KB pushes, signed and encrypted, acks=all; next to a reference program
  fairness        what a source waits while another one sends as fast as it can
  latency         how long a push takes to its answer, its raw record, its rows and its documents, at given rates
  model           what 10 k, 100 k and 1 M events a second need, by formula and by simulation; it needs no servers
  normalizer      what parsing, mapping and encoding cost for each data type, without Kafka
  pipeline        what one core normalizes, and writes to ClickHouse and to Elasticsearch; next to reference programs
  scale           what one and two processes of a worker get through; what CPU and memory all services use, idle and loaded
  views           what the queries of docs/guides/querying.md cost, with a year of conversations in ClickHouse

  --seconds <n>   ingress, fairness, latency: how long each load is measured (8); latency: at most 60
                  scale: how long it is idle, and how long it is under load (60)
  --rounds <n>    ingress, pipeline, scale: how often each load and each worker is measured, in turn with its reference;
                  the middle one counts (3)
                  latency: how often each rate is measured; all pushes count
  --records <n>   pipeline, scale, normalizer: how many raw records are worked through (30000)
                  views: how many conversations the year has
  --type <name>   pipeline: only raw records of this data type
  --client <name> latency, scale: the library that talks to Kafka, ${kafkaClients.join(' or ')}
  --costs <file>  model: costs that differ from src/model/costs.json, in the same form
  --json          print the figures as JSON
`;

/** @throws an error for what is wrong */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      records: { type: 'string', default: '30000' },
      type: { type: 'string' },
      client: { type: 'string' },
      costs: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const bench = benchNames.find((name) => positionals.length === 1 && positionals[0] === name);
  if (bench === undefined) throw new Error(`Name one bench: ${benchNames.join(', ')}.`);
  return {
    bench,
    // Each push of `latency` is another one, and they are all in memory.
    seconds: wholeNumber(
      '--seconds',
      values.seconds ?? (bench === 'scale' ? '60' : '8'),
      bench === 'latency' ? 60 : 600,
    ),
    rounds: wholeNumber('--rounds', values.rounds, 99),
    records: wholeNumber('--records', values.records, 10_000_000),
    type: values.type ?? null,
    client: clientOf(values.client),
    costs: values.costs ?? null,
    json: values.json,
  };
}

function clientOf(name: string | undefined): KafkaClient | null {
  const client = kafkaClients.find((one) => one === name);
  if (name === undefined || client !== undefined) return client ?? null;
  throw new Error(`--client must be ${kafkaClients.join(' or ')}, not "${name}".`);
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new Error(`${name} must be a whole number from 1 to ${most}, not "${text}".`);
}
