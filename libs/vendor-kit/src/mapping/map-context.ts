import type { Source } from '@sluice/sources/source';

/** What a mapping may ask about the source. */
export interface MapContext {
  readonly utcOffsetMinutes: number;
  /** When ingress received the payload, epoch ms. */
  readonly receivedAtMs: number;
  /** Units of durations that differ from the documented ones, by their names in the vendor's `durations`. */
  readonly durationUnits: Source['durationUnits'];
  /** Called with a data type or code that no vendor page lists. */
  unknown(kind: UnknownKind): void;
}

/** What was unknown: `data-type`, `data-type-mismatch`, `unlisted-id`, or the kind of a table of codes. A metric's label. */
export type UnknownKind = string;
