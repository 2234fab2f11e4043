/** Fingerprints of four words: two that may be found alone, and two that are next to them. */
export interface FingerprintTable {
  /** `reused`: the first two words are there, and the last two next to them are not. */
  find(fingerprint: Uint32Array): 'new' | 'repeated' | 'reused';
  add(fingerprint: Uint32Array): void;
  readonly size: number;
}

const words = 4;
const smallest = 4;
/** Of one first half: more would have to be searched one after the other. */
const mostAlike = 64;

/** A hash table of open addressing over one array: 16 bytes an entry, at most three quarters full, no object for each. */
export function createFingerprintTable(): FingerprintTable {
  let slots = new Uint32Array(smallest * words);
  let size = 0;
  const grow = (): void => {
    const old = slots;
    slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += words) {
      const entry = old.subarray(at, at + words);
      if (!isFree(entry, 0)) slots.set(entry, search(slots, entry).at);
    }
  };
  return {
    find(fingerprint) {
      const { isThere, alike } = search(slots, fingerprint);
      if (isThere) return 'repeated';
      return alike > 0 ? 'reused' : 'new';
    },
    add(fingerprint) {
      const { at, isThere, alike } = search(slots, fingerprint);
      if (isThere || alike === mostAlike) return;
      slots.set(fingerprint, at);
      size += 1;
      if (size * words > slots.length * 0.75) grow();
    },
    get size() {
      return size;
    },
  };
}

interface Found {
  /** Where the fingerprint is, or the free place where it belongs. */
  readonly at: number;
  readonly isThere: boolean;
  /** How many others with its first half were passed: the search ends at `mostAlike`. */
  readonly alike: number;
}

function search(slots: Uint32Array, fingerprint: Uint32Array): Found {
  // Taken apart as `[a, b, c, d]`, it would ask an iterator.
  const a = fingerprint[0] ?? 0;
  const b = fingerprint[1];
  const c = fingerprint[2];
  const d = fingerprint[3];
  const mask = slots.length / words - 1;
  let alike = 0;
  for (let slot = a & mask; ; slot = (slot + 1) & mask) {
    const at = slot * words;
    if (isFree(slots, at)) return { at, isThere: false, alike };
    if (slots[at] !== a || slots[at + 1] !== b) continue;
    if (slots[at + 2] === c && slots[at + 3] === d) return { at, isThere: true, alike };
    alike += 1;
    if (alike === mostAlike) return { at, isThere: false, alike };
  }
}

function isFree(slots: Uint32Array, at: number): boolean {
  return slots[at] === 0 && slots[at + 1] === 0 && slots[at + 2] === 0 && slots[at + 3] === 0;
}
