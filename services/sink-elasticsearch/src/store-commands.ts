import type { StoreAddress, StoreCommands } from '@sluice/sink/sink-descriptor';
import type { ElasticsearchConnection } from './connection.ts';
import { countDocumentsByType } from './count-events.ts';
import { elasticsearchEraser } from './erase-documents.ts';
import { expireDocuments } from './expire-documents.ts';
import { eventsWithDocuments } from './find-events.ts';
import { installTemplates } from './install-templates.ts';
import { elasticsearchRebuildTarget } from './rebuild-indices.ts';

const connectionTo = ({ url, username, password, stream }: StoreAddress): ElasticsearchConnection => ({
  url,
  stream,
  ...(username ? { auth: { username, password } } : {}),
});

export const storeCommands: StoreCommands = {
  async migrate(at, { shards, replicas }) {
    const { analyzer } = await installTemplates({
      ...connectionTo(at),
      ...(shards === undefined ? {} : { shards }),
      ...(replicas === undefined ? {} : { replicas }),
    });
    return { lines: [`templates installed, texts are analyzed with ${analyzer}.`], fact: { analyzer } };
  },
  rebuildTarget: (at) => elasticsearchRebuildTarget(connectionTo(at)),
  eraser: (at) => elasticsearchEraser(connectionTo(at)),
  find: (at, topic, sought, most) => eventsWithDocuments(connectionTo(at), topic, sought, most),
  countByType: (at, sinceMs) => countDocumentsByType(connectionTo(at), sinceMs),
  expire: (at, beforeMs) => expireDocuments(connectionTo(at), beforeMs),
};
