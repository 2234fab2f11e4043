import type { RawFilter } from './filter.ts';
import { type Positions } from './positions.ts';
import { type VendorId } from '@sluice/vendors';

export interface ReplayOptions {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly stream: string;
  readonly sources: string;
  readonly toStream?: string;
  readonly live: boolean;
  readonly dryRun: boolean;
  readonly deadLetters: boolean;
  readonly vendor?: VendorId;
  readonly source?: string[];
  readonly dataType?: string[];
  readonly from?: number;
  readonly to?: number;
  readonly by: RawFilter['by'];
  readonly rate?: number;
  readonly startAt?: Positions;
  readonly maxConsecutiveRejects: number;
  readonly json: boolean;
}
