import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPoster, type Poster } from './post.ts';
import type { PostAnswer } from './answer.ts';
import type { Push } from './push.ts';
import { openLedger, type LedgerBook, type SendCounts, type SendLedger } from './send-ledger.ts';

/** Time as the sender sees it. */
export interface SendClock {
  /** Milliseconds from any fixed moment. */
  now(): number;
  /** Resolves after `ms`; rejects at once when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface SendOptions {
  readonly baseUrl: string;
  /** Taken one by one, each when it is about to be sent. */
  readonly pushes: Iterable<Push> | AsyncIterable<Push>;
  /** Requests at a time, and connections. */
  readonly connections: number;
  /** Pushes started per second; without it as fast as the gateway answers. */
  readonly ratePerSecond?: number | undefined;
  /**
   * 0 to 1: the share of acknowledged pushes that are sent again, as a vendor does that missed the answer: after up
   * to 50 others, so out of order. Which ones depends on their ids alone.
   */
  readonly resendShare: number;
  /**
   * 0 to 1: the share of pushes that are signed and encrypted again each time they are sent again. The others are sent
   * again as exactly the same request. Which ones depends on their ids alone. Default: 0.5.
   */
  readonly resealShare?: number | undefined;
  /** Where pushes are sent again: another pod of the gateway, say. Default: `baseUrl`. */
  readonly resendUrl?: string | undefined;
  /** How long an unacknowledged push is sent again, from its first request on. */
  readonly retryForMs: number;
  /** A request without any answer for so long has failed. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Aborting ends the run early: requests under way count as given up, and the ledger is returned. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each push. */
  readonly onProgress?: ((counts: SendCounts) => void) | undefined;
  readonly clock?: SendClock | undefined;
}

interface Sending {
  readonly options: SendOptions;
  readonly clock: SendClock;
  readonly poster: Poster;
  readonly resendPoster: Poster;
  readonly book: LedgerBook;
  readonly signal: AbortSignal;
  readonly resends: Resend[];
}

/** An acknowledged push that is sent again when so many have been taken. */
interface Resend {
  readonly push: Push;
  readonly afterTaken: number;
}

interface Turn {
  readonly push: Push;
  readonly isResend: boolean;
}

type Delivery =
  | { readonly outcome: 'acknowledged'; readonly latencyMs: number }
  | { readonly outcome: 'refused' | 'gave up'; readonly status: number | undefined; readonly detail: string };

const firstBackOffMs = 100;
const longestBackOffMs = 5_000;
const latestResend = 50;
const systemClock: SendClock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, { signal });
  },
};

/**
 * Sends pushes as the vendors do and keeps account. The push's vendor says which answer acknowledges it. Any
 * other 4xx than 429 is final; all else is sent again with back-off.
 * @throws only what `pushes` or `onProgress` throws
 */
export async function sendTraffic(options: SendOptions): Promise<SendLedger> {
  const clock = options.clock ?? systemClock;
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const { baseUrl, resendUrl = baseUrl, connections, requestTimeoutMs = 30_000 } = options;
  const poster = openPoster(baseUrl, connections, requestTimeoutMs);
  const resendPoster = resendUrl === baseUrl ? poster : openPoster(resendUrl, connections, requestTimeoutMs);
  const sending: Sending = { options, clock, poster, resendPoster, book: openLedger(), signal, resends: [] };
  const startedAt = clock.now();
  const take = takeInTurn(sending);
  const work = async () => {
    for (let turn = await take(); turn !== undefined; turn = await take()) {
      await (turn.isResend ? resend(turn.push, sending) : sendPush(turn.push, take.count(), sending));
      options.onProgress?.(sending.book.totals());
    }
  };
  try {
    await Promise.all(Array.from({ length: options.connections }, work));
  } finally {
    failed.abort();
    poster.close();
    resendPoster.close();
  }
  return sending.book.close(clock.now() - startedAt);
}

interface Taker {
  /** The next push for anybody who asks, one at a time; undefined at the end. */
  (): Promise<Turn | undefined>;
  /** How many new pushes were taken so far. */
  count(): number;
}

