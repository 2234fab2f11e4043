import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import { simulator } from '../../simulator.ts';

/** One source of each kind: signed and encrypted, and guarded by its path alone. */
export const testSources: readonly SimulatedSource[] = [
  {
    ...{ id: 'sobot-sealed', vendor: 'sobot', simulator, signingKey: 'appKey' },
    ...{ encryptionKey: 'A1b2C3d4E5', pathSecret: undefined, settings: { companyIds: ['c1', 'c2'] } },
  },
  {
    ...{ id: 'sobot-open', vendor: 'sobot', simulator, signingKey: undefined },
    ...{ encryptionKey: undefined, pathSecret: 'path-secret', settings: { companyIds: ['c3'] } },
  },
];
