import { hash } from 'node:crypto';
import { createFingerprintTable, type FingerprintTable } from './fingerprint-table.ts';

/**
 * What was acknowledged of late, by source, signature and body. Not every vendor signs the body, so a signature that
 * was seen may be used again: by the vendor, who resends what it holds for lost, or by somebody who listened.
 * Best effort: of one process, bounded, and forgotten after a while. Events are the same ones in any case, by id.
 */
export interface ReplayCache {
  /**
   * - `repeated`: the same signature with the same body was acknowledged: it must be again, and is not stored twice
   * - `reused`: the same signature came with another body
   * - `new`: neither
   */
  lookUp(sourceId: string, push: PushPrint): 'new' | 'repeated' | 'reused';
  /**
   * Entered after the push is durable and before it is answered: what failed must not count as acknowledged.
   * @param keepMs how long at least, where the bound allows it; an eighth more at most
   */
  add(sourceId: string, push: PushPrint, keepMs: number): void;
  readonly size: number;
}

/** 64 bits of a signature and 64 of a body: a push that was never acknowledged is not taken for one that was. */
export type PushPrint = Uint32Array;

/**
 * @param signature as sent, in whatever form the vendor writes it; upper and lower case are the same
 * @param bodyHash SHA-256 of the body, as bytes
 */
export function pushPrintOf(signature: string, bodyHash: Buffer): PushPrint {
  const signatureHash = hash('sha256', signature.toLowerCase(), 'buffer');
  return Uint32Array.of(
    signatureHash.readUInt32LE(0),
    signatureHash.readUInt32LE(4),
    bodyHash.readUInt32LE(0),
    bodyHash.readUInt32LE(4),
  );
}

/** The pushes of one source in one stretch of time: they are forgotten together. */
interface Generation {
  readonly table: FingerprintTable;
  readonly startedAtMs: number;
  readonly keepMs: number;
}

/** Into how many generations the time of a source is divided. */
const generations = 8;
/** Into how many parts, at least, what is remembered of one source is divided when it takes up all of the cache. */
const shares = 16;

/**
 * Some 30 bytes for a push. When the bound is reached, the source that has the most entries loses its oldest ones: a
 * flood of one source makes no other one forget.
 * @param maxEntries bound over all sources
 */
export function createReplayCache(maxEntries: number, nowMs: () => number = Date.now): ReplayCache {
  const bySource = new Map<string, Generation[]>();
  const mostInGeneration = Math.max(1, Math.floor(maxEntries / shares));
  let size = 0;

  const forgetOldest = (id: string, known: Generation[]): void => {
    size -= known.shift()?.table.size ?? 0;
    if (known.length === 0) bySource.delete(id);
  };
  const forgetOver = (): void => {
    for (const [id, known] of bySource) while (known[0] && isOver(known[0], nowMs())) forgetOldest(id, known);
  };
  const makeRoom = (): void => {
    while (size >= maxEntries) {
      const [[id, largest] = ['', []]] = [...bySource].sort(([, a], [, b]) => entriesOf(b) - entriesOf(a));
      forgetOldest(id, largest);
    }
  };
  const tableOf = (sourceId: string, keepMs: number): FingerprintTable => {
    const latest = bySource.get(sourceId)?.at(-1);
    if (
      latest !== undefined &&
      latest.table.size < mostInGeneration &&
      nowMs() < latest.startedAtMs + latest.keepMs / generations
    )
      return latest.table;
    forgetOver();
    const next = { table: createFingerprintTable(), startedAtMs: nowMs(), keepMs };
    bySource.set(sourceId, [...(bySource.get(sourceId) ?? []), next]);
    return next.table;
  };
  return {
    lookUp(sourceId, push) {
      const atMs = nowMs();
      let isReused = false;
      for (const generation of bySource.get(sourceId) ?? []) {
        if (isOver(generation, atMs)) continue;
        const found = generation.table.find(push);
        if (found === 'repeated') return found;
        isReused ||= found === 'reused';
      }
      return isReused ? 'reused' : 'new';
    },
    add(sourceId, push, keepMs) {
      makeRoom();
      const table = tableOf(sourceId, keepMs);
      const before = table.size;
      table.add(push);
      size += table.size - before;
    },
    get size() {
      return size;
    },
  };
}

function entriesOf(known: readonly Generation[]): number {
  return known.reduce((sum, { table }) => sum + table.size, 0);
}

function isOver({ startedAtMs, keepMs }: Generation, atMs: number): boolean {
  return startedAtMs + keepMs + keepMs / generations <= atMs;
}
