import type { SimulatedSource } from '../simulated-sources.ts';

/** One source of each kind: signed and encrypted, signed, and guarded by its path alone. */
export const testSources: readonly SimulatedSource[] = [
  {
    ...{ id: 'echat-sealed', vendor: 'echat', signingKey: 'token', appId: '520001', companyIds: [] },
    ...{ encryptionKey: 'HM2kqDScHpTWglUgMqSNve0AauHeBInhqYWKPLaHuN4', pathSecret: undefined },
  },
  {
    ...{ id: 'echat-plain', vendor: 'echat', signingKey: 'token', appId: '', companyIds: [] },
    ...{ encryptionKey: undefined, pathSecret: undefined },
  },
  {
    ...{ id: 'sobot-sealed', vendor: 'sobot', signingKey: 'appKey', appId: '', companyIds: ['c1', 'c2'] },
    ...{ encryptionKey: 'A1b2C3d4E5', pathSecret: undefined },
  },
  {
    ...{ id: 'sobot-open', vendor: 'sobot', signingKey: undefined, appId: '', companyIds: ['c3'] },
    ...{ encryptionKey: undefined, pathSecret: 'path-secret' },
  },
];
