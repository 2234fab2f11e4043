import { erasedMappingVersion } from './erasure.ts';
import type { Meta } from '@sluice/schemas/schemas';

/**
 * Raw records of one partition: from the first offset up to, not including, the last, received at `sinceMs` (epoch
 * ms) or later. Offsets alone say too little: they begin at 0 again on another cluster, and in a topic created again.
 */
export interface RawRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly sinceMs: number;
}

/**
 * Which events of a store a rebuild produces again, because Kafka still has their records. If the current mapping no
 * longer produces such an event, the event is stale and is removed. All others are carried over unchanged.
 * - `everything`, `nothing`
 * - `receipts`: what was received at or after a moment, in epoch ms
 * - `raw-records`: what some sources sent, if it comes from one of these raw records
 * - `outside`: what is out of another scope
 */
export type RebuildScope =
  | { readonly of: 'everything' | 'nothing' }
  | { readonly of: 'receipts'; readonly sinceMs: number }
  | { readonly of: 'raw-records'; readonly sources: readonly string[]; readonly ranges: readonly RawRange[] }
  | { readonly of: 'outside'; readonly scope: RebuildScope };

type Origin = Pick<
  Meta,
  'source_id' | 'received_at' | 'raw_topic' | 'raw_partition' | 'raw_offset' | 'mapping_version'
>;

/**
 * Whether an event is made again; an erased one never is. Stores ask the same of their rows and documents in their own
 * language.
 */
export function isInScope(scope: RebuildScope, meta: Origin): boolean {
  return meta.mapping_version !== erasedMappingVersion && isWithin(scope, meta);
}

function isWithin(scope: RebuildScope, meta: Origin): boolean {
  switch (scope.of) {
    case 'everything':
      return true;
    case 'nothing':
      return false;
    case 'receipts':
      return meta.received_at >= scope.sinceMs;
    case 'raw-records':
      return (
        scope.sources.includes(meta.source_id) &&
        scope.ranges.some(
          ({ topic, partition, from, to, sinceMs }) =>
            meta.raw_topic === topic &&
            meta.raw_partition === partition &&
            meta.raw_offset >= from &&
            meta.raw_offset < to &&
            meta.received_at >= sinceMs,
        )
      );
    case 'outside':
      return !isWithin(scope.scope, meta);
  }
}
