import { defineSink } from '@sluice/sink/sink-descriptor';

export const clickhouse = defineSink({
  id: 'clickhouse',
  title: 'ClickHouse',
  noun: 'row',
  stage: 'SINK_CLICKHOUSE',
  urlHelp: 'ClickHouse over HTTP',
  defaultUsername: 'default',
  takesApiKeys: false,
  hasClusters: true,
  migrateSettings: [
    {
      name: 'retention',
      value: 'duration',
      help: 'how long rows are kept after their receipt, e.g. 365d. Default: no change',
    },
  ],
  expiresByCommand: false,
  refusesWhenBusy: false,
  settings: async () => (await import('./settings.ts')).configSchema,
  commands: async () => (await import('./store-commands.ts')).storeCommands,
});