/** New pushes come no sooner than the rate allows, resends as soon as they are due. */
function takeInTurn({ options, clock, signal, resends }: Sending): Taker {
  const { pushes, ratePerSecond } = options;
  const iterator =
    Symbol.asyncIterator in pushes ? pushes[Symbol.asyncIterator]() : pushes[Symbol.iterator]();
  const startedAt = clock.now();
  let taken = 0;
  let ended = false;
  let lastTurn: Promise<unknown> = Promise.resolve();

  const takeNext = async (): Promise<Turn | undefined> => {
    const due = signal.aborted ? -1 : resends.findIndex(({ afterTaken }) => ended || afterTaken <= taken);
    const [again] = due < 0 ? [] : resends.splice(due, 1);
    if (again !== undefined) return { push: again.push, isResend: true };
    if (ended) return undefined;
    const earlyMs =
      ratePerSecond === undefined ? 0 : startedAt + (taken * 1000) / ratePerSecond - clock.now();
    if (earlyMs > 0) await clock.wait(earlyMs, signal).catch(() => undefined);
    taken += 1;
    const next = await (signal.aborted ? iterator.return?.() : iterator.next());
    ended = next === undefined || next.done === true;
    return next === undefined || next.done === true ? takeNext() : { push: next.value, isResend: false };
  };
  const take = () => {
    const turn = lastTurn.then(takeNext);
    lastTurn = turn.catch(() => undefined);
    return turn;
  };
  return Object.assign(take, { count: () => taken });
}

async function sendPush(push: Push, taken: number, sending: Sending): Promise<void> {
  const { book, options, resends, poster } = sending;
  book.sent(push);
  const delivery = await deliver(push, poster, sending);
  if (delivery.outcome !== 'acknowledged') {
    book.failed(push, delivery.outcome, delivery.status, delivery.detail);
    return;
  }
  book.acknowledged(push, delivery.latencyMs);
  if (shareOf(push.id) >= options.resendShare) return;
  const later = Math.floor(shareOf(`${push.id}/later`) * latestResend);
  resends.push({ push, afterTaken: taken + later });
}

async function resend(push: Push, sending: Sending): Promise<void> {
  const { book, options, resendPoster, signal } = sending;
  book.resent(push);
  const again = await deliver(isResealed(push, options) ? push.sealAgain() : push, resendPoster, sending);
  if (again.outcome !== 'acknowledged' && !signal.aborted)
    book.failed(push, 'resend failed', again.status, again.detail);
}

function isResealed({ id }: Push, { resealShare = 0.5 }: SendOptions): boolean {
  return shareOf(`${id}/anew`) < resealShare;
}

/** Sends a push until it is acknowledged or refused, or the deadline has come. */
async function deliver(first: Push, poster: Poster, sending: Sending): Promise<Delivery> {
  const { clock, book, signal, options } = sending;
  const deadline = clock.now() + options.retryForMs;
  let push = first;
  for (let backOffMs = firstBackOffMs; ; backOffMs = Math.min(2 * backOffMs, longestBackOffMs)) {
    const startedAt = clock.now();
    book.requested(push);
    const answer = await poster.post(push, signal).catch((error: unknown) => describeError(error));
    const { status, detail } =
      typeof answer === 'string' ? { status: undefined, detail: answer } : readable(answer);
    if (typeof answer !== 'string' && push.isAcknowledged(answer)) {
      return { outcome: 'acknowledged', latencyMs: clock.now() - startedAt };
    }
    if (isRefused(status)) return { outcome: 'refused', status, detail };
    if (clock.now() + backOffMs > deadline || signal.aborted) return { outcome: 'gave up', status, detail };
    await clock.wait(backOffMs, signal).catch(() => undefined);
    if (isResealed(push, options)) push = push.sealAgain();
  }
}

function isRefused(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}

function readable({ status, body }: PostAnswer): { status: number; detail: string } {
  return { status, detail: body === '' ? '(empty body)' : body };
}

/** A refused connection may come as an AggregateError, whose message is empty: its code speaks. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return error.message === '' ? code : error.message;
}

/** A fraction from 0 to 1 that an id always has. */
function shareOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32;
}
