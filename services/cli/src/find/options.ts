import { type StoreOptions } from '../stores.ts';

export type FindOptions = StoreOptions & {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly sources?: string;
  readonly ingressOps?: string[];
  /** Epoch ms. */
  readonly since: number;
  readonly limit: number;
  readonly json: boolean;
};
