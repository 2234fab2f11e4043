import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { requestIdHeader, type RefusalReason } from '@sluice/raw-event/recent-pushes';
import { createRateLimit } from '@sluice/sources/rate-limit';
import type { Source } from '@sluice/sources/source';
import type { Tracing } from '@sluice/telemetry/tracing';
import { receivingOf } from '@sluice/vendor-kit/vendor';
import { admitRequests, type Admission } from '../admission.ts';
import { describeEnd, requestIdOf, type OnEnd } from '../ended-request.ts';
import { beginPushSpan, endPushSpan } from '../push-span.ts';
import { receiveStaffBatch, type PushOutcome, type PushRequest, type Receiver } from '../receive.ts';
import { authenticatePage, isListedOrigin } from './authenticate-page.ts';
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
  const { receiver, onStaffAnswer } = options;
  const limit = createRateLimit(receiver.nowMs);
  const callers = new WeakMap<Request, Caller>();

  const answer = (
    request: Request,
    response: Response,
    outcome: StaffOutcome,
    status: number,
    text: string,
    reason: RefusalReason | null = null,
  ): void => {
    const { source = null, identity, head } = callers.get(request) ?? {};
    // Each page asks for a signature again and again: that would push what it sends out of the memory.
    if (outcome !== 'signed') {
      const [named, deadLetters] = [findSource(request, options), head?.deadLetters ?? []];
      options.onEnd(describeEnd(request, { source: named, outcome, status, reason, deadLetters }));
    }
    onStaffAnswer(source, identity?.pageId ?? null, routeOf(request), outcome);
    endPushSpan(head?.span, outcome, status);
    const type = status === 200 ? 'application/json' : 'text/plain';
    if (status === 204) response.writeHead(status).end();
    else
      response
        .writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
        .end(text);
  };
  const limited = (request: Request, response: Response, seconds: number): void => {
    response.setHeader('retry-after', String(seconds));
    answer(request, response, 'limited', 429, 'too many requests', 'staff-limit');
  };

  /** The same answer for a source without staff pages, an origin that is not listed, and no or a wrong token. */
  const refuseStranger = (request: Request, response: Response): void => {
    const seconds = limit.take(`stranger ${request.ip ?? ''}`, strangersPerMinute);
    if (seconds > 0) {
      limited(request, response, seconds);
      return;
    }
    response.setHeader('www-authenticate', 'Bearer');
    answer(
      request,
      response,
      'refused',
      401,
      "unauthorized: send the page's token or ticket as a bearer token",
      'staff-key',
    );
  };

  /** What every answer says: it is kept nowhere, and a browser on a listed origin may read it. */
  const prepare: RequestHandler = (request, response, next) => {
    response.setHeader('cache-control', 'no-store');
    response.setHeader(requestIdHeader, requestIdOf(request));
    response.setHeader('vary', 'origin');
    response.setHeader('x-content-type-options', 'nosniff');
    const source = findSource(request, options);
    const { origin } = request.headers;
    // The page's SDK compares its clock with `date`.
    response.setHeader('access-control-expose-headers', `retry-after, date, ${requestIdHeader}`);
    if (!source || (origin !== undefined && !isListedOrigin(source, origin)))
      refuseStranger(request, response);
    else {
      if (origin !== undefined) response.setHeader('access-control-allow-origin', origin);
      next();
    }
  };

  const preflight =
    (method: 'GET' | 'POST'): RequestHandler =>
    (_request, response) => {
      response.setHeader('access-control-allow-methods', method);
      response.setHeader('access-control-allow-headers', 'authorization, content-type');
      response.setHeader('access-control-max-age', '600');
      response.writeHead(204).end();
    };

  /** Who asks, before the body is read. Strangers learn what to send; only those who know the secret learn what is wrong with it. */
  const authenticate: RequestHandler = async (request, response, next) => {
    const source = findSource(request, options);
    if (!source) throw new Error('A staff page reached the second step without the first.');
    const { authorization, origin } = request.headers;
    const address = request.ip ?? '';
    const verdict = await authenticatePage(source, authorization, origin, receiver.nowMs());
    if (verdict.outcome === 'known') {
      const { page, identity, proof } = verdict;
      const head = headOf(request, requestIdOf(request));
      receiver.onKeyUsed(source, { kind: proof.kind, page: page.id }, proof.key);
      const span =
        routeOf(request) === 'actions'
          ? beginPushSpan(options.tracing, 'push staff actions', actionsPath, source, head)
          : undefined;
      callers.set(request, { source, identity, head: span ? { ...head, span } : head });
      const key = [routeOf(request), source.id, page.id, address].join(' ');
      const seconds = limit.take(key, page.requestsPerMinute);
      if (seconds > 0) limited(request, response, seconds);
      else next();
      return;
    }
    // Anybody who is told so had a good ticket: no stranger's flood may keep it from being renewed.
    if (verdict.outcome === 'expired') {
      response.setHeader('www-authenticate', 'Bearer');
      const expired = 'the ticket has expired, or is for longer than an hour: get a new one';
      answer(request, response, 'refused', 401, expired, 'staff-ticket-expired');
    } else if (verdict.outcome === 'elsewhere')
      answer(request, response, 'refused', 403, 'this origin is not among those of the page', 'staff-origin');
    else refuseStranger(request, response);
  };

  const giveConfig: RequestHandler = (request, response) => {
    const { source } = callerOf(callers, request);
    const pages = receivingOf(source, receiver.vendors).staffPages;
    const signed = pages?.sign(source, receiver.nowMs()) ?? null;
    if (signed) answer(request, response, 'signed', 200, JSON.stringify(signed));
    else refuseStranger(request, response);
  };

  const bytes = Math.min(batchLimitBytes, options.requestLimitBytes);
  const admit = admitRequests(
    options.admission,
    (request) => callerOf(callers, request).source,
    bytes,
    (request, response) => {
      response.setHeader('retry-after', '1');
      answer(request, response, 'unavailable', 503, 'try again later', 'overloaded');
    },
  );

  const accept: RequestHandler = async (request, response) => {
    const { source, identity, head } = callerOf(callers, request);
    const body: unknown = request.body;
    const batch = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const outcome = await receiveStaffBatch(batch, head, identity, source, receiver);
    switch (outcome) {
      case 'published':
      case 'spooled':
      case 'repeated':
      case 'dead-lettered':
      case 'kept-apart':
        answer(request, response, outcome, 204, '');
        break;
      case 'refused':
        refuseStranger(request, response);
        break;
      case 'over-budget':
      case 'unavailable':
        response.setHeader('retry-after', '5');
        answer(request, response, outcome, 503, 'try again later', outcome);
        break;
    }
  };

  const failed: ErrorRequestHandler = (
    error: { type?: string; status?: number },
    request,
    response,
    next,
  ) => {
    if (response.headersSent) next(error);
    else if (error.type === 'entity.too.large')
      answer(request, response, 'too-large', 413, 'too large: send fewer actions at once', 'too-large');
    else if (error.status !== undefined && error.status < 500)
      answer(request, response, 'malformed', 400, 'bad request', 'malformed');
    else answer(request, response, 'failed', 500, 'internal error', 'failed');
  };

  const readBody = express.raw({ type: () => true, inflate: false, limit: bytes });
  const router = express.Router();
  router.options(configPath, prepare, preflight('GET'));
  router.options(actionsPath, prepare, preflight('POST'));
  router.get(configPath, prepare, authenticate, giveConfig);
  router.post(actionsPath, prepare, authenticate, admit, readBody, accept);
  router.use([configPath, actionsPath], failed);
  return router;
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
