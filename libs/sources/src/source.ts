import type { Secret } from '@sluice/service/secret';
import type { DurationUnit } from './duration-units.ts';

/** The two live keys of a source: what is used now, and what was used before it was changed. */
export interface Keys {
  readonly current: Secret;
  readonly previous: Secret | null;
}

/** The texts of both keys, without one that could not be read; none where there are no keys. */
export const keyTexts = (keys: Keys | null): string[] =>
  [keys?.current, keys?.previous].flatMap((key) => key?.reveal() ?? []).filter((key) => key !== '');

/** Which of the two. */
export type LiveKey = keyof Keys;

/**
 * The kinds of secrets with two live keys: a closed list, values of a metric's label. `staffToken` and `ticketKey` are
 * those of a staff page, the others of the source itself.
 */
export type SecretKind = 'token' | 'aesKey' | 'pathSecret' | 'staffToken' | 'ticketKey';

/** One secret of a source. */
export interface SourceSecret {
  readonly kind: SecretKind;
  /** Id of the staff page that has it; empty for a secret of the source itself. */
  readonly page: string;
  readonly keys: Keys;
}

/** `accept`: it continues, and is counted; `keep-apart`: it is acknowledged and becomes a dead letter. */
export type KeepPolicy = 'accept' | 'keep-apart';

/** What becomes of a signed push that somebody else may have sent; `refuse`: it is not acknowledged. */
export type SuspectPolicy = KeepPolicy | 'refuse';

/** A page that staff open within the vendor's workbench: it asks for signatures, and sends what staff do there. */
export interface StaffPage {
  /** Every event of the page has it. */
  readonly id: string;
  /** Where browsers may ask from: `https://panel.example.com`. */
  readonly origins: readonly string[];
  /** What the page sends as a bearer token. Null: it has tickets alone. */
  readonly token: Keys | null;
  /** What its short-lived tickets are signed with (see `page-ticket.ts`). Null: it has a token alone. */
  readonly ticketKey: Keys | null;
  /** From one address, for each of the two routes. */
  readonly requestsPerMinute: number;
}

export interface StaffAccess {
  /** How long a signature for the workbench is given out as good, in ms. The vendor does not say how long it is. */
  readonly signatureLifeMs: number;
  readonly pages: readonly StaffPage[];
}

/**
 * One account at a vendor.
 * @typeParam S the settings that its vendor alone asks for
 */
export interface Source<S = unknown> {
  /** Immutable: it is part of every event id. */
  readonly id: string;
  /** Id of its vendor. */
  readonly vendor: string;
  /** The unit of isolation: prefix of topics, tables and indices. */
  readonly stream: string;
  readonly tenant: string;
  /** What the signature is made with. Null when the source is unsigned. */
  readonly token: Keys | null;
  /** What the payload is encrypted with. Null when it is plain. */
  readonly aesKey: Keys | null;
  /** A secret last segment of the URL, for vendors that cannot sign. */
  readonly pathSecret: Keys | null;
  /** Addresses and networks (CIDR) that may push; empty: any. */
  readonly addresses: readonly string[];
  /** How old a signed timestamp may be, in ms, before `staleTimestamps` decides. */
  readonly freshnessMs: number;
  readonly staleTimestamps: SuspectPolicy;
  /** What becomes of a push whose signature came before, with another body. */
  readonly reusedSignatures: SuspectPolicy;
  /** How much the two policies may keep apart, in bytes of bodies an hour and process. */
  readonly keptApartBytesPerHour: number;
  /** What becomes of plaintext that an encrypted source is sent. */
  readonly plaintext: KeepPolicy;
  /** What becomes of a payload with an app or company id that the source does not list. */
  readonly unlistedIds: KeepPolicy;
  /** Offset of the vendor's clock from UTC, in minutes: its times carry no zone. */
  readonly utcOffsetMinutes: number;
  /** Units that differ from the documented ones. */
  readonly durationUnits: Readonly<Record<string, DurationUnit>>;
  /** Null: there are no such pages, and their routes answer as unknown ones do. */
  readonly staff: StaffAccess | null;
  readonly settings: S;
}

/** Every secret that a source has, those of its staff pages among them. */
export function secretsOf(source: Source): SourceSecret[] {
  const pages = source.staff?.pages ?? [];
  return [
    ...secretOf('token', '', source.token),
    ...secretOf('aesKey', '', source.aesKey),
    ...secretOf('pathSecret', '', source.pathSecret),
    ...pages.flatMap(({ id, token, ticketKey }) => [
      ...secretOf('staffToken', id, token),
      ...secretOf('ticketKey', id, ticketKey),
    ]),
  ];
}

function secretOf(kind: SecretKind, page: string, keys: Keys | null): SourceSecret[] {
  return keys === null ? [] : [{ kind, page, keys }];
}
