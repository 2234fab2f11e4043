import type { estypes } from '@elastic/elasticsearch';
import { erasedMappingVersion } from '@sluice/sink/erasure';
import type { Reach } from '@sluice/sink/reach';

/** `isInReach` as a query on the documents of any topic. */
export function inReachQuery(reach: Reach): estypes.QueryDslQueryContainer {
  return {
    bool: {
      filter: [withinQuery(reach)],
      must_not: [{ term: { 'meta.mapping_version': erasedMappingVersion } }],
    },
  };
}

function withinQuery(reach: Reach): estypes.QueryDslQueryContainer {
  switch (reach.of) {
    case 'everything':
      return { match_all: {} };
    case 'nothing':
      return { match_none: {} };
    case 'receipts':
      return receivedSince(reach.sinceMs);
    case 'outside':
      return { bool: { must_not: [withinQuery(reach.reach)] } };
    case 'raw-records':
      if (reach.ranges.length === 0) return { match_none: {} };
      return {
        bool: {
          filter: [{ terms: { 'meta.source_id': [...reach.sources] } }],
          minimum_should_match: 1,
          should: reach.ranges.map(({ topic, partition, from, to, sinceMs }) => ({
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
