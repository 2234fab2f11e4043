import type { estypes } from '@elastic/elasticsearch';
import { erasedMappingVersion } from '@sluice/sink/erasure';
import type { RebuildScope } from '@sluice/sink/rebuild-scope';

/** `isInScope` as a query on the documents of any topic. */
export function inScopeQuery(scope: RebuildScope): estypes.QueryDslQueryContainer {
  return {
    bool: {
      filter: [withinQuery(scope)],
      must_not: [{ term: { 'meta.mapping_version': erasedMappingVersion } }],
    },
  };
}

function withinQuery(scope: RebuildScope): estypes.QueryDslQueryContainer {
  switch (scope.of) {
    case 'everything':
      return { match_all: {} };
    case 'nothing':
      return { match_none: {} };
    case 'receipts':
      return receivedSince(scope.sinceMs);
    case 'outside':
      return { bool: { must_not: [withinQuery(scope.scope)] } };
    case 'raw-records':
      if (scope.ranges.length === 0) return { match_none: {} };
      return {
        bool: {
          filter: [{ terms: { 'meta.source_id': [...scope.sources] } }],
          minimum_should_match: 1,
          should: scope.ranges.map(({ topic, partition, from, to, sinceMs }) => ({
            bool: {
              filter: [
                { term: { 'meta.raw_topic': topic } },
                { term: { 'meta.raw_partition': partition } },
                { range: { 'meta.raw_offset': { gte: from, lt: to } } },
                receivedSince(sinceMs),
              ],
            },
          })),
        },
      };
  }
}

const receivedSince = (epochMs: number): estypes.QueryDslQueryContainer => ({
  range: { 'meta.received_at': { gte: epochMs, format: 'epoch_millis' } },
});
