/**
 * What ingress remembers of the last requests that it answered: what `GET /pushes` of its management port says, as JSON.
 * It is best effort: each process remembers its own requests since it started, and of each source and kind the newest
 * `keptPushes`. Nothing in it is a secret, a query string, a path or a part of a body.
 *
 * Query parameters of `/pushes`; each may be left out, and all that are there must hold:
 * - `source`: id of a source; empty for requests of which no source is known. 400 for a source that there is not
 * - `kind`: one of `pushKinds`. 400 for another word
 * - `request`: a request id, as the answer had it in its header `x-sluice-request-id`, and raw records and dead letters
 *   have it in `sluice-request`
 *
 * The answer is 200 with a `RecentPushes`, also when none fits, or 400 with a message as plain text. In a cluster ask each
 * pod of ingress.
 */
export interface RecentPushes {
  /** When the process began to remember, in epoch ms. */
  readonly sinceMs: number;
  /** Newest first. */
  readonly pushes: readonly RecentPush[];
}

/** How many requests of one source and kind are remembered. */
export const keptPushes = 100;

/**
 * - `acknowledged`: it is durable as a raw record, or was before
 * - `dead-lettered`: acknowledged, and all or a part of it is a dead letter
 * - `refused`: not authentic, or not wanted: 401, 403, 404 or 429. Nothing is kept
 * - `failed`: authentic and not acknowledged, or no whole request: 400, 413, 500 or 503
 */
export const pushKinds = ['acknowledged', 'dead-lettered', 'refused', 'failed'] as const;
export type PushKind = (typeof pushKinds)[number];

export interface RecentPush {
  /** When it was answered, in epoch ms. */
  readonly atMs: number;
  readonly requestId: string;
  /** The source that its path names, which a refused one need not be of; null when there is no such source. */
  readonly source: string | null;
  /** Who sent it, as far as `SLUICE_TRUST_PROXY` lets ingress know; null when that is no address. */
  readonly address: string | null;
  readonly kind: PushKind;
  /** As the label `outcome` of `sluice_ingress_requests_total`, or of `sluice_ingress_staff_requests_total`. */
  readonly outcome: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Why it was not acknowledged; null when it was. */
  readonly reason: RefusalReason | null;
  /** Reasons of the dead letters that it became, as in the schema of dead letters; each once. */
  readonly deadLetters: readonly string[];
}

/**
 * Why a request was not taken: a closed list, with what is wrong with "the request". Those of pushes are values of the label
 * `reason` of `sluice_ingress_refusals_total`.
 */
export const refusalReasons = {
  'unknown-path': 'its method and path match no route, or no source of this vendor',
  'path-secret': 'its path does not end with a live path secret of the source',
  'repeated-parameter': 'a query parameter is repeated',
  address: 'its address is not among access.addresses of the source',
  signature: 'its signature matches no live token of the source, or its timestamp or nonce is malformed',
  policy: 'the source refuses stale timestamps or reused signatures',
  overloaded: 'too many bodies are in flight',
  'over-budget': 'the hourly budget of the source for pushes kept apart is used up',
  unavailable: 'neither Kafka nor the spool accepted it',
  malformed: 'the request is incomplete or invalid',
  'too-large': 'its body is too large',
  failed: 'ingress failed, which is a bug',
  'staff-key': 'it has no live token or ticket of a staff page, or comes from an origin that no page lists',
  'staff-ticket-expired': 'the ticket of its staff page has expired',
  'staff-origin': 'it comes from an origin that its staff page does not list',
  'staff-limit': 'too many requests of staff pages come from its address',
} as const;
export type RefusalReason = keyof typeof refusalReasons;

/** The kind of a request by its answer. */
export function kindOf(status: number, deadLetters: readonly string[]): PushKind {
  if (status < 300) return deadLetters.length > 0 ? 'dead-lettered' : 'acknowledged';
  return [401, 403, 404, 429].includes(status) ? 'refused' : 'failed';
}
