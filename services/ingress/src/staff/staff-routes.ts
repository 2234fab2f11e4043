import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import type { RefusalReason } from '@sluice/raw-event/recent-pushes';
import { requestIdHeader } from '@sluice/service/serve';
import { createRateLimit, type RateLimit } from '@sluice/sources/rate-limit';
import type { Source } from '@sluice/sources/source';
import type { Tracing } from '@sluice/telemetry/tracing';
import { receivingOf } from '@sluice/vendor-kit/vendor';
import { hasEntered, whenItsTurn, type Admission } from '../admission.ts';
import { describeEnd, requestIdOf, type OnEnd } from '../ended-request.ts';
import { beginPushSpan, endPushSpan } from '../push-span.ts';
import { receiveStaffBatch, type PushOutcome, type PushRequest, type Receiver } from '../receive.ts';
import { authenticatePage, isListedOrigin, type PageVerdict } from './authenticate-page.ts';
import type { PageIdentity } from './decode.ts';

/** The two things that a staff page asks for. */
type StaffRoute = 'config' | 'actions';

/** How a request of a staff page ended: a closed list, values of a metric's label. */
type StaffOutcome = PushOutcome | 'signed' | 'limited' | 'malformed' | 'too-large' | 'failed';

export interface StaffRoutesOptions {
  readonly findSource: (id: string) => Source | undefined;
  readonly receiver: Receiver;
  /** Null where nothing is traced. */
  readonly tracing: Tracing | null;
  readonly admission: Admission;
  readonly requestLimitBytes: number;
  readonly onEnd: OnEnd;
  /** @param page null when nobody was recognized */
  readonly onStaffAnswer: (
    source: Source | null,
    page: string | null,
    route: StaffRoute,
    outcome: StaffOutcome,
  ) => void;
}

/** The largest batch taken, in bytes: a page that closes may send 64 KiB, an open one somewhat more. */
const batchLimitBytes = 256 * 1024;
/** Of requests without a token or ticket, from one address, whatever the source. */
const strangersPerMinute = 60;

const unauthorized = "unauthorized: send the page's token or ticket as a bearer token";
const elsewhere = 'this origin is not among those of the page';

type KnownPage = Extract<PageVerdict, { readonly outcome: 'known' }>;

interface Caller {
  readonly source: Source;
  readonly identity: PageIdentity;
  readonly head: PushRequest;
}

/**
 * What staff pages ask of ingress: `GET /v1/<vendor>/<source>/js-sdk/config` and
 * `POST /v1/<vendor>/<source>/staff-actions`, from browsers on listed origins.
 */
export function staffRoutes(options: StaffRoutesOptions): express.Router {
  const limit = Math.min(batchLimitBytes, options.requestLimitBytes);
  const staff = new StaffRequests(options, limit);
  const readBody = express.raw({ type: () => true, inflate: false, limit });
  const router = express.Router();
  router.options(configPath, staff.prepare, preflight('GET'));
  router.options(actionsPath, staff.prepare, preflight('POST'));
  router.get(configPath, staff.prepare, staff.authenticate, staff.giveConfig);
  router.post(
    actionsPath,
    staff.prepare,
    staff.authenticate,
    staff.enter,
    readBody,
    staff.awaitTurn,
    staff.accept,
  );
  router.use([configPath, actionsPath], staff.failed);
  return router;
}

/**
 * The steps of a staff page's request, in order: prepare → authenticate → give the configuration, or enter → (the body is
 * read) → wait for its turn → accept. Each ends the request or continues.
 */
class StaffRequests {
  readonly #options: StaffRoutesOptions;
  readonly #limit: RateLimit;
  readonly #callers = new WeakMap<Request, Caller>();
  readonly #bodyLimitBytes: number;

  constructor(options: StaffRoutesOptions, bodyLimitBytes: number) {
    this.#options = options;
    this.#limit = createRateLimit(options.receiver.nowMs);
    this.#bodyLimitBytes = bodyLimitBytes;
  }

