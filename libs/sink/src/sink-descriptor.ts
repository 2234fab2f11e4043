import type { Stage } from '@sluice/schemas/schemas';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Finding } from '@sluice/service/finding';
import type { StoreLogin } from '@sluice/service/store-login';
import type { z } from 'zod';
import type { Eraser } from './erasure.ts';
import type { RebuildTarget } from './rebuild-target.ts';
import type { sinkShape } from './sink-settings.ts';
import type { Sought, StoredEvent } from './stored-event.ts';

/** Where a sink's store is, and as whom it is asked. */
export interface StoreAddress extends StoreLogin {
  readonly url: string;
  readonly stream: string;
  /** Whose replicas keep the events. Undefined: one server's, or a store that replicates by itself. */
  readonly cluster?: string | undefined;
}

/** A setting of `sluice migrate` for one store: `retention` is the option `--<id>-retention`. */
export interface MigrateSetting {
  readonly name: string;
  readonly value: 'duration' | 'positive integer' | 'whole number';
  readonly help: string;
}

/** What a migration did. */
export interface Migrated {
  /** At least one, each without the store's name before it. */
  readonly lines: readonly [string, ...string[]];
  /** The same for programs. */
  readonly fact: Readonly<Record<string, unknown>>;
}

/** What the command line does with a store. Each call connects and disconnects by itself. */
export interface StoreCommands {
  /** @param settings by the names of `migrateSettings`, durations in ms */
  migrate(at: StoreAddress, settings: Readonly<Record<string, number | undefined>>): Promise<Migrated>;
  /** Whether the store takes this login and what the sink writes, has what a stream needs, and has room. Changes nothing. */
  examine(at: StoreAddress): AsyncIterable<Finding>;
  rebuildTarget(at: StoreAddress): RebuildTarget;
  eraser(at: StoreAddress): Eraser;
  /**
   * Events of a topic that readers find, the latest received first.
   * @param most how many at most
   */
  find(at: StoreAddress, topic: CanonicalTopic, sought: Sought, most: number): Promise<StoredEvent[]>;
  /** Events that readers find and that were received since then, epoch ms: how many of each `vendor/data type`. */
  countByType(at: StoreAddress, sinceMs: number): Promise<ReadonlyMap<string, number>>;
  /** @returns how many events it deleted that were received before, epoch ms; null for a store that expires by itself */
  readonly expire: ((at: StoreAddress, beforeMs: number) => Promise<number>) | null;
}

/**
 * A sink, told in one place: the command line, `npm start`, the chart, the dashboards and the fault suite take from it
 * what they need. The list is `services/cli/src/sinks.ts`.
 */
export interface SinkDescriptor<Id extends string = string> {
  /** One lower-case word: `clickhouse`. Options, settings and values are named for it. */
  readonly id: Id;
  /** Its process, consumer group and metric label. */
  readonly service: `sink-${Id}`;
  /** The store's own name. */
  readonly title: string;
  /** What the store calls an event, for people. */
  readonly noun: 'row' | 'document';
  /** Of its dead letters. */
  readonly stage: Stage & `SINK_${Uppercase<Id>}`;
  /** The name of its spans. */
  readonly span: `write ${Id}`;
  /** Help of the option `--<id> <url>`. */
  readonly urlHelp: string;
  /** Default of the option `--<id>-user`; null for none. */
  readonly defaultUsername: string | null;
  /** Whether one may show the store an API key instead of a user's password. */
  readonly takesApiKeys: boolean;
  /** Whether one must name the cluster whose replicas keep the events. */
  readonly hasClusters: boolean;
  readonly migrateSettings: readonly MigrateSetting[];
  /** Whether old events leave only by `sluice expire <id>`. */
  readonly expiresByCommand: boolean;
  /** Whether the store refuses requests when it is busy, and the service has the metrics of its limit. */
  readonly refusesWhenBusy: boolean;
  /** Loads the service's settings, by name. */
  settings(): Promise<typeof sinkShape & z.ZodRawShape>;
  /** Loads the store's client. */
  commands(): Promise<StoreCommands>;
}

/** Completes a descriptor with the names that follow from its id. */
export function defineSink<const Id extends string>(
  sink: Omit<SinkDescriptor<Id>, 'service' | 'span'>,
): SinkDescriptor<Id> {
  return { ...sink, service: `sink-${sink.id}`, span: `write ${sink.id}` };
}
