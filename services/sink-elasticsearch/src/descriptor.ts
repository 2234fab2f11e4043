import { defineSink } from '@sluice/sink/sink-descriptor';

export const elasticsearch = defineSink({
  id: 'elasticsearch',
  title: 'Elasticsearch',
  noun: 'document',
  stage: 'SINK_ELASTICSEARCH',
  urlHelp: 'Elasticsearch',
  defaultUsername: null,
  takesApiKeys: true,
  hasClusters: false,
  migrateSettings: [
    {
      name: 'shards',
      value: 'positive integer',
      help: 'of each new index. Default: the value of its template, or 1',
    },
    {
      name: 'replicas',
      value: 'whole number',
      help: 'of each new index, 0 or more. Default: the value of its template, or 1',
    },
  ],
  expiresByCommand: true,
  refusesWhenBusy: true,
  settings: async () => (await import('./settings.ts')).configSchema,
  commands: async () => (await import('./store-commands.ts')).storeCommands,
});
