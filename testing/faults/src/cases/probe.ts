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

/** A push of a plain source with the given body, which is its payload. */
export function withBody(push: Push, body: Buffer): Push {
  return { ...push, body, payloadHash: hashOf(body) };
}

/** A push with another query, of a vendor whose signature is there. */
export function withQuery(
  push: Push,
  change: Readonly<Record<string, string | string[] | null>>,
): RawRequest {
  const url = new URL(push.path, 'http://x');
  for (const [name, value] of Object.entries(change)) {
    url.searchParams.delete(name);
    for (const one of [value ?? []].flat()) url.searchParams.append(name, one);
  }
  return { path: `${url.pathname}${url.search}`, headers: push.headers, body: push.body };
}

/** A push with other headers. */
export function withHeaders(push: Push, change: Readonly<Record<string, string | null>>): RawRequest {
  const changed = Object.entries({ ...push.headers, ...change });
  const headers = Object.fromEntries(changed.filter((pair): pair is [string, string] => pair[1] !== null));
  return { path: push.path, headers, body: push.body };
}

export function asSealed(push: Push): RawRequest {
  return { path: push.path, headers: push.headers, body: push.body };
}
