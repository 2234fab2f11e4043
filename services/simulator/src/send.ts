import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPoster, type PostAnswer, type Poster } from './post.ts';
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
   * 0 to 1: the share of acknowledged pushes that are sent once more, as Echat does when it missed the answer. Which
   * ones depends on their ids alone.
   */
  readonly resendShare: number;
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
  readonly book: LedgerBook;
  readonly signal: AbortSignal;
}

type Delivery =
  | { readonly outcome: 'acknowledged'; readonly latencyMs: number }
  | { readonly outcome: 'refused' | 'gave up'; readonly status: number | undefined; readonly detail: string };

const firstBackOffMs = 100;
const longestBackOffMs = 5_000;
const systemClock: SendClock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, { signal });
  },
};

/**
 * Sends pushes as the vendors do and keeps account. Acknowledged means, exactly: Echat 200 and the body `success`,
 * Sobot 200 and no body. Any other 4xx than 429 is final; all else is sent again with back-off.
 * @throws only what `pushes` or `onProgress` throws
 */
export async function sendTraffic(options: SendOptions): Promise<SendLedger> {
  const clock = options.clock ?? systemClock;
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const poster = openPoster(options.baseUrl, options.connections, options.requestTimeoutMs ?? 30_000);
  const sending: Sending = { options, clock, poster, book: openLedger(), signal };
  const startedAt = clock.now();
  const take = takeInTurn(sending);
  const work = async () => {
    for (let push = await take(); push !== undefined; push = await take()) {
      await sendPush(push, sending);
      options.onProgress?.(sending.book.totals());
    }
  };
  try {
    await Promise.all(Array.from({ length: options.connections }, work));
  } finally {
    failed.abort();
    poster.close();
  }
  return sending.book.close(clock.now() - startedAt);
}

/** The next push for whoever asks, one at a time and no sooner than the rate allows; undefined at the end. */
function takeInTurn({ options, clock, signal }: Sending): () => Promise<Push | undefined> {
  const { pushes, ratePerSecond } = options;
  const iterator =
    Symbol.asyncIterator in pushes ? pushes[Symbol.asyncIterator]() : pushes[Symbol.iterator]();
  const startedAt = clock.now();
  let taken = 0;
  let ended = false;
  let lastTurn: Promise<unknown> = Promise.resolve();

  const takeNext = async (): Promise<Push | undefined> => {
    if (ended) return undefined;
    const earlyMs =
      ratePerSecond === undefined ? 0 : startedAt + (taken * 1000) / ratePerSecond - clock.now();
    if (earlyMs > 0) await clock.wait(earlyMs, signal).catch(() => undefined);
    taken += 1;
    const next = await (signal.aborted ? iterator.return?.() : iterator.next());
    ended = next === undefined || next.done === true;
    return next === undefined || next.done === true ? undefined : next.value;
  };
  return () => {
    const turn = lastTurn.then(takeNext);
    lastTurn = turn.catch(() => undefined);
    return turn;
  };
}

async function sendPush(push: Push, sending: Sending): Promise<void> {
  const { book, options } = sending;
  book.sent(push);
  const delivery = await deliver(push, sending);
  if (delivery.outcome !== 'acknowledged') {
    book.failed(push, delivery.outcome, delivery.status, delivery.detail);
    return;
  }
  book.acknowledged(push, delivery.latencyMs);
  if (shareOf(push.id) >= options.resendShare) return;
  book.resent(push);
  const again = await deliver(push, sending);
  if (again.outcome !== 'acknowledged' && !sending.signal.aborted)
    book.failed(push, 'resend failed', again.status, again.detail);
}

/** Sends the very same request until it is acknowledged or refused, or the deadline has come. */
async function deliver(push: Push, { clock, poster, book, signal, options }: Sending): Promise<Delivery> {
  const deadline = clock.now() + options.retryForMs;
  for (let backOffMs = firstBackOffMs; ; backOffMs = Math.min(2 * backOffMs, longestBackOffMs)) {
    const startedAt = clock.now();
    book.requested(push);
    const answer = await poster.post(push, signal).catch((error: unknown) => describeError(error));
    const { status, detail } =
      typeof answer === 'string' ? { status: undefined, detail: answer } : readable(answer);
    if (typeof answer !== 'string' && isAcknowledged(push, answer)) {
      return { outcome: 'acknowledged', latencyMs: clock.now() - startedAt };
    }
    if (isRefused(status)) return { outcome: 'refused', status, detail };
    if (clock.now() + backOffMs > deadline || signal.aborted) return { outcome: 'gave up', status, detail };
    await clock.wait(backOffMs, signal).catch(() => undefined);
  }
}

function isAcknowledged({ vendor }: Push, { status, body }: PostAnswer): boolean {
  return status === 200 && body === { echat: 'success', sobot: '' }[vendor];
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
