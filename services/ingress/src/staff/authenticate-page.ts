import { verifyTicket } from '@sluice/sources/page-ticket';
import type { LiveKey, SecretKind, Source, StaffPage } from '@sluice/sources/source';
import { equalInConstantTime, passingKey } from '@sluice/vendor-kit/receiving/constant-time';
import type { PageIdentity } from './decode.ts';

/** The secret of a page that a request was authenticated by. */
interface PageProof {
  readonly kind: Extract<SecretKind, 'staffToken' | 'ticketKey'>;
  readonly key: LiveKey;
}

/**
 * Who asks.
 * - `stranger`: no token and no ticket of a page: nothing is said about what would be right
 * - `expired`: a ticket that was good
 * - `elsewhere`: a page's own token or ticket, from an origin that the page does not list
 */
export type PageVerdict =
  | {
      readonly outcome: 'known';
      readonly page: StaffPage;
      readonly identity: PageIdentity;
      readonly proof: PageProof;
    }
  | { readonly outcome: 'stranger' | 'expired' | 'elsewhere' };

/**
 * Authenticates a staff page by its bearer token, or by a ticket.
 * @param origin as the browser says it; undefined from what is no browser, which may say anything anyhow
 */
export async function authenticatePage(
  source: Source,
  authorization: string | undefined,
  origin: string | undefined,
  nowMs: number,
): Promise<PageVerdict> {
  const given = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(authorization ?? '')?.[1] ?? '';
  const pages = source.staff?.pages ?? [];
  const verdicts = await Promise.all(pages.map((page) => judge(source, page, given, nowMs)));
  const found =
    verdicts.find(({ outcome }) => outcome === 'known') ??
    verdicts.find(({ outcome }) => outcome === 'expired') ??
    ({ outcome: 'stranger' } as const);
  const isElsewhere =
    found.outcome === 'known' && origin !== undefined && !found.page.origins.includes(origin);
  return isElsewhere ? { outcome: 'elsewhere' } : found;
}

async function judge(source: Source, page: StaffPage, given: string, nowMs: number): Promise<PageVerdict> {
  const byToken = page.token && passingKey(page.token, (token) => equalInConstantTime(given, token));
  if (byToken) {
    const identity = { pageId: page.id, staffId: null };
    return { outcome: 'known', page, identity, proof: { kind: 'staffToken', key: byToken } };
  }
  if (!page.ticketKey) return { outcome: 'stranger' };
  const verdict = await verifyTicket(given, page.ticketKey, { sourceId: source.id, pageId: page.id }, nowMs);
  if (verdict.outcome === 'expired') return { outcome: 'expired' };
  if (verdict.outcome === 'invalid') return { outcome: 'stranger' };
  const identity = { pageId: page.id, staffId: verdict.ticket.staffId };
  return { outcome: 'known', page, identity, proof: { kind: 'ticketKey', key: verdict.signedWith } };
}

/** Whether a browser may ask from there for any page of the source: what its preflight and its refusals are told. */
export function isListedOrigin(source: Source, origin: string | undefined): origin is string {
  return origin !== undefined && (source.staff?.pages ?? []).some(({ origins }) => origins.includes(origin));
}
