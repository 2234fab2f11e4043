import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import type { RefusalReason } from '@sluice/raw-event/recent-pushes';
import { requestIdHeader } from '@sluice/service/serve';
import type { Source } from '@sluice/sources/source';
import type { Tracing } from '@sluice/telemetry/tracing';
import { equalInConstantTime, passingKey } from '@sluice/vendor-kit/receiving/constant-time';
import type { Freshness, KeyUsed } from '@sluice/vendor-kit/receiving/receiving';
import { receivingOf } from '@sluice/vendor-kit/vendor';
import { hasEntered, whenItsTurn, type Admission } from './admission.ts';
import { allowsOf, senderAddressOf } from './address.ts';
import { describeEnd, requestIdOf, type OnEnd } from './ended-request.ts';
import { beginPushSpan, endPushSpan } from './push-span.ts';
import { pushTargetOf, type PushTarget } from './push-target.ts';
import { readBody, type NoBody } from './read-body.ts';
import { receive, type PushOutcome, type PushRequest, type Receiver } from './receive.ts';
import { staffActionsSegment } from './staff/staff-routes.ts';

export interface PushRouteOptions {
  /** Called once for each request, when it is answered. */
  readonly onEnd: OnEnd;
  /** By id; asked for each push, since keys change while it runs. */
  readonly findSource: (id: string) => Source | undefined;
  readonly receiver: Receiver;
  readonly admission: Admission;
  /** Null where nothing is traced. */
  readonly tracing: Tracing | null;
  /** The largest body taken, in bytes. */
  readonly requestLimitBytes: number;
  /** How many proxies are in front, or their networks, separated by commas. */
  readonly trustProxy: number | string;
  readonly on: {
    /** A push is authentic and its body is read. */
    body(source: Source, bytes: number): void;
    /** @param source null when none is known, or the push is not authentic */
    answer(source: Source | null, outcome: AnswerOutcome, seconds: number): void;
    /** A push is not taken; its answer says less. @param source null when none is known */
    refused(source: Source | null, reason: RefusalReason): void;
  };
}

/** `malformed`: not a request that a vendor makes; `too-large`: over the limit; `failed`: a bug of ours. */
export type AnswerOutcome = PushOutcome | 'malformed' | 'too-large' | 'failed';

/** Who pushes, and how it passed. */
interface Verified {
  readonly source: Source;
  readonly head: PushRequest;
  readonly verification: Freshness;
  /** Which live key of the token and of the path secret it passed by; `body`: the body's signature is still to be judged. */
  readonly token: KeyUsed | 'body';
  readonly pathSecret: KeyUsed;
}

/** A request, from its head to its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** As `performance.now()`. */
  readonly startedAt: number;
  /** Null before it is verified. */
  push: Verified | null;
}

interface Refusal {
  readonly source: Source | null;
  readonly refused: RefusalReason;
}

/** How a request is answered. */
interface Answer {
  readonly outcome: AnswerOutcome;
  readonly status: number;
  readonly text: string;
  /** With a request that is not taken: why, and which source its path names. */
  readonly refused?: Refusal;
}

const tryAgain = { status: 503, text: 'try again later' } as const;
const wrong = {
  malformed: { status: 400, text: 'bad request' },
  'too-large': { status: 413, text: 'too large' },
  failed: { status: 500, text: 'internal error' },
} as const;

/** When a push may be sent again that is over the budget of its source: some vendors resend only below 60 s. */
const laterSeconds = 30;

/** As it is written in the documentation: the address itself may hold a secret. */
const pushRoute = '/v1/:vendor/:source{/:secret}';

/**
 * `POST /v1/<vendor>/<source>`, with a last secret segment where a source has one. The steps of a push, in order:
 * authenticate → enter → read the body → wait for its turn → accept. Each ends the request or continues.
 */
export class PushRoute {
  readonly #options: PushRouteOptions;
  readonly #senderOf: (request: IncomingMessage) => string;
  readonly #isAllowedBySource = new WeakMap<Source, (address: string) => boolean>();

  constructor(options: PushRouteOptions) {
    this.#options = options;
    this.#senderOf = senderAddressOf(options.trustProxy);
  }

