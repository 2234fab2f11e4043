import type { IncomingMessage, ServerResponse } from 'node:http';

/** What requests may hold at once, over all connections. */
export interface AdmissionLimits {
  /** Bytes of bodies that are being received or worked on. */
  readonly bodyBytes: number;
  /** Requests of one source that are worked on at once while another source sends as well. */
  readonly sharedRequests: number;
  /** Of them, those that are let in within one turn of the event loop. */
  readonly sharedPerTurn: number;
  /** Requests of one source that may wait for their turn. */
  readonly waitingRequests: number;
  /** How long a request may wait for its turn, in ms. */
  readonly waitMs: number;
}

export const defaultAdmissionLimits: AdmissionLimits = {
  bodyBytes: 128 * 1024 * 1024,
  sharedRequests: 64,
  sharedPerTurn: 4,
  waitingRequests: 1_000,
  waitMs: 10_000,
};

/** One source may hold this part of the bytes, so that there is room for the others. */
const sourceShare = 0.5;
/** For so long after its last request a source counts as one that sends, in ms. */
const activeMs = 1_000;

export type Leave = () => void;

/** A request that waits for its turn. */
export interface Waiting {
  /** Null when the turn has not come in time, or was given up. */
  readonly turn: Promise<Leave | null>;
  /** Its client went: its place in the line is free, and nothing keeps its body. */
  readonly giveUp: () => void;
}

/** What tells a request that it is its turn. */
type Tell = (leave: Leave) => void;

interface SourceState {
  readonly id: string;
  /** That are worked on. */
  requests: number;
  /** Let in within this turn of the event loop. */
  thisTurn: number;
  bytes: number;
  /** In the order their bodies came. */
  readonly waiting: Set<Tell>;
}

/**
 * Lets requests in, in two steps.
 * - Once their head is authentic: bytes of bodies have one bound over all connections, and half of it for one source. A
 *   body is counted by the length that its head names, from before its first byte is read until its answer.
 * - Once their body is there: while two sources send, a few requests of each are let in within one turn of the event
 *   loop, and its others wait. So the work that one source can put before a request of another one is bounded, however
 *   many connections it has, and what waits for Kafka costs nobody a turn. A body that comes slowly takes nobody's turn.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #nowMs: () => number;
  /** As many as are configured. */
  readonly #sources = new Map<string, SourceState>();
  #bytes = 0;
  #isTurning = false;
  /** The source of the last request, when it came, and when one of another source came before. */
  #last = '';
  #lastAtMs = -Infinity;
  #otherAtMs = -Infinity;

  constructor(limits: AdmissionLimits = defaultAdmissionLimits, nowMs = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /**
   * Room for a body.
   * @param bytes the length of the body; the largest one taken where the head names none
   * @returns what gives the room back, to be called once; null when the request is to come again later
   */
  enter(sourceId: string, bytes: number): Leave | null {
    this.#note(sourceId);
    const source = this.#stateOf(sourceId);
    const { bodyBytes } = this.#limits;
    if (this.#bytes + bytes > bodyBytes || source.bytes + bytes > sourceShare * bodyBytes) return null;
    source.bytes += bytes;
    this.#bytes += bytes;
    return () => {
      source.bytes -= bytes;
      this.#bytes -= bytes;
    };
  }

  /**
   * The turn of a request whose body is there.
   * @returns what ends the work on it, to be called once; null when the request is to come again later
   */
  turn(sourceId: string): Leave | Waiting | null {
    const source = this.#stateOf(sourceId);
    const { waiting } = source;
    if (waiting.size === 0 && this.#hasTurn(source)) return this.#begin(source);
    return waiting.size < this.#limits.waitingRequests ? waitIn(waiting, this.#limits.waitMs) : null;
  }

  inFlight(): { readonly requests: number; readonly bytes: number; readonly waiting: number } {
    const sumOf = (amount: (source: SourceState) => number): number =>
      [...this.#sources.values()].reduce((sum, source) => sum + amount(source), 0);
    const [requests, waiting] = [sumOf((source) => source.requests), sumOf((source) => source.waiting.size)];
    return { requests, bytes: this.#bytes, waiting };
  }

  #stateOf(id: string): SourceState {
    const known = this.#sources.get(id);
    if (known) return known;
    const source: SourceState = { id, requests: 0, thisTurn: 0, bytes: 0, waiting: new Set() };
    this.#sources.set(id, source);
    return source;
  }

  #note(sourceId: string): void {
    if (sourceId !== this.#last) this.#otherAtMs = this.#lastAtMs;
    this.#last = sourceId;
    this.#lastAtMs = this.#nowMs();
  }

  #hasTurn({ id, requests, thisTurn }: SourceState): boolean {
    const { sharedRequests, sharedPerTurn } = this.#limits;
    return (requests < sharedRequests && thisTurn < sharedPerTurn) || !this.#isShared(id);
  }

  /** Whether another source than this one sends, too. */
  #isShared(sourceId: string): boolean {
    return this.#nowMs() - (sourceId === this.#last ? this.#otherAtMs : this.#lastAtMs) < activeMs;
  }

  #begin(source: SourceState): Leave {
    source.requests += 1;
    source.thisTurn += 1;
    this.#beginTurn();
    return () => {
      source.requests -= 1;
      if (source.waiting.size > 0) this.#beginTurn();
    };
  }

  #beginTurn(): void {
    if (!this.#isTurning) setImmediate(() => this.#turn());
    this.#isTurning = true;
  }

  /** The next turn of the event loop begins: everybody has their share of it. */
  #turn(): void {
    this.#isTurning = false;
    for (const source of this.#sources.values()) {
      source.thisTurn = 0;
      this.#letIn(source);
    }
  }

  #letIn(source: SourceState): void {
    for (const tell of source.waiting) {
      if (!this.#hasTurn(source)) return;
      source.waiting.delete(tell);
      tell(this.#begin(source));
    }
  }
}

