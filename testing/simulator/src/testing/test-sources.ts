import type { SimulatedSource } from '../vendor-simulator.ts';
import { testVendors } from './test-vendors.ts';

const of = (
  id: string,
  vendor: keyof typeof testVendors,
  keys: Partial<Pick<SimulatedSource, 'signingKey' | 'encryptionKey' | 'pathSecret'>>,
): SimulatedSource => ({
  id,
  vendor,
  simulator: testVendors[vendor],
  signingKey: undefined,
  encryptionKey: undefined,
  pathSecret: undefined,
  settings: {},
  ...keys,
});

/** One source of each kind: signed and encrypted, signed, and guarded by its path alone. */
export const testSources: readonly SimulatedSource[] = [
  of('wordy-sealed', 'wordy', { signingKey: 'token', encryptionKey: 'key' }),
  of('wordy-plain', 'wordy', { signingKey: 'token' }),
  of('silent-sealed', 'silent', { signingKey: 'token', encryptionKey: 'key' }),
  of('silent-open', 'silent', { pathSecret: 'path-secret' }),
];
