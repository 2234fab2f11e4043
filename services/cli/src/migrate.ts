import type { MigrateSetting, SinkDescriptor } from '@sluice/sink/sink-descriptor';
import { Option, type Command } from 'commander';
import { kafkaAt } from './access.ts';
import { brokers, duration, json, positiveInteger, stream, wholeNumber } from './options.ts';
import { sayer, type Print, type Say } from './say.ts';
import { sinks, type SinkService } from './sinks.ts';
import { allStoreOptions, needOneStore, openStores, type StoreOptions } from './stores.ts';

type MigrateOptions = StoreOptions & {
  /** With them a rebuild that runs is seen. */
  readonly brokers?: string[];
  readonly json: boolean;
};

/** `sluice migrate` */
export function defineMigrate(command: Command, print: Print): void {
  const settings = sinks.flatMap((sink) => sink.migrateSettings.map((one) => settingOption(sink, one)));
  for (const option of [...allStoreOptions(), stream(), ...settings, brokers(), json()])
    command.addOption(option);
  command
    .addHelpText(
      'after',
      `
Example:
  sluice migrate --clickhouse http://clickhouse:8123 --elasticsearch http://elasticsearch:9200 --brokers kafka:9092`,
    )
    .hook('preAction', () => needOneStore(command.opts(), 'Nothing to migrate'))
    .action(async (options: MigrateOptions) => migrate(options, sayer(print, options.json)));
}

const values = {
  duration: { placeholder: '<duration>', parse: duration },
  'positive integer': { placeholder: '<n>', parse: positiveInteger },
  'whole number': { placeholder: '<n>', parse: wholeNumber },
} as const;

function settingOption({ id }: SinkDescriptor, { name, value, help }: MigrateSetting): Option {
  const { placeholder, parse } = values[value];
  return new Option(`--${id}-${name} ${placeholder}`, help).argParser((text: string) => parse(text));
}

/** Those of a sink, by their names, as Commander has read them. */
function settingsOf(
  { id, migrateSettings }: SinkDescriptor,
  options: object,
): Record<string, number | undefined> {
  const given = options as Record<string, number | undefined>;
  return Object.fromEntries(
    migrateSettings.map(({ name }) => [name, given[`${id}${name[0]?.toUpperCase()}${name.slice(1)}`]]),
  );
}

async function migrate(options: MigrateOptions, say: Say): Promise<void> {
  const { withoutRebuild } = await import('./rebuild/alone.ts');
  const alone = <T>(sink: SinkService, work: () => Promise<T>): Promise<T> =>
    options.brokers ? withoutRebuild(kafkaAt(options.brokers), options.stream, sink, work) : work();
  for (const { sink, at, commands, ask } of await openStores(options)) {
    const { lines, fact } = await alone(sink.service, () =>
      ask(() => commands.migrate(at, settingsOf(sink, options))),
    );
    say(
      lines.map((line) => `${sink.title}: ${line}`),
      { store: sink.id, ...fact },
    );
  }
}
