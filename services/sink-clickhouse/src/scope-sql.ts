import { erasedMappingVersion } from '@sluice/sink/erasure';
import type { RebuildScope } from '@sluice/sink/rebuild-scope';

/** Text as it is in a statement. */
export function literal(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

/** `isInScope` as a condition on the rows of any topic's table. */
export function inScopeSql(scope: RebuildScope): string {
  return `mapping_version != ${erasedMappingVersion} AND (${withinSql(scope)})`;
}

function withinSql(scope: RebuildScope): string {
  switch (scope.of) {
    case 'everything':
      return '1';
    case 'nothing':
      return '0';
    case 'receipts':
      return receivedSince(scope.sinceMs);
    case 'outside':
      return `NOT (${withinSql(scope.scope)})`;
    case 'raw-records': {
      const { sources, ranges } = scope;
      if (sources.length === 0 || ranges.length === 0) return '0';
      const anyRange = ranges.map(
        ({ topic, partition, from, to, sinceMs }) =>
          `(raw_topic = ${literal(topic)} AND raw_partition = ${partition} AND raw_offset >= ${from} AND raw_offset < ${to} AND ${receivedSince(sinceMs)})`,
      );
      return `source_id IN (${sources.map(literal).join(', ')}) AND (${anyRange.join(' OR ')})`;
    }
  }
}

const receivedSince = (epochMs: number): string =>
  `received_at >= fromUnixTimestamp64Milli(toInt64(${epochMs}))`;
