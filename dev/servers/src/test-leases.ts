import { acquireServers, type ServersLease } from './acquire-servers.ts';
import { endpointsVariable } from './test-endpoints.ts';

/** Jest may load the set-up and the teardown as separate copies of one module, so the leases are the process's. */
const leases: ServersLease[] = ((globalThis as { sluiceTestLeases?: ServersLease[] }).sluiceTestLeases ??=
  []);

/** Takes a lease for a test run and publishes the endpoints; may be called once for each project. */
export async function takeTestLease(): Promise<void> {
  const lease = await acquireServers({ onProgress: ({ message }) => process.stderr.write(`${message}\n`) });
  leases.push(lease);
  process.env[endpointsVariable] = JSON.stringify(lease.endpoints);
}

/** Gives back what one `takeTestLease` took. */
export async function releaseTestLease(): Promise<void> {
  await leases.pop()?.release();
}
