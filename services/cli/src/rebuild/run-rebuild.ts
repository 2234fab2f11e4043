import { avroTopics, findNewerSchemas, findSchemaIds } from '@sluice/canonical-event/registry';
import type { Stage } from '@sluice/schemas/schemas';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { RebuildTarget } from '@sluice/sink/rebuild-target';
import { clickHouseRebuildTarget } from '@sluice/sink-clickhouse/rebuild-tables';
import { elasticsearchRebuildTarget } from '@sluice/sink-elasticsearch/rebuild-indices';
import { readSources } from '@sluice/sources/read-sources';
import { checkTopics } from '@sluice/stream/check-topics';
import { vendors } from '@sluice/vendors';
import { rawTopics } from '@sluice/vendors/topics';
import { loadMappings } from '@sluice/vendor-kit/vendor';
import { kafkaAt, registryAt } from '../access.ts';
import { withServerContext } from '../with-server-context.ts';
import { readKillers } from '../killers.ts';
import type { Print } from '../say.ts';
import { clickHouseAt, elasticsearchAt, type StoreOptions } from '../stores.ts';
import { withAbortSignal } from '../with-abort-signal.ts';
import { rebuildAlone, type SinkName } from './alone.ts';
import { canonicalFeed } from './canonical-feed.ts';
import type { RebuildOptions, RebuiltStore } from './command.ts';
import type { SayRebuild } from './facts.ts';
import type { FeedPlace } from './feed.ts';
import { namingServer, type NameServer } from './naming-server.ts';
import { rawFeed } from './raw-feed.ts';
import { Interrupted, rebuild, tellRebuild } from './rebuild.ts';

/** One of the two stores. */
interface StoreKind {
  readonly server: string;
  readonly sink: SinkName;
  readonly stage: Stage;
  open(url: string, options: StoreOptions): RebuildTarget;
}

const kinds: Readonly<Record<RebuiltStore, StoreKind>> = {
  clickhouse: {
    server: 'ClickHouse',
    sink: 'sink-clickhouse',
    stage: 'SINK_CLICKHOUSE',
    open: (url, options) => clickHouseRebuildTarget(clickHouseAt(url, options)),
  },
  elasticsearch: {
    server: 'Elasticsearch',
    sink: 'sink-elasticsearch',
    stage: 'SINK_ELASTICSEARCH',
    open: (url, options) => elasticsearchRebuildTarget(elasticsearchAt(url, options)),
  },
};

/** Rebuilds topics in a store, and tells how far it is. Ctrl-C before the swap leaves what serves as it was. */
export async function runRebuild(
  store: RebuiltStore,
  topics: readonly CanonicalTopic[],
  options: RebuildOptions,
  print: Print,
): Promise<void> {
  const { stream, fromRaw, schemaRegistry } = options;
  const kind = kinds[store];
  const url = options[store] ?? '';
  const connection = kafkaAt(options.brokers);
  const registry = registryAt(schemaRegistry);
  const sources = options.sources === undefined ? [] : readSources(options.sources, 'unread', vendors);
  const say: SayRebuild = (line, fact) => print(options.json ? JSON.stringify(fact) : line);
  const ask: NameServer = (work) => withServerContext(kind.server, `--${store}`, url, work);
  const target = namingServer(kind.open(url, options), ask);
  try {
    const missing = await ask(() => target.live.missing());
    const raw = fromRaw ? rawTopics : [];
    const { problems } = await withServerContext('Kafka', '--brokers', options.brokers.join(','), () =>
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
      ? rawFeed(place, new Map(ofStream), await loadMappings(vendors))
      : canonicalFeed(place, (text) => say(text, { of: 'warning', text }));
    await withAbortSignal(async (signal) => {
      const plan = {
        ...place,
        ...{ target, feed, signal, sinkGroup: `${stream}.${kind.sink}`, run: runName(new Date()) },
        ...{ maxGonePercent: options.maxGone, bringsBack: options.bringBack, killers, say },
      };
      if (options.dryRun) return tellRebuild(plan);
      const lock = { connection, stream, sink: kind.sink, sessionTimeoutMs: options.sessionTimeout };
      await rebuildAlone(lock, (isAlone) => rebuild({ ...plan, isAlone }));
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