  /** @returns whether the request is a push: then it is answered here */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const target = request.method === 'POST' ? pushTargetOf(request.url ?? '') : null;
    if (target === null || (target !== 'malformed' && this.#isOfStaff(target))) return false;
    const exchange: Exchange = { request, response, startedAt: performance.now(), push: null };
    if (target === 'malformed') this.#answerWrong(exchange, 'malformed');
    else this.#guard(exchange, () => this.#authenticate(exchange, target));
    return true;
  }

  /** Answers a request that has no route. */
  answerUnknown(request: IncomingMessage, response: ServerResponse): void {
    const refused = { source: null, refused: 'unknown-path' } as const;
    this.#answer(begun(request, response), { outcome: 'malformed', status: 404, text: 'not found', refused });
  }

  /** Answers a request that failed before anybody took it. */
  answerWrong(request: IncomingMessage, response: ServerResponse, outcome: keyof typeof wrong): void {
    this.#answerWrong(begun(request, response), outcome);
  }

  #isOfStaff({ vendor, secret }: PushTarget): boolean {
    return secret === staffActionsSegment && Boolean(this.#options.receiver.vendors[vendor]?.staffPages);
  }

  /** Whatever is thrown at a step is a bug of ours, and answered as one. */
  #guard(exchange: Exchange, step: () => void): void {
    try {
      step();
    } catch {
      this.#answerWrong(exchange, 'failed');
    }
  }

  /** Refusals look alike: nobody learns what was wrong, or what exists. */
  #authenticate(exchange: Exchange, target: PushTarget): void {
    const { request, response } = exchange;
    const judged = this.#judge(request, target);
    if ('refused' in judged) {
      this.#refuse(exchange, judged.source, judged.refused);
      return;
    }
    const { source, head } = judged;
    for (const kind of ['token', 'pathSecret'] as const) this.#tellKeyUsed(source, kind, judged[kind]);
    const span = beginPushSpan(this.#options.tracing, `push ${source.vendor}`, pushRoute, source, head);
    const push = span ? { ...judged, head: { ...head, span } } : judged;
    exchange.push = push;
    const { admission, requestLimitBytes } = this.#options;
    if (!hasEntered(admission, source.id, requestLimitBytes, request, response)) {
      this.#putOff(exchange, source, 'unavailable', 'overloaded', 1);
      return;
    }
    readBody(request, requestLimitBytes, (body) =>
      this.#guard(exchange, () => this.#awaitTurn(exchange, push, body)),
    );
  }

