import { takeTestLease } from './test-leases.ts';

export default takeTestLease;
