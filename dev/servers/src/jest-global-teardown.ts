import { releaseTestLease } from './test-leases.ts';

export default releaseTestLease;