  #awaitTurn(exchange: Exchange, push: Verified, body: Buffer | NoBody): void {
    if (!Buffer.isBuffer(body)) {
      this.#answerWrong(exchange, body === 'too-large' ? body : 'malformed');
      return;
    }
    whenItsTurn(this.#options.admission, push.source.id, exchange.response, {
      begin: () => this.#guard(exchange, () => this.#accept(exchange, push, body)),
      refuse: () => this.#putOff(exchange, push.source, 'unavailable', 'overloaded', 1),
    });
  }

  #accept(exchange: Exchange, push: Verified, body: Buffer): void {
    const { source, head, token, verification } = push;
    const { receiver, on } = this.#options;
    if (token === 'body') {
      const signedWith = receivingOf(source, receiver.vendors).verifyBody?.(body, head, source) ?? null;
      if (signedWith === null) {
        this.#refuse(exchange, source, 'signature');
        return;
      }
      this.#tellKeyUsed(source, 'token', signedWith);
    }
    on.body(source, body.length);
    receive(body, head, source, receiver, verification).then(
      (outcome) => this.#guard(exchange, () => this.#end(exchange, source, outcome)),
      () => this.#answerWrong(exchange, 'failed'),
    );
  }

  #end(exchange: Exchange, source: Source, outcome: PushOutcome): void {
    switch (outcome) {
      case 'published':
      case 'spooled':
      case 'repeated':
      case 'dead-lettered':
      case 'kept-apart': {
        const { acknowledgement: text } = receivingOf(source, this.#options.receiver.vendors);
        this.#answer(exchange, { outcome, status: 200, text });
        break;
      }
      case 'refused':
        this.#refuse(exchange, source, 'policy');
        break;
      case 'over-budget':
        this.#putOff(exchange, source, outcome, outcome, laterSeconds);
        break;
      case 'unavailable':
        this.#putOff(exchange, source, outcome, outcome, 5);
        break;
    }
  }

  /** Who pushes, by path, address and signature; or why it is refused. */
  #judge(request: IncomingMessage, { vendor, sourceId, secret, query }: PushTarget): Verified | Refusal {
    const source = this.#options.findSource(sourceId);
    if (source?.vendor !== vendor) return { source: source ?? null, refused: 'unknown-path' };
    const pathSecret = pathKeyOf(source, secret);
    if (pathSecret === null) return { source, refused: 'path-secret' };
    const head = headOf(request, query);
    if (head === null) return { source, refused: 'repeated-parameter' };
    if (!this.#allows(source, request)) return { source, refused: 'address' };
    const { vendors, nowMs } = this.#options.receiver;
    const verification = receivingOf(source, vendors).verify(head, source, nowMs());
    switch (verification.outcome) {
      case 'refused':
        return { source, refused: 'signature' };
      case 'body-signed':
        return { source, head, verification: verification.freshness, token: 'body', pathSecret };
      case 'verified':
      case 'stale':
        return {
          source,
          head,
          verification: verification.outcome,
          token: verification.signedWith,
          pathSecret,
        };
    }
  }

  #allows(source: Source, request: IncomingMessage): boolean {
    if (source.addresses.length === 0) return true;
    const known = this.#isAllowedBySource.get(source) ?? allowsOf(source.addresses);
    this.#isAllowedBySource.set(source, known);
    return known(this.#senderOf(request));
  }

  #tellKeyUsed(source: Source, kind: 'token' | 'pathSecret', key: Verified['token']): void {
    if (key !== 'none' && key !== 'body') this.#options.receiver.onKeyUsed(source, { kind, page: '' }, key);
  }

  #refuse(exchange: Exchange, source: Source | null, reason: RefusalReason): void {
    const refused = { source, refused: reason };
    this.#answer(exchange, { outcome: 'refused', status: 401, text: 'unauthorized', refused });
  }

  /** Authentic, and not taken now. */
  #putOff(
    exchange: Exchange,
    source: Source,
    outcome: 'over-budget' | 'unavailable',
    reason: 'overloaded' | 'over-budget' | 'unavailable',
    afterSeconds: number,
  ): void {
    exchange.response.setHeader('retry-after', String(afterSeconds));
    this.#answer(exchange, { outcome, ...tryAgain, refused: { source, refused: reason } });
  }

  #answerWrong(exchange: Exchange, outcome: keyof typeof wrong): void {
    const refused = { source: null, refused: outcome };
    if (!exchange.response.headersSent) this.#answer(exchange, { outcome, ...wrong[outcome], refused });
  }

  #answer(exchange: Exchange, { outcome, status, text, refused }: Answer): void {
    const { request, response, startedAt, push } = exchange;
    const { on, onEnd } = this.#options;
    const source = push?.source ?? refused?.source ?? null;
    if (refused) on.refused(refused.source, refused.refused);
    const deadLetters = push?.head.deadLetters ?? [];
    const reason = refused?.refused ?? null;
    const address = this.#senderOf(request);
    onEnd(describeEnd(request, address, { source, outcome, status, reason, deadLetters }));
    on.answer(push?.source ?? null, outcome, (performance.now() - startedAt) / 1000);
    endPushSpan(push?.head.span, outcome, status);
    response
      .writeHead(status, {
        'content-type': 'text/plain',
        'content-length': Buffer.byteLength(text),
        [requestIdHeader]: requestIdOf(request),
      })
      .end(text);
  }
}

const begun = (request: IncomingMessage, response: ServerResponse): Exchange => ({
  request,
  response,
  startedAt: performance.now(),
  push: null,
});

/** What of a request may be looked at; null when a query parameter is repeated: which one was signed? */
function headOf(request: IncomingMessage, queryText: string): PushRequest | null {
  const query = parse(queryText);
  for (const name in query) if (typeof query[name] !== 'string') return null;
  return {
    query: query as Record<string, string>,
    requestId: requestIdOf(request),
    deadLetters: [],
    header: (name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
  };
}

/** Which path secret a push has; `none` if the source wants none, null if it is a wrong one. */
function pathKeyOf(source: Source, given: string): KeyUsed | null {
  if (source.pathSecret === null) return given === '' ? 'none' : null;
  return passingKey(source.pathSecret, (secret) => equalInConstantTime(given, secret));
}
