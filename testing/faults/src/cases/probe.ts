import { createHash } from 'node:crypto';
import type { Acknowledged } from '@sluice/start/ledger';
import type { Push } from '@sluice/simulator/push';
import type { Sent } from '../system/judge.ts';
import { postRaw, type RawAnswer, type RawRequest } from '../system/post-raw.ts';
import type { System } from '../system/system.ts';

/** One request, and what its sender must hear. */
export interface Probe {
  readonly name: string;
  readonly request: RawRequest;
  readonly expect: 'acknowledged' | 'refused';
  /** What must be found when it is acknowledged; without it the request's own body. */
  readonly push?: Pick<Push, 'sourceId' | 'vendor' | 'dataType' | 'payloadHash'>;
}

/** Sends them one after the other and keeps account. A problem for each that heard something else. */
export async function probe(
  system: System,
  probes: readonly Probe[],
): Promise<{ sent: Sent; problems: string[]; answers: RawAnswer[] }> {
  const acknowledged: Acknowledged[] = [];
  const problems: string[] = [];
  const answers: RawAnswer[] = [];
  for (const { name, request, expect, push } of probes) {
    const answer = await postRaw(system.ingressUrl, request);
    answers.push(answer);
    const isTaken = answer.status === 200;
    const isRefused = answer.status >= 400 && answer.status < 500;
    if (expect === 'acknowledged' ? !isTaken : !isRefused)
      problems.push(`${name}: ${answer.status} ${answer.body.slice(0, 60)}, not ${expect}.`);
    if (isTaken && push) acknowledged.push(push);
  }
  return { sent: { types: [], acknowledged }, problems, answers };
}

/** The hash by which a body is kept that nobody can open. */
export function hashOf(body: Buffer | string): string {
  return createHash('sha256').update(body).digest('hex');
}

/**
 * A push with other values where the vendor signs: in headers that it has, else in the query. Null: without the value; a
 * list: the value again and again.
 */
export function withValues(
  push: Push,
  change: Readonly<Record<string, string | readonly string[] | null>>,
): RawRequest {
  const url = new URL(push.path, 'http://x');
  let headers: Record<string, string | string[]> = { ...push.headers };
  for (const [name, value] of Object.entries(change)) {
    const values = [value ?? []].flat();
    if (name in push.headers) {
      const { [name]: _, ...others } = headers;
      headers = values.length === 0 ? others : { ...others, [name]: values };
    } else {
      url.searchParams.delete(name);
      for (const one of values) url.searchParams.append(name, one);
    }
  }
  return { path: `${url.pathname}${url.search}`, headers, body: push.body };
}

export function asSealed(push: Push): RawRequest {
  return { path: push.path, headers: push.headers, body: push.body };
}
