import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { requestIdHeader, type RefusalReason } from '@sluice/raw-event/recent-pushes';
import type { Source } from '@sluice/sources/source';
import { admitRequests, type Admission } from './admission.ts';
import { allowsOf, plainForwardedFor } from './address.ts';
import { equalInConstantTime, passingKey } from '@sluice/vendor-kit/receiving/constant-time';
import { describeEnd, requestIdOf, type OnEnd } from './ended-request.ts';
import { beginPushSpan, endPushSpan } from './push-span.ts';
import { receive, type PushOutcome, type PushRequest, type Receiver } from './receive.ts';
import { staffActionsSegment, staffRoutes, type StaffRoutesOptions } from './staff/staff-routes.ts';
import type { Freshness, KeyUsed } from '@sluice/vendor-kit/receiving/receiving';
import { receivingOf } from '@sluice/vendor-kit/vendor';

export interface AppOptions extends Pick<StaffRoutesOptions, 'onStaffAnswer' | 'tracing'> {
  /** Called once for each request, when it is answered. */
  readonly onEnd: OnEnd;
  /** By id; asked for each push, since keys change while it runs. */
  readonly findSource: (id: string) => Source | undefined;
  readonly receiver: Receiver;
  readonly admission: Admission;
  /** The largest body taken, in bytes. */
  readonly requestLimitBytes: number;
  /** Express's `trust proxy`: how many proxies are in front, or their networks. */
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
type AnswerOutcome = PushOutcome | 'malformed' | 'too-large' | 'failed';

interface Push {
  readonly source: Source;
  readonly head: PushRequest;
  readonly verification: Freshness;
  /** Which live key of the token and of the path secret it passed by; `body`: the body's signature is still to be judged. */
  readonly token: KeyUsed | 'body';
  readonly pathSecret: KeyUsed;
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

/** When a push may be sent again that is over the budget of its source: some vendors resend only below 60 s. */
const laterSeconds = 30;

const pushRoute = '/v1/:vendor/:source{/:secret}';

/**
 * The routes of ingress: `POST /v1/<vendor>/<source>`, with a last secret segment where a source has one, and those of
 * staff pages.
 */
export function createApp(options: AppOptions): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', options.trustProxy);
  const push = new PushRoute(options);
  const readBody = express.raw({ type: () => true, inflate: false, limit: options.requestLimitBytes });
  const hasStaffPages = (vendor: unknown): boolean =>
    typeof vendor === 'string' && Boolean(options.receiver.vendors[vendor]?.staffPages);
  const notOfStaff: RequestHandler = ({ params }, _response, next) => {
    next(params.secret === staffActionsSegment && hasStaffPages(params.vendor) ? 'route' : undefined);
  };
  // First, because nearly all requests are pushes.
  app.post(pushRoute, notOfStaff, push.authenticate, push.admit, readBody, push.accept);
  app.use(staffRoutes(options));
  app.use((request, response) => {
    const refused = { source: null, refused: 'unknown-path' } as const;
    push.answer(request, response, { outcome: 'malformed', status: 404, text: 'not found', refused });
  });
  app.use(
    answerError((request, response, outcome, status, text) => {
      push.answer(request, response, { outcome, status, text, refused: { source: null, refused: outcome } });
    }),
  );
  return (request, response) => {
    tidyHead(request);
    // Whatever the sender wrote there. It costs less than a header of the answer that is set before the others.
    request.headers[requestIdHeader] = randomUUID();
    app(request, response);
  };
}

/** The steps of a push, in order: authenticate → admit → (the body is read) → accept. Each ends the request or continues. */
class PushRoute {
  readonly #options: AppOptions;
  readonly #isAllowedBySource = new WeakMap<Source, (address: string) => boolean>();
  readonly #pushes = new WeakMap<Request, Push>();
  readonly #started = new WeakMap<Request, number>();
  /** Before the body is read: is there room for it, and is it the turn of its source? */
  readonly admit: RequestHandler;

