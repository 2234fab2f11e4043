/**
 * The process that owns the development servers; `acquireServers` starts it. It lives as long as anybody holds a
 * lease, and its end, however it comes, ends them.
 */
import { developmentFleet } from './development-fleet.ts';
import { foldersFrom } from './folders.ts';
import { superviseLeases } from './supervise-leases.ts';

const folders = foldersFrom(process.env);
await superviseLeases(developmentFleet(folders, process.env), folders);
process.exit();
