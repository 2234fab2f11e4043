export interface ChunkBounds {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Cuts records into runs bounded by count and bytes, in order; one that is larger than the bound stands alone. */
export function* chunksOf<T extends { readonly value: Buffer | null }>(
  records: readonly T[],
  bounds: ChunkBounds,
): Generator<T[]> {
  let chunk: T[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.value?.length ?? 0;
    if (chunk.length > 0 && (chunk.length >= bounds.maxRecords || bytes + size > bounds.maxBytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(record);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
