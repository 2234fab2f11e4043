import type { Request, Response } from 'express';
import { kindOf, requestIdHeader, type RecentPush } from '@sluice/raw-event/recent-pushes';
import type { Source } from '@sluice/sources/source';
import { plainAddress } from './address.ts';

/** Is told of a request when it is answered. */
export type OnEnd = (push: RecentPush) => void;

/** The id that a request got when it came: the header of its answer has it from then on. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader(requestIdHeader));
}

/** What is remembered of a request. */
export function describeEnd(
  request: Request,
  response: Response,
  end: Pick<RecentPush, 'outcome' | 'status' | 'reason' | 'deadLetters'> & { readonly source: Source | null },
): RecentPush {
  const { source, outcome, status, reason, deadLetters } = end;
  return {
    atMs: Date.now(),
    requestId: requestIdOf(response),
    source: source?.id ?? null,
    address: plainAddress(request.ip ?? ''),
    kind: kindOf(status, deadLetters),
    outcome,
    status,
    reason,
    deadLetters: [...new Set(deadLetters)],
  };
}