/** Waits in the line of a source. */
function waitIn(line: Set<Tell>, waitMs: number): Waiting {
  const { promise: turn, resolve } = Promise.withResolvers<Leave | null>();
  const tell: Tell = (leave) => {
    clearTimeout(late);
    resolve(leave);
  };
  const giveUp = (): void => {
    clearTimeout(late);
    line.delete(tell);
    resolve(null);
  };
  const late = setTimeout(giveUp, waitMs);
  line.add(tell);
  return { turn, giveUp };
}

/**
 * Between the head of a request and its body. The room for the body is given back with the answer.
 * @param limitBytes the largest body that is taken: what a request without a length is counted by
 * @returns false when there is no room, and the request is to come again later
 */
export function hasEntered(
  admission: Admission,
  sourceId: string,
  limitBytes: number,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const named = Number(request.headers['content-length'] ?? limitBytes);
  // A longer one is refused by its length alone.
  const leave = admission.enter(sourceId, Math.min(named, limitBytes));
  if (leave) response.once('close', leave);
  return leave !== null;
}

/** What becomes of a request whose body is there. One of them is called, unless the client goes first. */
export interface Turn {
  readonly begin: () => void;
  /** It is to come again later. */
  readonly refuse: () => void;
}

/** Between the body of a request and the work on it. The turn ends with the answer. */
export function whenItsTurn(
  admission: Admission,
  sourceId: string,
  response: ServerResponse,
  { begin, refuse }: Turn,
): void {
  const take = (leave: Leave | null): void => {
    if (response.closed) {
      // The client went while its request waited.
      leave?.();
    } else if (leave === null) {
      refuse();
    } else {
      response.once('close', leave);
      begin();
    }
  };
  const turn = admission.turn(sourceId);
  // Most need not wait.
  if (turn === null || typeof turn === 'function') {
    take(turn);
    return;
  }
  response.once('close', turn.giveUp);
  void turn.turn.then(take);
}
