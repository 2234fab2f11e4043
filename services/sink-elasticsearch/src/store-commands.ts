import type { StoreCommands } from '@sluice/sink/sink-descriptor';
import { countDocumentsByType } from './count-events.ts';
import { elasticsearchEraser } from './erase-documents.ts';
import { examineElasticsearch } from './examine.ts';
import { expireDocuments } from './expire-documents.ts';
import { eventsWithDocuments } from './find-events.ts';
import { installTemplates } from './install-templates.ts';
import { elasticsearchRebuildTarget } from './rebuild-indices.ts';

export const storeCommands: StoreCommands = {
  async migrate(at, { shards, replicas }) {
    const { analyzer } = await installTemplates({
      ...at,
      ...(shards === undefined ? {} : { shards }),
      ...(replicas === undefined ? {} : { replicas }),
    });
    return { lines: [`templates installed, texts are analyzed with ${analyzer}.`], fact: { analyzer } };
  },
  examine: (at) => examineElasticsearch(at),
  rebuildTarget: (at) => elasticsearchRebuildTarget(at),
  eraser: (at) => elasticsearchEraser(at),
  find: (at, topic, sought, most) => eventsWithDocuments(at, topic, sought, most),
  countByType: (at, sinceMs) => countDocumentsByType(at, sinceMs),
  expire: (at, beforeMs) => expireDocuments(at, beforeMs),
};
