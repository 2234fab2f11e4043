import { isDeepStrictEqual } from 'node:util';
import type { AppendOutcome, SpooledRecord } from '../../src/spool/spooled.ts';
import { idOf, recordOf } from './open-log.ts';

/** What the model knows of a record. */
interface Known {
  readonly bytes: number;
  /** Of the life of the process in which it was appended. */
  readonly life: number;
  /** `open`: no answer came, so that it may come out or not. */
  outcome: 'open' | AppendOutcome['outcome'];
  damaged: boolean;
  delivered: boolean;
}

/** The spool as it should be: what was answered for each record, and what may be offered next. */
export class SpoolModel {
  readonly #known: Known[] = [];
  #life = 0;
  /** What the last batch of this life left open, and the last record that was offered. */
  #left: number[] = [];
  #last = -1;

  /** The id of a new record with a value of so many bytes. */
  append(bytes: number): number {
    const known: Known = { bytes, life: this.#life, outcome: 'open', damaged: false, delivered: false };
    return this.#known.push(known) - 1;
  }

  answer(id: number, outcome: AppendOutcome['outcome']): void {
    this.#of(id).outcome = outcome;
  }

  damage(id: number): void {
    this.#of(id).damaged = true;
  }

  /** The process ended: the next one may begin at any earlier record. */
  die(): void {
    this.#life += 1;
    this.#left = [];
    this.#last = -1;
  }

  /** Holds a batch against the laws: known, unchanged, in order, and nothing overtakes what was left open. */
  offer(batch: readonly SpooledRecord[]): void {
    const ids = batch.map(idOf);
    for (const [index, record] of batch.entries()) {
      this.#checkRecord(record);
      must(index === 0 || (ids[index] ?? 0) > (ids[index - 1] ?? 0), `${ids.join()} is out of order`);
    }
    const [first = -1] = ids;
    const left = this.#left;
    if (left.some((id) => !this.#of(id).damaged))
      for (const id of ids) must(left.includes(id), `${id} overtook ${left.join()}`);
    else must(left.includes(first) || first > this.#last, `${first} came again in this life`);
    this.#last = Math.max(this.#last, ids.at(-1) ?? -1);
  }

  take(batch: readonly SpooledRecord[], taken: readonly SpooledRecord[]): void {
    for (const record of taken) this.#of(idOf(record)).delivered = true;
    this.#left = batch.filter((record) => !taken.includes(record)).map(idOf);
  }

  /** Records that were spooled and never delivered; that is allowed for damaged ones only. */
  lost(): number[] {
    const lost = [...this.#known.keys()].filter((id) => {
      const { outcome, delivered } = this.#of(id);
      return outcome === 'spooled' && !delivered;
    });
    for (const id of lost) must(this.#of(id).damaged, `record ${id} was spooled and is lost`);
    return lost;
  }

  #checkRecord(record: SpooledRecord): void {
    const id = idOf(record);
    const { bytes, outcome, life } = this.#of(id);
    const expected = { ...recordOf(id, bytes), appendedAtMs: 1 };
    must(isDeepStrictEqual(record, expected), `record ${id} came out changed`);
    must(outcome !== 'full', `record ${id} was not taken and came out`);
    must(outcome !== 'failed' || life !== this.#life, `record ${id} failed and came out in the same life`);
  }

  #of(id: number): Known {
    const known = this.#known[id];
    if (known === undefined) throw new Error(`a record ${id} was never appended`);
    return known;
  }
}

export function must(holds: boolean, law: string): void {
  if (!holds) throw new Error(law);
}
