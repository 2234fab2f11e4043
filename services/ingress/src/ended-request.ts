import type { IncomingMessage } from 'node:http';
import { kindOf, type RecentPush } from '@sluice/raw-event/recent-pushes';
import { requestIdHeader, type Unreadable } from '@sluice/service/serve';
import type { Source } from '@sluice/sources/source';
import { plainAddress } from './address.ts';

/** Called with a request when it is answered. */
export type OnEnd = (push: RecentPush) => void;

/** The id that a request got when it came: ingress wrote it into the request's own header. */
export function requestIdOf(request: IncomingMessage): string {
  return String(request.headers[requestIdHeader]);
}

/**
 * What is remembered of a request.
 * @param address of who sent it, as the proxies in front say
 */
export function describeEnd(
  request: IncomingMessage,
  address: string,
  end: Pick<RecentPush, 'outcome' | 'status' | 'reason' | 'deadLetters'> & { readonly source: Source | null },
): RecentPush {
  const { source, outcome, status, reason, deadLetters } = end;
  return {
    atMs: Date.now(),
    requestId: requestIdOf(request),
    source: source?.id ?? null,
    address: plainAddress(address),
    kind: kindOf(status, deadLetters),
    outcome,
    status,
    reason,
    deadLetters: deadLetters.length > 1 ? [...new Set(deadLetters)] : deadLetters,
  };
}

/** What is remembered of something that is no request: which source it was for is not known. */
export function describeUnreadable({ requestId, status, address }: Unreadable): RecentPush {
  return {
    atMs: Date.now(),
    requestId,
    source: null,
    address: plainAddress(address ?? ''),
    kind: kindOf(status, []),
    outcome: 'malformed',
    status,
    reason: 'malformed',
    deadLetters: [],
  };
}
