import type { Command, Option } from 'commander';
import { avroTopics, findNewerSchemas, findSchemaIds } from '@sluice/canonical-event/registry';
import type { Stage } from '@sluice/schemas/schemas';
import { canonicalTopics, type CanonicalTopic } from '@sluice/schemas/topics';
import type { NewerSchemas } from '@sluice/sink/decode-events';
import type { RebuildTarget } from '@sluice/sink/rebuild-target';
import { clickHouseRebuildTarget } from '@sluice/sink-clickhouse/rebuild-tables';
import { elasticsearchRebuildTarget } from '@sluice/sink-elasticsearch/rebuild-indices';
import { readSources } from '@sluice/sources/read-sources';
import { checkTopics } from '@sluice/stream/check-topics';
import { kafkaAt, password, registryAt } from '../access.ts';
import { asking } from '../asking.ts';
import { readKillers } from '../killers.ts';
import {
  brokers,
  clickhouse,
  clickhouseUser,
  elasticsearch,
  elasticsearchUser,
  newerSchemas,
  percent,
  registry as registryOption,
  stream,
} from '../options.ts';
import { untilSignal } from '../until-signal.ts';
import { rebuildAlone, type SinkName } from './alone.ts';
import { canonicalFeed } from './canonical-feed.ts';
import type { SayRebuild } from './facts.ts';
import type { FeedPlace } from './feed.ts';
import { namingServer, type NameServer } from './naming-server.ts';
import { rawFeed } from './raw-feed.ts';
import { Interrupted, rebuild, tellRebuild } from './rebuild.ts';

interface RebuildOptions {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly stream: string;
  readonly fromRaw: boolean;
  readonly sources?: string;
  readonly dryRun: boolean;
  readonly maxGone: number;
  readonly bringBack: boolean;
  readonly json: boolean;
  readonly newerSchemas: NewerSchemas;
}

/** One of the two stores, as the command line names it. */
interface StoreKind<O> {
  readonly server: string;
  readonly option: string;
  readonly sink: SinkName;
  readonly stage: Stage;
  place(options: O): string;
  open(options: O): RebuildTarget;
}

type ClickHouseOptions = RebuildOptions & { readonly clickhouse: string; readonly clickhouseUser: string };
type ElasticsearchOptions = RebuildOptions & {
  readonly elasticsearch: string;
  readonly elasticsearchUser?: string;
};

/** `sluice rebuild clickhouse | elasticsearch`. */
export function registerRebuildCommand(program: Command, print: (line: string) => void): void {
  const command = program
    .command('rebuild')
    .description('fill a store anew beside what serves, from the topics or the raw topics, and swap it in');
  addStore<ClickHouseOptions>(
    command,
    'clickhouse',
    [clickhouse().makeOptionMandatory(), clickhouseUser()],
    print,
    {
      server: 'ClickHouse',
      option: '--clickhouse',
      sink: 'sink-clickhouse',
      stage: 'SINK_CLICKHOUSE',
      place: (options) => options.clickhouse,
      open: (options) =>
        clickHouseRebuildTarget({
          url: options.clickhouse,
          username: options.clickhouseUser,
          password: password('CLICKHOUSE'),
          database: options.stream,
        }),
    },
  );
  const forElasticsearch = [elasticsearch().makeOptionMandatory(), elasticsearchUser()];
  addStore<ElasticsearchOptions>(command, 'elasticsearch', forElasticsearch, print, {
    server: 'Elasticsearch',
    option: '--elasticsearch',
    sink: 'sink-elasticsearch',
    stage: 'SINK_ELASTICSEARCH',
    place: (options) => options.elasticsearch,
    open: ({ elasticsearch: url, elasticsearchUser: username, stream }) =>
      elasticsearchRebuildTarget({
        url,
        stream,
        ...(username ? { auth: { username, password: password('ELASTICSEARCH') } } : {}),
      }),
  });
}