  constructor(options: AppOptions) {
    this.#options = options;
    this.admit = admitRequests(
      options.admission,
      (request) => pushOf(this.#pushes, request).source,
      options.requestLimitBytes,
      (request, response) => this.#putOff(request, response, 'unavailable', 'overloaded', 1),
    );
  }

  /** Refusals look alike: nobody learns what was wrong, or what exists. */
  readonly authenticate: RequestHandler = (request, response, next) => {
    this.#started.set(request, performance.now());
    const judged = this.#judge(request, requestIdOf(request));
    if ('refused' in judged) {
      this.#refuse(request, response, judged.source, judged.refused);
      return;
    }
    const { source, head } = judged;
    for (const kind of ['token', 'pathSecret'] as const) this.#tellKeyUsed(source, kind, judged[kind]);
    const span = beginPushSpan(this.#options.tracing, `push ${source.vendor}`, pushRoute, source, head);
    this.#pushes.set(request, span ? { ...judged, head: { ...head, span } } : judged);
    next();
  };

  readonly accept: RequestHandler = async (request, response) => {
    const push = pushOf(this.#pushes, request);
    const body: unknown = request.body;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const receiving = receivingOf(push.source, this.#options.receiver.vendors);
    if (push.token === 'body') {
      const signedWith = receiving.verifyBody?.(bytes, push.head, push.source) ?? null;
      if (signedWith === null) {
        this.#refuse(request, response, push.source, 'signature');
        return;
      }
      this.#tellKeyUsed(push.source, 'token', signedWith);
    }
    this.#options.on.body(push.source, bytes.length);
    const outcome = await receive(bytes, push.head, push.source, this.#options.receiver, push.verification);
    switch (outcome) {
      case 'published':
      case 'spooled':
      case 'repeated':
      case 'dead-lettered':
      case 'kept-apart':
        this.answer(request, response, { outcome, status: 200, text: receiving.acknowledgement });
        break;
      case 'refused':
        this.#refuse(request, response, push.source, 'policy');
        break;
      case 'over-budget':
        this.#putOff(request, response, outcome, outcome, laterSeconds);
        break;
      case 'unavailable':
        this.#putOff(request, response, outcome, outcome, 5);
        break;
    }
  };

  /** Who pushes, by path, address and signature; or why it is refused. */
  #judge(request: Request, requestId: string): Push | Refusal {
    const {
      vendor = '',
      source: id = '',
      secret = '',
    } = request.params as Record<string, string | undefined>;
    const source = this.#options.findSource(id);
    if (source?.vendor !== vendor) return { source: source ?? null, refused: 'unknown-path' };
    const pathSecret = pathKeyOf(source, secret);
    if (pathSecret === null) return { source, refused: 'path-secret' };
    const head = headOf(request, requestId);
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

  #allows(source: Source, request: Request): boolean {
    if (source.addresses.length === 0) return true;
    const known = this.#isAllowedBySource.get(source) ?? allowsOf(source.addresses);
    this.#isAllowedBySource.set(source, known);
    return known(request.ip ?? '');
  }

  #tellKeyUsed(source: Source, kind: 'token' | 'pathSecret', key: Push['token']): void {
    if (key !== 'none' && key !== 'body') this.#options.receiver.onKeyUsed(source, { kind, page: '' }, key);
  }

  #refuse(request: Request, response: Response, source: Source | null, reason: RefusalReason): void {
    const refused = { source, refused: reason };
    this.answer(request, response, { outcome: 'refused', status: 401, text: 'unauthorized', refused });
  }

  /** Authentic, and not taken now. */
  #putOff(
    request: Request,
    response: Response,
    outcome: 'over-budget' | 'unavailable',
    reason: 'overloaded' | 'over-budget' | 'unavailable',
    afterSeconds: number,
  ): void {
    response.setHeader('retry-after', String(afterSeconds));
    const refused = { source: pushOf(this.#pushes, request).source, refused: reason };
    this.answer(request, response, { outcome, ...tryAgain, refused });
  }

  answer(request: Request, response: Response, { outcome, status, text, refused }: Answer): void {
    const startedAt = this.#started.get(request) ?? performance.now();
    const push = this.#pushes.get(request);
    const source = push?.source ?? refused?.source ?? null;
    if (refused) this.#options.on.refused(source, refused.refused);
    const deadLetters = push?.head.deadLetters ?? [];
    this.#options.onEnd(
      describeEnd(request, {
        source,
        outcome,
        status,
        reason: refused?.refused ?? null,
        deadLetters,
      }),
    );
    this.#options.on.answer(push?.source ?? null, outcome, (performance.now() - startedAt) / 1000);
    endPushSpan(push?.head.span, outcome, status);
    // Not response.send(): it would add a charset, compute a length twice and answer HEAD.
    response
      .writeHead(status, {
        'content-type': 'text/plain',
        'content-length': Buffer.byteLength(text),
        [requestIdHeader]: requestIdOf(request),
      })
      .end(text);
  }
}

/** Makes what gateways and clouds write into the head readable to the steps behind it. */
function tidyHead({ headers }: IncomingMessage): void {
  // Charsets are sent there, and gzip after the proxy inflated it: the bytes themselves say what they are.
  if ('content-encoding' in headers) delete headers['content-encoding'];
  const forwardedFor = headers['x-forwarded-for'];
  if (typeof forwardedFor === 'string') headers['x-forwarded-for'] = plainForwardedFor(forwardedFor);
}

function pushOf(pushes: WeakMap<Request, Push>, request: Request): Push {
  const push = pushes.get(request);
  if (!push) throw new Error('A push reached a later step without the first.');
  return push;
}

/** The four parameters that express looks at to know an error handler. */
function answerError(
  answer: (
    request: Request,
    response: Response,
    outcome: 'malformed' | 'too-large' | 'failed',
    status: number,
    text: string,
  ) => void,
): ErrorRequestHandler {
  return (error: { type?: string; status?: number }, request, response, next) => {
    if (response.headersSent) next(error);
    else if (error.type === 'entity.too.large') answer(request, response, 'too-large', 413, 'too large');
    else if (error.status !== undefined && error.status < 500)
      answer(request, response, 'malformed', 400, 'bad request');
    else answer(request, response, 'failed', 500, 'internal error');
  };
}

/** What of a request may be looked at; null when a query parameter is repeated: which one was signed? */
function headOf(request: Request, requestId: string): PushRequest | null {
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(request.query)) {
    if (typeof value !== 'string') return null;
    query[name] = value;
  }
  return {
    query,
    requestId,
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
