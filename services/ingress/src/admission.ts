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

/**
 * Lets requests in, once their head is authentic and before their body is read.
 * - Bytes of bodies have one bound over all connections, and half of it for one source: a body is counted by the
 *   length that its head names, from before its first byte is read until its answer.
 * - While two sources send, a few requests of each are let in within one turn of the event loop, and its others wait
 *   unread. So the work that one source can put before a request of another one is bounded, however many connections
 *   it has, and what waits for Kafka costs nobody a turn.
 */
export interface Admission {
  /**
   * @param bytes the length of the body; the largest one taken where the head names none
   * @returns what ends the request's stay, to be called once; null when the request is to come again later
   */
  enter(sourceId: string, bytes: number): Leave | null | Promise<Leave | null>;
  inFlight(): { readonly requests: number; readonly bytes: number; readonly waiting: number };
}

export type Leave = () => void;

interface Waiting {
  readonly bytes: number;
  readonly answer: (leave: Leave | null) => void;
}

interface SourceState {
  requests: number;
  /** Let in within this turn of the event loop. */
  thisTurn: number;
  bytes: number;
  /** In the order they came. */
  readonly waiting: Set<Waiting>;
}

export function createAdmission(
  limits: AdmissionLimits = defaultAdmissionLimits,
  nowMs: () => number = () => performance.now(),
): Admission {
  /** As many as are configured. */
  const sources = new Map<string, SourceState>();
  let bytesInFlight = 0;
  let isTurning = false;
  /** The source of the last request, when it came, and when one of another source came before. */
  let last = '';
  let lastAtMs = -Infinity;
  let otherAtMs = -Infinity;

  const note = (sourceId: string): void => {
    if (sourceId !== last) otherAtMs = lastAtMs;
    last = sourceId;
    lastAtMs = nowMs();
  };
  /** Whether another source than this one sends, too. */
  const isShared = (sourceId: string): boolean =>
    nowMs() - (sourceId === last ? otherAtMs : lastAtMs) < activeMs;
  const hasTurn = (sourceId: string, { requests, thisTurn }: SourceState): boolean =>
    (requests < limits.sharedRequests && thisTurn < limits.sharedPerTurn) || !isShared(sourceId);

  const admit = (sourceId: string, state: SourceState, bytes: number): Leave | null => {
    const isFull = bytesInFlight + bytes > limits.bodyBytes;
    if (isFull || state.bytes + bytes > sourceShare * limits.bodyBytes) return null;
    state.requests += 1;
    state.thisTurn += 1;
    state.bytes += bytes;
    bytesInFlight += bytes;
    beginTurn();
    return () => {
      state.requests -= 1;
      state.bytes -= bytes;
      bytesInFlight -= bytes;
      if (state.waiting.size > 0) beginTurn();
    };
  };
  const letIn = (sourceId: string, state: SourceState): void => {
    for (const next of state.waiting) {
      if (!hasTurn(sourceId, state)) return;
      state.waiting.delete(next);
      next.answer(admit(sourceId, state, next.bytes));
    }
  };
  /** The next turn of the event loop begins: everybody has their share of it. */
  const turn = (): void => {
    isTurning = false;
    for (const [sourceId, state] of sources) {
      state.thisTurn = 0;
      letIn(sourceId, state);
    }
  };
  const beginTurn = (): void => {
    if (!isTurning) setImmediate(turn);
    isTurning = true;
  };
  const sumOf = (amount: (state: SourceState) => number): number =>
    [...sources.values()].reduce((sum, state) => sum + amount(state), 0);

  return {
    enter(sourceId, bytes) {
      note(sourceId);
      const state = sources.get(sourceId) ?? { requests: 0, thisTurn: 0, bytes: 0, waiting: new Set() };
      sources.set(sourceId, state);
      if (state.waiting.size === 0 && hasTurn(sourceId, state)) return admit(sourceId, state, bytes);
      return state.waiting.size < limits.waitingRequests ? turnOf(state.waiting, bytes, limits.waitMs) : null;
    },
    inFlight: () => ({
      requests: sumOf(({ requests }) => requests),
      bytes: bytesInFlight,
      waiting: sumOf(({ waiting }) => waiting.size),
    }),
  };
}

/** Waits in the line of a source. @returns null when the turn has not come in time */
function turnOf(line: Set<Waiting>, bytes: number, waitMs: number): Promise<Leave | null> {
  return new Promise((resolve) => {
    const waiting: Waiting = {
      bytes,
      answer(leave) {
        clearTimeout(late);
        resolve(leave);
      },
    };
    const late = setTimeout(() => {
      line.delete(waiting);
      resolve(null);
    }, waitMs);
    line.add(waiting);
  });
}

/** What becomes of a request that asks to be admitted. One of them is called, unless the client goes first. */
export interface Admitted {
  readonly proceed: () => void;
  /** It is to come again later. */
  readonly refuse: () => void;
}

/**
 * Between the head of a request and its body: the request continues when there is room for the body and it is the turn of its source,
 * and gives the place back with the answer.
 * @param limitBytes the largest body that is taken: what a request without a length is counted by
 */
export function whenAdmitted(
  admission: Admission,
  sourceId: string,
  limitBytes: number,
  request: IncomingMessage,
  response: ServerResponse,
  { proceed, refuse }: Admitted,
): void {
  const enter = (leave: Leave | null): void => {
    if (leave === null) {
      if (!response.closed) refuse();
    } else if (request.destroyed || response.closed) {
      // The client went while its request waited: what is there of the body is not a push.
      leave();
    } else {
      response.once('close', leave);
      proceed();
    }
  };
  const named = Number(request.headers['content-length'] ?? limitBytes);
  // A longer one is refused by its length alone.
  const entered = admission.enter(sourceId, Math.min(named, limitBytes));
  // Most need not wait, and their body is read in the same turn of the event loop.
  if (entered instanceof Promise) void entered.then(enter);
  else enter(entered);
}
