import type { NewerSchemas } from '@sluice/sink/newer-schemas';
import { type StoreOptions } from '../stores.ts';

export type RebuildOptions = StoreOptions & {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly fromRaw: boolean;
  readonly sources?: string;
  readonly dryRun: boolean;
  readonly maxGone: number;
  readonly bringBack: boolean;
  readonly json: boolean;
  readonly newerSchemas: NewerSchemas;
  /** In ms. */
  readonly sessionTimeout: number;
};