  /** What every answer says: it is kept nowhere, and a browser on a listed origin may read it. */
  readonly prepare: RequestHandler = (request, response, next) => {
    response.setHeader('cache-control', 'no-store');
    response.setHeader(requestIdHeader, requestIdOf(request));
    response.setHeader('vary', 'origin');
    response.setHeader('x-content-type-options', 'nosniff');
    const source = findSource(request, this.#options);
    const { origin } = request.headers;
    // The page's SDK compares its clock with `date`.
    response.setHeader('access-control-expose-headers', `retry-after, date, ${requestIdHeader}`);
    if (!source || (origin !== undefined && !isListedOrigin(source, origin)))
      this.#refuseStranger(request, response);
    else {
      if (origin !== undefined) response.setHeader('access-control-allow-origin', origin);
      next();
    }
  };

  /** Who asks, before the body is read. Strangers learn what to send; only those who know the secret learn what is wrong with it. */
  readonly authenticate: RequestHandler = async (request, response, next) => {
    const source = findSource(request, this.#options);
    if (!source) throw new Error('A staff page reached the second step without the first.');
    const { authorization, origin } = request.headers;
    const nowMs = this.#options.receiver.nowMs();
    const verdict = await authenticatePage(source, authorization, origin, nowMs);
    if (verdict.outcome === 'known') {
      this.#recognize(request, source, verdict);
      const { page } = verdict;
      const key = [routeOf(request), source.id, page.id, request.ip ?? ''].join(' ');
      const seconds = this.#limit.take(key, page.requestsPerMinute);
      if (seconds > 0) this.#limited(request, response, seconds);
      else next();
      return;
    }
    // Anybody who is told so had a good ticket: no stranger's flood may keep it from being renewed.
    if (verdict.outcome === 'expired') {
      response.setHeader('www-authenticate', 'Bearer');
      const expired = 'the ticket has expired, or is for longer than an hour: get a new one';
      this.#answer(request, response, 'refused', 401, expired, 'staff-ticket-expired');
    } else if (verdict.outcome === 'elsewhere')
      this.#answer(request, response, 'refused', 403, elsewhere, 'staff-origin');
    else this.#refuseStranger(request, response);
  };

  /** Before the body is read: is there room for it? */
  readonly enter: RequestHandler = (request, response, next) => {
    const { id } = callerOf(this.#callers, request).source;
    if (hasEntered(this.#options.admission, id, this.#bodyLimitBytes, request, response)) next();
    else this.#putOff(request, response);
  };

  readonly awaitTurn: RequestHandler = (request, response, next) => {
    const { id } = callerOf(this.#callers, request).source;
    const refuse = (): void => this.#putOff(request, response);
    whenItsTurn(this.#options.admission, id, response, { begin: next, refuse });
  };

  readonly giveConfig: RequestHandler = (request, response) => {
    const { vendors, nowMs } = this.#options.receiver;
    const { source } = callerOf(this.#callers, request);
    const signed = receivingOf(source, vendors).staffPages?.sign(source, nowMs()) ?? null;
    if (signed) this.#answer(request, response, 'signed', 200, JSON.stringify(signed));
    else this.#refuseStranger(request, response);
  };

  readonly accept: RequestHandler = async (request, response) => {
    const { source, identity, head } = callerOf(this.#callers, request);
    const body: unknown = request.body;
    const batch = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const outcome = await receiveStaffBatch(batch, head, identity, source, this.#options.receiver);
    switch (outcome) {
      case 'published':
      case 'spooled':
      case 'repeated':
      case 'dead-lettered':
      case 'kept-apart':
        this.#answer(request, response, outcome, 204, '');
        break;
      case 'refused':
        this.#refuseStranger(request, response);
        break;
      case 'over-budget':
      case 'unavailable':
        response.setHeader('retry-after', '5');
        this.#answer(request, response, outcome, 503, 'try again later', outcome);
        break;
    }
  };

  /** Four parameters, by which express knows an error handler. */
  readonly failed: ErrorRequestHandler = (
    error: { type?: string; status?: number },
    request,
    response,
    next,
  ) => {
    if (response.headersSent) next(error);
    else if (error.type === 'entity.too.large')
      this.#answer(request, response, 'too-large', 413, 'too large: send fewer actions at once', 'too-large');
    else if (error.status !== undefined && error.status < 500)
      this.#answer(request, response, 'malformed', 400, 'bad request', 'malformed');
    else this.#answer(request, response, 'failed', 500, 'internal error', 'failed');
  };

  #recognize(request: Request, source: Source, { page, identity, proof }: KnownPage): void {
    const { receiver, tracing } = this.#options;
    receiver.onKeyUsed(source, { kind: proof.kind, page: page.id }, proof.key);
    const head = headOf(request, requestIdOf(request));
    const span =
      routeOf(request) === 'actions'
        ? beginPushSpan(tracing, 'push staff actions', actionsPath, source, head)
        : undefined;
    this.#callers.set(request, { source, identity, head: span ? { ...head, span } : head });
  }

  /** The same answer for a source without staff pages, an origin that is not listed, and no or a wrong token. */
  #refuseStranger(request: Request, response: Response): void {
    const seconds = this.#limit.take(`stranger ${request.ip ?? ''}`, strangersPerMinute);
    if (seconds > 0) {
      this.#limited(request, response, seconds);
      return;
    }
    response.setHeader('www-authenticate', 'Bearer');
    this.#answer(request, response, 'refused', 401, unauthorized, 'staff-key');
  }

  /** Authentic, and not taken now. */
  #putOff(request: Request, response: Response): void {
    response.setHeader('retry-after', '1');
    this.#answer(request, response, 'unavailable', 503, 'try again later', 'overloaded');
  }

  #limited(request: Request, response: Response, seconds: number): void {
    response.setHeader('retry-after', String(seconds));
    this.#answer(request, response, 'limited', 429, 'too many requests', 'staff-limit');
  }

  #answer(
    request: Request,
    response: Response,
    outcome: StaffOutcome,
    status: number,
    text: string,
    reason: RefusalReason | null = null,
  ): void {
    const { source = null, identity, head } = this.#callers.get(request) ?? {};
    // Each page asks for a signature again and again: that would push what it sends out of the memory.
    if (outcome !== 'signed') {
      const [named, deadLetters] = [findSource(request, this.#options), head?.deadLetters ?? []];
      this.#options.onEnd(
        describeEnd(request, request.ip ?? '', { source: named, outcome, status, reason, deadLetters }),
      );
    }
    this.#options.onStaffAnswer(source, identity?.pageId ?? null, routeOf(request), outcome);
    endPushSpan(head?.span, outcome, status);
    const type = status === 200 ? 'application/json' : 'text/plain';
    if (status === 204) response.writeHead(status).end();
    else
      response
        .writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
        .end(text);
  }
}

function preflight(method: 'GET' | 'POST'): RequestHandler {
  return (_request, response) => {
    response.setHeader('access-control-allow-methods', method);
    response.setHeader('access-control-allow-headers', 'authorization, content-type');
    response.setHeader('access-control-max-age', '600');
    response.writeHead(204).end();
  };
}

const configPath = '/v1/:vendor/:source/js-sdk/config';
/** Where a push has its path's secret. */
export const staffActionsSegment = 'staff-actions';
const actionsPath = `/v1/:vendor/:source/${staffActionsSegment}`;

function routeOf({ method }: Request): StaffRoute {
  return method === 'GET' ? 'config' : 'actions';
}

/** A source that has staff pages; all others look as if they were not there. */
function findSource(request: Request, options: StaffRoutesOptions): Source | null {
  const { vendor, source: id = '' } = request.params as Record<string, string | undefined>;
  const source = options.findSource(id);
  return source && source.vendor === vendor && source.staff !== null ? source : null;
}

function callerOf(callers: WeakMap<Request, Caller>, request: Request): Caller {
  const caller = callers.get(request);
  if (!caller) throw new Error('A staff page reached the last step without the first.');
  return caller;
}

function headOf(request: Request, requestId: string): PushRequest {
  return {
    query: {},
    requestId,
    deadLetters: [],
    header: (name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
  };
}
