import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { timingSafeEqual, createHash } from 'node:crypto';
import { signTicket, verifyTicket } from '@sluice/sources/page-ticket';
import { createRateLimit, type RateLimit } from '@sluice/sources/rate-limit';
import type { Keys, LiveKey } from '@sluice/sources/source';
import { readCards } from './read-cards.ts';
import type { Panel } from './read-panels.ts';
import type { VisitorRecord } from './read-visitor.ts';
import { contentSecurityPolicy, renderPage } from './render-page.ts';

export interface AgentPanelOptions {
  readonly panels: readonly Panel[];
  /** The panel's script and style. */
  readonly assets: { readonly script: string; readonly style: string };
  readonly readVisitor: (panel: Panel, visitorId: string) => Promise<VisitorRecord>;
  readonly nowMs: () => number;
  /** Proxies in front, as a count or as networks: decides whose requests are counted together. */
  readonly trustProxy: number | string;
  /** A panel was opened with one of its two access keys. */
  readonly onKeyUsed: (panel: Panel, key: LiveKey) => void;
  readonly onAnswer: (panel: Panel | null, route: PanelRoute, status: number) => void;
  /** What staff are not told: why a store or a file does not answer. */
  readonly onProblem: (line: string) => void;
}

type PanelRoute = 'page' | 'session' | 'visitor' | 'cards';

/** A panel asks for another ticket in time. */
const ticketLifeMs = 15 * 60_000;
const longestVisitorId = 256;
/** From one address. An office may have one for all of its staff. */
const requestsPerMinute = 600;
const refusalsPerMinute = 60;

/**
 * The panels: `/panels/<source>/` is a page without data; anybody who has the panel's key gets a ticket for it at
 * `session`, and with a ticket reads `visitors/<id>` and `cards`. The same ticket is good at the gateway.
 */
export function createApp(options: AgentPanelOptions): Express {
  const { assets } = options;
  const panels = new PanelRoutes(options);
  const app = express();
  app.set('trust proxy', options.trustProxy);
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    next();
  });
  app.get('/assets/panel.js', (_request, response) => {
    response.type('text/javascript').send(assets.script);
  });
  app.get('/assets/panel.css', (_request, response) => {
    response.type('text/css').send(assets.style);
  });
  app.get('/panels/:source/', panels.showPage);
  app.post('/panels/:source/session', panels.beginSession);
  app.get('/panels/:source/visitors/:visitor', panels.giveVisitor);
  app.get('/panels/:source/cards', panels.giveCards);
  app.use((_request, response) => {
    response.status(404).json({ error: 'not found' });
  });
  return app;
}

class PanelRoutes {
  readonly #options: AgentPanelOptions;
  readonly #limit: RateLimit;

  constructor(options: AgentPanelOptions) {
    this.#options = options;
    this.#limit = createRateLimit(options.nowMs);
  }

  readonly showPage: RequestHandler = (request, response, next) => {
    const panel = this.#panelOf(request);
    if (!panel) {
      next();
      return;
    }
    this.#options.onAnswer(panel, 'page', 200);
    response
      .set('content-security-policy', contentSecurityPolicy(panel))
      .type('html')
      .send(renderPage(panel));
  };

  readonly beginSession: RequestHandler = async (request, response) => {
    const panel = this.#panelOf(request);
    const given = bearerOf(request);
    const opens = panel === null ? null : passingKey(given, panel.accessKey);
    if (this.#isLimited(request, response, panel, 'session', opens !== null)) return;
    if (panel === null || opens === null) {
      this.#answer(response, panel, 'session', 401, { error: 'unauthorized' });
      return;
    }
    this.#options.onKeyUsed(panel, opens);
    const { sourceId, pageId, ticketKey } = panel;
    const expiresAt = this.#options.nowMs() + ticketLifeMs;
    const ticket = await signTicket(
      { sourceId, pageId, staffId: null, expiresAtMs: expiresAt },
      ticketKey.current.reveal(),
    );
    this.#answer(response, panel, 'session', 200, { ticket, expiresAt });
  };

  readonly giveVisitor = this.#reading('visitor', (panel, request) => {
    const { visitor = '' } = request.params as Record<string, string | undefined>;
    const nothing: VisitorRecord = { conversations: [], contact: [] };
    return visitor.length > longestVisitorId
      ? Promise.resolve(nothing)
      : this.#options.readVisitor(panel, visitor);
  });

  readonly giveCards = this.#reading('cards', async ({ cardsFile }) => ({
    cards: await readCards(cardsFile),
  }));

  /** What only a ticket of the panel reads, and only of its source. */
  #reading(route: PanelRoute, read: (panel: Panel, request: Request) => Promise<object>): RequestHandler {
    return async (request, response) => {
      const panel = this.#panelOf(request);
      const isKnown = panel !== null && (await isOfPanel(bearerOf(request), panel, this.#options.nowMs()));
      if (this.#isLimited(request, response, panel, route, isKnown)) return;
      if (!isKnown) {
        this.#answer(response, panel, route, 401, { error: 'unauthorized' });
        return;
      }
      try {
        this.#answer(response, panel, route, 200, await read(panel, request));
      } catch (error) {
        this.#options.onProblem(
          `The ${route} of panel ${panel.sourceId}: ${error instanceof Error ? error.message : String(error)}`,
        );
        this.#answer(response, panel, route, 502, { error: 'unavailable' });
      }
    };
  }

  #panelOf(request: Request): Panel | null {
    const { source } = request.params as Record<string, string | undefined>;
    return this.#options.panels.find(({ sourceId }) => sourceId === source) ?? null;
  }

  /** Answers 429 and returns true if the client is over its limit. Anonymous failures have a bucket of their own. */
  #isLimited(
    request: Request,
    response: Response,
    panel: Panel | null,
    route: PanelRoute,
    isKnown: boolean,
  ): boolean {
    const who = `${isKnown ? (panel?.sourceId ?? '') : ''} ${request.ip ?? ''}`;
    const seconds = this.#limit.take(who, isKnown ? requestsPerMinute : refusalsPerMinute);
    if (seconds === 0) return false;
    response.setHeader('retry-after', String(seconds));
    this.#answer(response, panel, route, 429, { error: 'too many requests' });
    return true;
  }

  #answer(response: Response, panel: Panel | null, route: PanelRoute, status: number, body: object): void {
    this.#options.onAnswer(panel, route, status);
    response.status(status).json(body);
  }
}

async function isOfPanel(ticket: string, panel: Panel, nowMs: number): Promise<boolean> {
  return (await verifyTicket(ticket, panel.ticketKey, panel, nowMs)).outcome === 'good';
}

function bearerOf({ headers: { authorization = '' } }: Request): string {
  return /^Bearer (\S{1,4096})$/i.exec(authorization)?.[1] ?? '';
}

/** Which of the two live keys was given; null if neither was. Both are tried, so that the time tells nothing. */
function passingKey(given: string, keys: Keys): LiveKey | null {
  const [current, previous] = [keys.current, keys.previous].map((key) => isEqual(given, key?.reveal()));
  if (current) return 'current';
  return previous ? 'previous' : null;
}

function isEqual(given: string, expected: string | undefined): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected ?? '')) && expected !== undefined && expected !== '';
}
