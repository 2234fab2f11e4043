import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import { simulator } from '../../simulator.ts';

/** One source of each kind: signed and encrypted, and signed. */
export const testSources: readonly SimulatedSource[] = [
  {
    ...{ id: 'echat-sealed', vendor: 'echat', simulator, signingKey: 'token', settings: { appId: '520001' } },
    ...{ encryptionKey: 'HM2kqDScHpTWglUgMqSNve0AauHeBInhqYWKPLaHuN4', pathSecret: undefined },
  },
  {
    ...{ id: 'echat-plain', vendor: 'echat', simulator, signingKey: 'token', settings: { appId: '' } },
    ...{ encryptionKey: undefined, pathSecret: undefined },
  },
];
