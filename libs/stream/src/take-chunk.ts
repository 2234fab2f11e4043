export interface ChunkBounds {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** The records from one on that go together, bounded by count and bytes; one larger than the bound stands alone. */
export function takeChunk<T extends { readonly value: Buffer | null }>(
  records: readonly T[],
  from: number,
  { maxRecords, maxBytes }: ChunkBounds,
): T[] {
  let bytes = 0;
  let to = from;
  for (; to < records.length && to - from < maxRecords; to += 1) {
    bytes += records[to]?.value?.length ?? 0;
    if (to > from && bytes > maxBytes) break;
  }
  return records.slice(from, to);
}
