/** How many requests may be in flight at first. */
const firstLimit = 2;

/** If a request of a topic takes longer, in ms, its index hangs. */
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
 * request that was sent before the last halving does not change it. The topic of an index that hangs does not count, until
 * one of its requests ends in time: it holds up no other one.
 */
export class WriteLimit {
  readonly #most: number;
  readonly #refused: () => void;
  /** Topics whose last request to end, or to take too long, took too long. */
  readonly #hanging = new Set<string>();
  #waiting: Waiting[] = [];
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
   * Sends a request when its turn comes, first come, first served. A request that throws does not change the limit.
   * @param topic whose index it is for
   * @param isRefused whether the server was too busy, by its answer
   */
  async run<Answer>(
    topic: string,
    send: () => Promise<Answer>,
    isRefused: (answer: Answer) => boolean,
  ): Promise<Answer> {
    const leave = await this.#enter(topic);
    const startedAt = performance.now();
    const slow = setTimeout(() => {
      this.#hanging.add(topic);
      leave();
    }, slowMs).unref();
    const round = this.#round;
    try {
      const answer = await send();
      const refused = isRefused(answer);
      if (refused) this.#refused();
      if (round === this.#round) this.#adapt(refused);
      return answer;
    } finally {
      clearTimeout(slow);
      if (performance.now() - startedAt < slowMs) this.#hanging.delete(topic);
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
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.push({ topic, come: resolve });
    this.#letIn();
    let counts = await promise;
    return () => {
      if (counts) this.#inFlight -= 1;
      counts = false;
      this.#letIn();
    };
  }

  #letIn(): void {
    this.#waiting = this.#waiting.filter(({ topic, come }) => {
      const hangs = this.#hanging.has(topic);
      if (!hangs && this.#inFlight >= this.#limit) return true;
      if (!hangs) this.#inFlight += 1;
      come(!hangs);
      return false;
    });
  }
}

interface Waiting {
  readonly topic: string;
  /** @param counts among the requests in flight */
  readonly come: (counts: boolean) => void;
}
