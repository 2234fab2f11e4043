import type { Place } from './membership.ts';

/** What is worked on by partition, over all joins: one batch at a time of a partition, and so many partitions at once. */
export class PartitionWork {
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #aside = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(partitionsAtOnce: number) {
    this.#free = partitionsAtOnce;
  }

  /** Runs work on a partition after that which runs already, of a former join too. @param work must not reject */
  async next({ topic, partition }: Place, work: () => Promise<void>): Promise<void> {
    const place = `${topic}/${partition}`;
    while (this.#inFlight.has(place)) await this.#inFlight.get(place);
    const running = this.#withSlot(work);
    this.#inFlight.set(place, running);
    await running;
    this.#inFlight.delete(place);
  }

  /** Runs work that nothing waits for but `ended`. @param work must not reject */
  aside(work: () => Promise<void>): void {
    const running: Promise<void> = work().finally(() => this.#aside.delete(running));
    this.#aside.add(running);
  }

  /** Resolves when all work has ended. */
  async ended(): Promise<void> {
    while (this.#inFlight.size + this.#aside.size > 0)
      await Promise.all([...this.#inFlight.values(), ...this.#aside]);
  }

  async #withSlot(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
