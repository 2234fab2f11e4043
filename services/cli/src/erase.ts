import type { Command } from 'commander';
import { canonicalTopics } from '@sluice/schemas/topics';
import type { Eraser } from '@sluice/sink/erasure';
import { kafkaAt } from './access.ts';
import { withServerContext } from './with-server-context.ts';
import { UsageError } from './exit-codes.ts';
import {
  brokers,
  clickhouse,
  clickhouseUser,
  elasticsearch,
  elasticsearchUser,
  json,
  needed,
  stream,
} from './options.ts';
import type { SinkName } from './rebuild/alone.ts';
import { sayer, type Print, type Say } from './say.ts';
import { clickHouseAt, elasticsearchAt, type StoreOptions } from './stores.ts';

interface EraseOptions extends StoreOptions {
  readonly brokers: string[];
  readonly source: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

interface NamedStore {
  readonly name: string;
  readonly sink: SinkName;
  readonly eraser: Eraser;
  readonly ask: <T>(work: () => Promise<T>) => Promise<T>;
}

/** `sluice erase`. */
export function defineErase(command: Command, print: Print): void {
  command
    .argument('<id...>', "a visitor's id, account, telephone number, mail address: as the vendor has it")
    .addOption(needed(brokers()))
    .addOption(stream())
    .addOption(clickhouse())
    .addOption(clickhouseUser())
    .addOption(elasticsearch())
    .addOption(elasticsearchUser())
    .requiredOption('--source <id>', 'the source of the events: ids mean nothing beyond it')
    .option('--dry-run', 'say how many events it would be, and change nothing', false)
    .addOption(json())
    .addHelpText(
      'after',
      `
Example:
  sluice erase 13800138000 --source shop-echat --dry-run`,
    )
    .hook('preAction', (_command, { args }) => {
      if (args.some((id) => id.trim() === ''))
        throw new UsageError('An id is empty: most events have one that is.');
      const { clickhouse, elasticsearch } = command.opts<EraseOptions>();
      if (clickhouse === undefined && elasticsearch === undefined)
        throw new UsageError('Nothing to erase from: give --clickhouse, --elasticsearch, or both.');
    })
    .action(async (ids: string[], options: EraseOptions) => erase(ids, options, sayer(print, options.json)));
}

async function erase(ids: readonly string[], options: EraseOptions, say: Say): Promise<void> {
  const { withoutRebuild } = await import('./rebuild/alone.ts');
  const stores = await storesOf(options);
  const { stream, source, dryRun } = options;
  try {
    // One store may hold events that the other one lacks.
    const cases = new Set<string>();
    for (const { ask, eraser } of stores)
      for (const id of await ask(() => eraser.casesOf(source, ids))) cases.add(id);
    const all = [...new Set([...ids, ...cases])];
    say(
      `${ids.length} ${ids.length === 1 ? 'id' : 'ids'}, and ${cases.size} of conversations, visits, calls and tickets with them.`,
      { of: 'ids', ids: ids.length, cases: cases.size },
    );
    for (const { name, sink, ask, eraser } of stores) {
      const work = async (): Promise<void> => {
        for (const topic of canonicalTopics) {
          const events = await ask(() => eraser[dryRun ? 'count' : 'erase'](topic, source, all));
          if (events === 0) continue;
          say(`${name}, ${topic}: ${events} events ${dryRun ? 'would be erased' : 'erased'}.`, {
            of: 'erased',
            ...{ store: name, topic, events, dryRun },
          });
        }
      };
      // A rebuild would bring back what it copied before.
      await (dryRun ? work() : withoutRebuild(kafkaAt(options.brokers), stream, sink, work));
    }
    say(
      dryRun
        ? 'Nothing was changed.'
        : 'Kafka holds what was sent until its retention ends; what is written from it again stays erased. Run it again when what was under way has arrived.',
      { of: 'end', dryRun },
    );
  } finally {
    for (const { eraser } of stores) await eraser.close();
  }
}

async function storesOf(options: EraseOptions): Promise<NamedStore[]> {
  const { clickhouse, elasticsearch } = options;
  const stores: NamedStore[] = [];
  if (clickhouse !== undefined) {
    const { clickHouseEraser } = await import('@sluice/sink-clickhouse/erase-rows');
    stores.push({
      ...{ name: 'ClickHouse', sink: 'sink-clickhouse' },
      eraser: clickHouseEraser(clickHouseAt(clickhouse, options)),
      ask: (work) => withServerContext('ClickHouse', '--clickhouse', clickhouse, work),
    });
  }
  if (elasticsearch !== undefined) {
    const { elasticsearchEraser } = await import('@sluice/sink-elasticsearch/erase-documents');
    stores.push({
      ...{ name: 'Elasticsearch', sink: 'sink-elasticsearch' },
      eraser: elasticsearchEraser(elasticsearchAt(elasticsearch, options)),
      ask: (work) => withServerContext('Elasticsearch', '--elasticsearch', elasticsearch, work),
    });
  }
  return stores;
}
