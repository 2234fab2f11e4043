import type { Place } from './membership.ts';

/** What is worked on by partition, over all joins: so many partitions at once. */
export class PartitionWork {
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #aside = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(partitionsAtOnce: number) {
    this.#free = partitionsAtOnce;
  }

  /** Runs work on a partition that has none. @param work must not reject */
  async run({ topic, partition }: Place, work: () => Promise<void>): Promise<void> {
    const place = `${topic}/${partition}`;
    const running = this.#withSlot(work).finally(() => this.#inFlight.delete(place));
    this.#inFlight.set(place, running);
    await running;
  }

  /** The end of the work on a partition; undefined when it has none. */
  endOf({ topic, partition }: Place): Promise<void> | undefined {
    return this.#inFlight.get(`${topic}/${partition}`);
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
