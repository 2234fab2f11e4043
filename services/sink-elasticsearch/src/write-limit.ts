/** How many requests may be in flight at first. */
const firstLimit = 2;

/** A request that takes longer, in ms, counts no more: an index that hangs holds up no other one. */
const slowMs = 5_000;

export interface WriteLimitOptions {
  /** The limit never exceeds it. Default: 2. */
  readonly most?: number;
  /** The server was too busy for a request, or for some of its documents. */
  readonly refused?: () => void;
}

/**
 * Bounds the requests in flight of a process by what the server takes. The limit begins with 2. It grows by one after as
 * many accepted requests as its value, up to `most`. It is halved at a refusal, down to 1, and once per round trip: a
 * request that was sent before the last halving does not change it.
 */
export class WriteLimit {
  readonly #most: number;
  readonly #refused: () => void;
  /** Who waits, by topic, in the order in which the topics have their turns. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #limit: number;
  #inFlight = 0;
  /** How often the limit was halved. */
  #round = 0;
  /** Accepted requests since the limit changed last. */
  #successes = 0;

  constructor({ most = firstLimit, refused = () => undefined }: WriteLimitOptions = {}) {
    this.#most = most;
    this.#refused = refused;
    this.#limit = Math.min(firstLimit, most);
  }

  /** How many requests may be in flight now. */
  current(): number {
    return this.#limit;
  }

  /**
   * Sends a request when its turn comes: topics take turns, and within a topic it is first come, first served. A request
   * that throws does not change the limit.
   * @param isRefused whether the server was too busy, by its answer
   */
  async run<Answer>(
    topic: string,
    send: () => Promise<Answer>,
    isRefused: (answer: Answer) => boolean,
  ): Promise<Answer> {
    const leave = await this.#enter(topic);
    const slow = setTimeout(leave, slowMs).unref();
    const round = this.#round;
    try {
      const answer = await send();
      const refused = isRefused(answer);
      if (refused) this.#refused();
      if (round === this.#round) this.#adapt(refused);
      return answer;
    } finally {
      clearTimeout(slow);
      leave();
    }
  }

  #adapt(refused: boolean): void {
    this.#successes += 1;
    if (!refused && this.#successes < this.#limit) return;
    this.#limit = refused ? Math.max(1, this.#limit >> 1) : Math.min(this.#most, this.#limit + 1);
    this.#successes = 0;
    if (refused) this.#round += 1;
  }

  /** @returns what makes room for another request; later calls of it do nothing */
  async #enter(topic: string): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const come = (): void => resolve(undefined);
    const ofTopic = this.#waiting.get(topic);
    if (ofTopic) ofTopic.push(come);
    else this.#waiting.set(topic, [come]);
    this.#letIn();
    await promise;
    let isIn = true;
    return () => {
      if (isIn) this.#inFlight -= 1;
      isIn = false;
      this.#letIn();
    };
  }

  #letIn(): void {
    for (const [topic, line] of this.#waiting) {
      if (this.#inFlight >= this.#limit) return;
      this.#inFlight += 1;
      line.shift()?.();
      // Behind the topics that wait as well: the loop comes to it again.
      this.#waiting.delete(topic);
      if (line.length > 0) this.#waiting.set(topic, line);
    }
  }
}
