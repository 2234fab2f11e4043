/** Holds a lease of the fake servers until it is killed; prints the endpoints when it has it. */
import { join } from 'node:path';
import { acquireLease } from '../src/acquire-servers.ts';
import { foldersFrom } from '../src/folders.ts';

const lease = await acquireLease({
  folders: foldersFrom(process.env),
  supervisorFile: join(import.meta.dirname, 'fake-supervisor.ts'),
  onProgress: () => undefined,
});
console.log(JSON.stringify(lease.endpoints));
