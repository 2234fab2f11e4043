import { erasedMappingVersion } from '@sluice/sink/erasure';
import type { Reach } from '@sluice/sink/reach';

/** Text as it stands in a statement. */
export function literal(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

/** `isInReach` as a condition on the rows of any topic's table. */
export function inReachSql(reach: Reach): string {
  return `mapping_version != ${erasedMappingVersion} AND (${withinSql(reach)})`;
}

function withinSql(reach: Reach): string {
  switch (reach.of) {
    case 'everything':
      return '1';
    case 'nothing':
      return '0';
    case 'receipts':
      return receivedSince(reach.sinceMs);
    case 'outside':
      return `NOT (${withinSql(reach.reach)})`;
    case 'raw-records': {
      const { sources, ranges } = reach;
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
