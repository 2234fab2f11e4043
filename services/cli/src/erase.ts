import type { Command } from 'commander';
import { canonicalTopics } from '@sluice/schemas/topics';
import { clickHouseEraser } from '@sluice/sink-clickhouse/erase-rows';
import { elasticsearchEraser } from '@sluice/sink-elasticsearch/erase-documents';
import type { Eraser } from '@sluice/sink/erasure';
import { kafkaAt, password } from './access.ts';
import { asking } from './asking.ts';
import { brokers, clickhouse, clickhouseUser, elasticsearch, elasticsearchUser, stream } from './options.ts';
import { withoutRebuild, type SinkName } from './rebuild/alone.ts';

interface EraseOptions {
  readonly brokers: string[];
  readonly stream: string;
  readonly source: string;
  readonly clickhouse?: string;
  readonly clickhouseUser: string;
  readonly elasticsearch?: string;
  readonly elasticsearchUser?: string;
  readonly dryRun: boolean;
}

interface NamedStore {
  readonly name: string;
  readonly sink: SinkName;
  readonly eraser: Eraser;
  readonly ask: <T>(work: () => Promise<T>) => Promise<T>;
}

/** `sluice erase`. */
export function registerEraseCommand(program: Command, print: (line: string) => void): void {
  program
    .command('erase <id...>')
    .description("empty a person's events in the stores, for good: what it was stays, and whose is gone")
    .addOption(brokers())
    .addOption(stream())
    .addOption(clickhouse())
    .addOption(clickhouseUser())
    .addOption(elasticsearch())
    .addOption(elasticsearchUser())
    .requiredOption('--source <id>', 'the source of the events: ids mean nothing beyond it')
    .option('--dry-run', 'say how many events it would be, and change nothing', false)
    .action(async (ids: string[], options: EraseOptions) => erase(ids, options, print));
}

async function erase(
  ids: readonly string[],
  options: EraseOptions,
  print: (line: string) => void,
): Promise<void> {
  if (ids.some((id) => id.trim() === '')) throw new Error('An id is empty: most events have one that is.');
  const stores = storesOf(options);
  if (stores.length === 0)
    throw new Error('Nothing to erase from: give --clickhouse, --elasticsearch, or both.');
  const { stream, source, dryRun } = options;
  try {
    // One store may hold events that the other one lacks.
    const cases = new Set<string>();
    for (const { ask, eraser } of stores)
      for (const id of await ask(() => eraser.casesOf(source, ids))) cases.add(id);
    const all = [...new Set([...ids, ...cases])];
    print(`${ids.length} ids, and ${cases.size} of conversations, visits, calls and tickets with them.`);
    for (const { name, sink, ask, eraser } of stores) {
      const work = async (): Promise<void> => {
        for (const topic of canonicalTopics) {
          const events = await ask(() => eraser[dryRun ? 'count' : 'erase'](topic, source, all));
          if (events > 0)
            print(`${name}, ${topic}: ${events} events ${dryRun ? 'would be erased' : 'erased'}.`);
        }
      };
      // A rebuild would bring back what it copied before.
      await (dryRun ? work() : withoutRebuild(kafkaAt(options.brokers), stream, sink, work));
    }
    print(
      dryRun
        ? 'Nothing was changed.'
        : 'Kafka holds what was sent until its retention ends; what is written from it again stays erased. Run it again when what was under way has arrived.',
    );
  } finally {
    for (const { eraser } of stores) await eraser.close();
  }
}

function storesOf(options: EraseOptions): NamedStore[] {
  const { clickhouse: url, elasticsearch: node, elasticsearchUser: username, stream } = options;
  return [
    ...(url === undefined
      ? []
      : [
          {
            ...{ name: 'ClickHouse', sink: 'sink-clickhouse' as const },
            eraser: clickHouseEraser({
              ...{ url, username: options.clickhouseUser, password: password('CLICKHOUSE') },
              database: stream,
            }),
            ask: <T>(work: () => Promise<T>) => asking('ClickHouse', '--clickhouse', url, work),
          },
        ]),
    ...(node === undefined
      ? []
      : [
          {
            ...{ name: 'Elasticsearch', sink: 'sink-elasticsearch' as const },
            eraser: elasticsearchEraser({
              ...{ url: node, stream },
              ...(username ? { auth: { username, password: password('ELASTICSEARCH') } } : {}),
            }),
            ask: <T>(work: () => Promise<T>) => asking('Elasticsearch', '--elasticsearch', node, work),
          },
        ]),
  ];
}
