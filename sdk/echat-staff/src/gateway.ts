import { StaffSdkError, reasonOf } from './error.ts';
import { createGatewayClock } from './gateway-clock.ts';

/** The page's token, or what gets a ticket: asked again when the gateway refuses the one before. */
export type Credential = string | (() => string | Promise<string>);

export interface Gateway {
  /** Whom the credential that is known names: a ticket's `sub`. Empty where it names nobody. */
  readonly subject: () => string;
  /** What is added to the browser's time to have the gateway's, in ms; 0 while it is unknown. */
  readonly clockOffsetMs: () => number;
  /** Uses the known credential, or requests one. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** At once, with the credential that is known: for a page that closes. */
  readonly fetchNow: (path: string, init?: RequestInit) => Promise<Response>;
}

/**
 * Whether the answer may mean that the ticket's time is over. Too many requests of others behind the same address are
 * answered before the gateway tells so: then the ticket's own time decides.
 */
function mayBeOver(status: number, ticket: string): boolean {
  return status === 401 || (status === 429 && Number(claimsOf(ticket).exp ?? Infinity) * 1000 <= Date.now());
}

/** What a ticket says; nothing for what is no JSON Web Token. */
function claimsOf(ticket: string): { exp?: unknown; sub?: unknown } {
  const [, claims = ''] = ticket.split('.');
  try {
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    );
    return (JSON.parse(new TextDecoder().decode(bytes)) ?? {}) as object;
  } catch {
    return {};
  }
}

/** The gateway's routes of one source. */
export function openGateway(base: string, source: string, credential: Credential): Gateway {
  let known = typeof credential === 'string' ? credential : '';
  const clock = createGatewayClock();
  const fetchNow = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const askedAt = Date.now();
    const url = `${base.replace(/\/$/, '')}/v1/echat/${encodeURIComponent(source)}/${path}`;
    const answer = await fetch(url, {
      ...init,
      headers: { authorization: `Bearer ${known}`, 'content-type': 'application/json' },
      credentials: 'omit',
      cache: 'no-store',
    });
    clock.answered(askedAt, answer);
    return answer;
  };
  const renew = async (): Promise<void> => {
    if (typeof credential !== 'string') known = await credential();
  };
  return {
    subject() {
      const { sub } = claimsOf(known);
      return typeof sub === 'string' ? sub : '';
    },
    clockOffsetMs: clock.offsetMs,
    fetchNow,
    async fetch(path, init) {
      if (!known) await renew();
      const answer = await fetchNow(path, init);
      if (typeof credential === 'string' || !mayBeOver(answer.status, known)) return answer;
      await renew();
      return fetchNow(path, init);
    },
  };
}

export interface SignedConfig {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** @throws StaffSdkError `gateway` with what the gateway said */
export async function fetchConfig(gateway: Gateway): Promise<SignedConfig> {
  try {
    const answer = await gateway.fetch('js-sdk/config');
    if (answer.ok) return (await answer.json()) as SignedConfig;
    throw new Error(`${answer.status} ${await answer.text()}`);
  } catch (error) {
    throw new StaffSdkError('gateway', `The gateway gives no signature: ${reasonOf(error)}.`, error);
  }
}
