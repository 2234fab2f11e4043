/**
 * How much of a source may be kept apart: a bucket of bytes for each source, full at first, which fills again over an hour.
 * It is of one process.
 */
export interface SuspectBudget {
  /** Takes the bytes of one body. @returns whether there was room for it */
  take(sourceId: string, bytes: number, bytesPerHour: number): boolean;
}

const hourMs = 3_600_000;

/** A body that is larger than the bucket takes all of a full one: it must be possible to keep. */
export function createSuspectBudget(nowMs: () => number): SuspectBudget {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(sourceId, bytes, bytesPerHour) {
      const atMs = nowMs();
      const wanted = Math.min(bytes, bytesPerHour);
      const known = buckets.get(sourceId) ?? { left: bytesPerHour, atMs };
      const grown = (Math.max(0, atMs - known.atMs) / hourMs) * bytesPerHour;
      const left = Math.min(bytesPerHour, known.left + grown);
      const isRoom = left >= wanted;
      buckets.set(sourceId, { left: isRoom ? left - wanted : left, atMs });
      return isRoom;
    },
  };
}
