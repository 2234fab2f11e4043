/** A file of the simulated disk. */
export interface Inode {
  /** What reading gives: the page cache. */
  readonly cache: Buffer;
  /** How many bytes from the start are on the disk permanently. */
  durableBytes(): number;
  write(bytes: Buffer, position: number): void;
  truncate(bytes: number): void;
  sync(): void;
  /**
   * As Linux does: what was written stays readable and counts as clean, so that no later sync writes it, while
   * only a random part of it is on the disk.
   */
  failSync(random: () => number): void;
  /** Loses a random part of what is not synced. */
  crash(random: () => number): void;
  /** Changes a byte on the disk and in the cache. */
  flip(at: number, mask: number): void;
  /** What reading would give without any flip. */
  pristine(): Buffer;
}

type Change = (content: Buffer) => Buffer;

export function createInode(): Inode {
  let cache: Buffer = Buffer.alloc(0);
  let durable: Buffer = Buffer.alloc(0);
  let unsynced: { readonly whole: Change; readonly partly: (random: () => number) => Change }[] = [];
  const flips = new Map<number, number>();

  const losing = (random: () => number): void => {
    for (const { partly } of unsynced) durable = partly(random)(durable);
    unsynced = [];
  };
  return {
    get cache() {
      return cache;
    },
    durableBytes: () => durable.length,
    write(bytes, position) {
      const whole = writeOf(bytes, position);
      cache = whole(cache);
      unsynced.push({ whole, partly: (random) => partOf(bytes, position, random) });
    },
    truncate(bytes) {
      const whole: Change = (content) => Buffer.from(content.subarray(0, bytes));
      cache = whole(cache);
      unsynced.push({ whole, partly: (random) => (random() < 0.5 ? whole : (content) => content) });
    },
    sync() {
      for (const { whole } of unsynced) durable = whole(durable);
      unsynced = [];
    },
    failSync: losing,
    crash(random) {
      losing(random);
      cache = Buffer.from(durable);
    },
    flip(at, mask) {
      for (const content of [cache, durable]) content.writeUInt8(content.readUInt8(at) ^ mask, at);
      flips.set(at, (flips.get(at) ?? 0) ^ mask);
    },
    pristine() {
      const content = Buffer.from(cache);
      for (const [at, mask] of flips)
        if (at < content.length) content.writeUInt8(content.readUInt8(at) ^ mask, at);
      return content;
    },
  };
}

function writeOf(bytes: Buffer, position: number): Change {
  return (content) => {
    const grown = Buffer.alloc(Math.max(content.length, position + bytes.length));
    content.copy(grown);
    bytes.copy(grown, position);
    return grown;
  };
}

/** What a crash leaves of a write: nothing, all, zeros, the beginning, or some of its blocks. */
function partOf(bytes: Buffer, position: number, random: () => number): Change {
  const fate = random();
  if (fate < 0.2) return (content) => content;
  if (fate < 0.4) return writeOf(bytes, position);
  if (fate < 0.5) return writeOf(Buffer.alloc(bytes.length), position);
  if (fate < 0.8) return writeOf(bytes.subarray(0, Math.floor(random() * bytes.length)), position);
  const blockBytes = 1 + Math.floor(random() * 64);
  const left = Buffer.from(bytes);
  for (let at = 0; at < left.length; at += blockBytes)
    if (random() < 0.5) left.subarray(at, at + blockBytes).fill(0);
  return writeOf(left, position);
}