function addStore<O extends RebuildOptions>(
  parent: Command,
  name: string,
  own: readonly Option[],
  print: (line: string) => void,
  kind: StoreKind<O>,
): void {
  const command = parent
    .command(`${name} [topic]`)
    .description(`of all topics, or of one: ${canonicalTopics[0]}`)
    .addOption(brokers())
    .addOption(registryOption())
    .addOption(stream());
  own
    .reduce((built, option) => built.addOption(option), command)
    .option('--from-raw', 'map the raw records again, in place of reading the canonical topics', false)
    .option('--sources <file>', 'with --from-raw: the sources file, as the normalizer has it')
    .option('--bring-back', 'also when what a rebuild with --from-raw got rid of comes back', false)
    .addOption(newerSchemas())
    .option('--dry-run', 'say what would be done, and change nothing', false)
    .option('--json', 'print an object a line, in place of sentences', false)
    .option('--max-gone <percent>', 'swap nothing if readers would see as much less of a topic', percent, 10)
    .action(async (topic: string | undefined, options: O) => {
      await runRebuild(topicsOf(topic), options, kind, print);
    });
}

async function runRebuild<O extends RebuildOptions>(
  topics: readonly CanonicalTopic[],
  options: O,
  kind: StoreKind<O>,
  print: (line: string) => void,
): Promise<void> {
  const { stream, fromRaw, schemaRegistry } = options;
  if (fromRaw !== (options.sources !== undefined))
    throw new Error(
      '--from-raw and --sources go together: raw records are mapped by what the sources file says.',
    );
  const connection = kafkaAt(options.brokers);
  const registry = registryAt(schemaRegistry);
  const sources = options.sources === undefined ? [] : readSources(options.sources, 'unread');
  const say: SayRebuild = (line, fact) => print(options.json ? JSON.stringify(fact) : line);
  const ask: NameServer = (work) => asking(kind.server, kind.option, kind.place(options), work);
  const target = namingServer(kind.open(options), ask);
  try {
    const missing = await ask(() => target.live.missing());
    const raw = fromRaw ? (['raw.echat', 'raw.sobot'] as const) : [];
    const { problems } = await asking('Kafka', '--brokers', options.brokers.join(','), () =>
      checkTopics(connection, stream, [...raw, ...topics, 'dead-letter']),
    );
    if (missing.length + problems.length > 0) throw new Error([...missing, ...problems].join('\n'));
    const schemaIds = await findSchemaIds(registry, stream, avroTopics);
    const newer = await findNewerSchemas(registry, stream, topics);
    if (newer.length > 0 && options.newerSchemas === 'hold')
      throw new Error(
        `${newer.join('\n')}\nRebuild with that release, or give --newer-schemas read to leave out what this one does not know.`,
      );
    const { newerSchemas } = options;
    const place: FeedPlace = { connection, registry, stream, topics, schemaIds, newerSchemas };
    // The other store may hold what this one's sink died of.
    const killers = await readKillers(connection, registry, stream, ['NORMALIZER', kind.stage]);
    const ofStream = sources
      .filter((source) => source.stream === stream)
      .map((source) => [source.id, source] as const);
    const feed = fromRaw
      ? rawFeed(place, new Map(ofStream))
      : canonicalFeed(place, (text) => say(text, { of: 'warning', text }));
    await untilSignal(async (signal) => {
      const plan = {
        ...place,
        ...{ target, feed, signal, sinkGroup: `${stream}.${kind.sink}`, run: runName(new Date()) },
        ...{ maxGonePercent: options.maxGone, bringsBack: options.bringBack, killers, say },
      };
      if (options.dryRun) return tellRebuild(plan);
      await rebuildAlone(connection, stream, kind.sink, (isAlone) => rebuild({ ...plan, isAlone }));
      say(`Rebuilt ${topics.join(', ')}.`, { of: 'done', topics });
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    say('Stopped before anything was swapped: what serves is as it was. Run it again to begin anew.', {
      of: 'stopped',
    });
    process.exitCode = 130;
  } finally {
    await target.close();
  }
}

/** Digits that grow with the time: `20260131080000123`. */
const runName = (now: Date): string => now.toISOString().replaceAll(/\D/g, '');

/** @throws one sentence about a name that is no topic */
function topicsOf(name: string | undefined): readonly CanonicalTopic[] {
  if (name === undefined) return canonicalTopics;
  const topic = canonicalTopics.find((one) => one === name);
  if (!topic) throw new Error(`There is no topic ${name}: it must be one of ${canonicalTopics.join(', ')}.`);
  return [topic];
}
