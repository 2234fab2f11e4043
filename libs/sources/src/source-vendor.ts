import type { z } from 'zod';
import type { Source } from './source.ts';
import type { DurationUnit } from './duration-units.ts';

export { durationUnits, type DurationUnit } from './duration-units.ts';

/** What the sources file has to know of a vendor. */
export interface SourceVendor {
  /** Used in URLs, topics, headers and the sources file: lower-case letters and digits. */
  readonly id: string;
  /** Settings that its sources alone have, next to those of all: a shape of zod. They become `source.settings`. */
  readonly settings: z.ZodRawShape;
  /**
   * Every duration that it sends, by a name of ours, with the documented unit. Pages contradict themselves and their
   * samples, so that the unit of each is a setting of the source (`durationUnits`).
   */
  readonly durations: Readonly<Record<string, DurationUnit>>;
  /**
   * The shortest token taken, in bytes, by what it signs with: anybody who has one signed push can try tokens as fast as he
   * computes that hash.
   */
  readonly shortestTokenBytes: number;
  /** Whether its workbench shows pages that ask for signatures: then a source may have `staff`. */
  readonly hasStaffPages: boolean;
  /**
   * What is wrong with a source beyond the form of each setting, one text for each problem: "needs companyIds". A key
   * that could not be read is empty, which is a problem already.
   */
  problemsOf(source: Source): string[];
}
