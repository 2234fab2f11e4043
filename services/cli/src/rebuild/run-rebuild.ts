import { avroTopics, findNewerSchemas, findSchemaIds } from '@sluice/canonical-event/registry';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import { checkTopics } from '@sluice/stream/check-topics';
import { vendors } from '@sluice/vendors';
import { rawTopics } from '@sluice/vendors/topics';
import { loadMappings } from '@sluice/vendor-kit/vendor';
import { kafkaAt, registryAt } from '../access.ts';
import { withServerContext } from '../with-server-context.ts';
import { readKillers } from '../killers.ts';
import type { Print } from '../say.ts';
import type { Sink } from '../sinks.ts';
import { openStore } from '../stores.ts';
import { withAbortSignal } from '../with-abort-signal.ts';
import { rebuildAlone } from './alone.ts';
import { canonicalFeed } from './canonical-feed.ts';
import type { RebuildOptions } from './options.ts';
import type { SayRebuild } from './facts.ts';
import type { FeedPlace } from './feed.ts';
import { namingServer } from './naming-server.ts';
import { rawFeed } from './raw-feed.ts';
import { Interrupted, rebuild, tellRebuild } from './rebuild.ts';

/** Rebuilds topics in a store, and tells how far it is. Ctrl-C before the swap leaves what serves as it was. */
export async function runRebuild(
  sink: Sink,
  topics: readonly CanonicalTopic[],
  options: RebuildOptions,
  print: Print,
): Promise<void> {
  const { stream, fromRaw } = options;
  const sources = sourcesOf(options);
  const say: SayRebuild = (line, fact) => print(options.json ? JSON.stringify(fact) : line);
  const { at, commands, ask } = await openStore(sink, options[sink.id] ?? '', options);
  const target = namingServer(commands.rebuildTarget(at), ask, say);
  try {
    const missing = await ask(() => target.live.missing());
    const place = await checkedPlace(topics, options, missing);
    const { connection, registry } = place;
    // The other store may have records at which this store's sink crashed.
    const killers = await readKillers(connection, registry, stream, ['NORMALIZER', sink.stage]);
    const feed = fromRaw
      ? rawFeed(place, sources, await loadMappings(vendors))
      : canonicalFeed(place, (text) => say(text, { of: 'warning', text }));
    await withAbortSignal(async (signal) => {
      const plan = {
        ...place,
        ...{ target, feed, signal, sinkGroup: `${stream}.${sink.service}`, run: runName(new Date()) },
        ...{ maxGonePercent: options.maxGone, bringsBack: options.bringBack, killers, say },
      };
      if (options.dryRun) return tellRebuild(plan);
      const lock = { connection, stream, sink: sink.service, sessionTimeoutMs: options.sessionTimeout };
      await rebuildAlone(lock, (isAlone) => rebuild({ ...plan, isAlone }));
      say(`Rebuilt ${topics.join(', ')}.`, { of: 'done', topics });
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    say('Stopped before the swap: readers see the same data. Run it again to start over.', {
      of: 'stopped',
    });
    process.exitCode = 130;
  } finally {
    await target.close();
  }
}

/** The sources of the stream, by id. */
function sourcesOf({ sources: file, stream }: RebuildOptions): Map<string, Source> {
  const sources = file === undefined ? [] : readSources(file, 'unread', vendors);
  return new Map(sources.filter((one) => one.stream === stream).map((source) => [source.id, source]));
}

/**
 * Where the events come from.
 * @param missing what the store lacks
 * @throws errors saying what is missing, or newer than this release
 */
async function checkedPlace(
  topics: readonly CanonicalTopic[],
  { brokers, schemaRegistry, stream, fromRaw, newerSchemas }: RebuildOptions,
  missing: readonly string[],
): Promise<FeedPlace> {
  const connection = kafkaAt(brokers);
  const registry = registryAt(schemaRegistry);
  const raw = fromRaw ? rawTopics : [];
  const { problems, maxMessageBytes: limits } = await withServerContext(
    'Kafka',
    '--brokers',
    brokers.join(','),
    () => checkTopics(connection, stream, [...raw, ...topics, 'dead-letter']),
  );
  if (missing.length + problems.length > 0) throw new Error([...missing, ...problems].join('\n'));
  const schemaIds = await findSchemaIds(registry, stream, avroTopics);
  const newer = await findNewerSchemas(registry, stream, topics);
  if (newer.length > 0 && newerSchemas === 'hold')
    throw new Error(
      `${newer.join('\n')}\nRebuild with that release, or give --newer-schemas read to leave out the newer parts.`,
    );
  return { connection, registry, stream, topics, schemaIds, newerSchemas, limits };
}

/** Digits that grow with the time: `20260131080000123`. */
const runName = (now: Date): string => now.toISOString().replaceAll(/\D/g, '');
