import type { StoreAddress, StoreCommands } from '@sluice/sink/sink-descriptor';
import { canonicalTopics } from '@sluice/schemas/topics';
import type { Sought, StoredEvent } from '@sluice/sink/stored-event';
import { Option } from 'commander';
import { storeLogin } from './access.ts';
import { UsageError } from './exit-codes.ts';
import { httpUrl } from './options.ts';
import { sinks, urlVariable, type Sink, type SinkId } from './sinks.ts';
import { withServerContext } from './with-server-context.ts';

/** What the options of the stores give: `--clickhouse <url>` and `--clickhouse-user <name>`, of each sink. */
export type StoreOptions = { readonly stream: string } & Readonly<
  Partial<Record<SinkId | `${SinkId}User` | `${SinkId}Cluster`, string>>
>;

/** A store that a command works on. */
export interface Store {
  readonly sink: Sink;
  readonly at: StoreAddress;
  readonly commands: StoreCommands;
  /** Adds to what is thrown which server was asked. */
  readonly ask: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Where a store is, and as whom it is asked; of a store with clusters also which one. */
export const storeOptions = (sink: Sink): [url: Option, user: Option, ...others: Option[]] => {
  const user = new Option(`--${sink.id}-user <name>`).env(`SLUICE_${sink.id.toUpperCase()}_USERNAME`);
  return [
    new Option(`--${sink.id} <url>`, sink.urlHelp).env(urlVariable(sink)).argParser(httpUrl),
    sink.defaultUsername === null ? user : user.default(sink.defaultUsername),
    ...(sink.hasClusters ? [clusterOption(sink)] : []),
  ];
};

const clusterOption = ({ id }: Sink): Option =>
  new Option(`--${id}-cluster <name>`, 'whose replicas have the tables').env(
    `SLUICE_${id.toUpperCase()}_CLUSTER`,
  );

/** The options of all stores. */
export const allStoreOptions = (): Option[] => sinks.flatMap(storeOptions);

/** `--clickhouse, --elasticsearch` */
const storeFlags = (): string => sinks.map(({ id }) => `--${id}`).join(', ');

/** @throws UsageError, beginning with a message of the command's, when no store is named */
export function needOneStore(options: Partial<StoreOptions>, what: string): void {
  if (sinks.every(({ id }) => options[id] === undefined))
    throw new UsageError(`${what}: give at least one of ${storeFlags()}.`);
}

/** The store of a sink, at the place that the options name. */
export async function openStore(sink: Sink, url: string, options: StoreOptions): Promise<Store> {
  const login = storeLogin(sink, options[`${sink.id}User`]);
  return {
    sink,
    at: { url, stream: options.stream, cluster: options[`${sink.id}Cluster`], ...login },
    commands: await sink.commands(),
    ask: (work) => withServerContext(sink.title, `--${sink.id}`, url, work),
  };
}

/** The stores that the options name. */
export async function openStores(options: StoreOptions): Promise<Store[]> {
  const named = sinks.flatMap((sink) => {
    const url = options[sink.id];
    return url === undefined ? [] : [openStore(sink, url, options)];
  });
  return Promise.all(named);
}

/**
 * Events of all topics that a store has.
 * @param most how many of a topic at most, the latest received
 */
export function findInStore(
  { at, commands, ask }: Store,
  sought: Sought,
  most: number,
): Promise<StoredEvent[]> {
  return ask(async () => {
    const found = await Promise.all(canonicalTopics.map((topic) => commands.find(at, topic, sought, most)));
    return found.flat();
  });
}
