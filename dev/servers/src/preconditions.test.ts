import { chmodSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertDiskSpace, freeBytesAt } from './disk-space.ts';
import { foldersFrom } from './folders.ts';
import { assertPortsFree, freePort, freePorts, isPortFree } from './free-port.ts';
import { isOpenToAll } from './native/elasticsearch-places.ts';
import { testEndpoints } from './test-endpoints.ts';

test('a disk that is nearly full is named with the way out', () => {
  expect(() => assertDiskSpace('/data', 'SLUICE_DEV_HOME', () => 1.5 * 1024 ** 3)).toThrow(
    'Only 1.5 GB are free on the disk of /data and the development servers need 3 GB: ' +
      'free some space, or set SLUICE_DEV_HOME to a folder on another disk.',
  );
  expect(() => assertDiskSpace('/data', 'SLUICE_DEV_HOME', () => 4 * 1024 ** 3)).not.toThrow();
});

test('free space is that of the disk a folder will be on', () => {
  expect(freeBytesAt(join(tmpdir(), 'not', 'there', 'yet'))).toBeGreaterThan(0);
});

test('a port is free when nobody listens on it', async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  expect(await isPortFree(port)).toBe(false);
  await expect(assertPortsFree('Kafka', [{ port, variable: 'SLUICE_DEV_KAFKA_PORT' }])).rejects.toThrow(
    `Port ${port} on 127.0.0.1, which Kafka needs, is in use: stop the program that holds it, ` +
      'or set SLUICE_DEV_KAFKA_PORT to a free port.',
  );
  holder.close();
});

test('free ports in a row pass over one that is in use, and no two calls get the same', async () => {
  const [first = 0] = await freePorts(2);
  const holder = createServer().listen(first + 4, '127.0.0.1');
  // An error says that another program holds it, which is as good.
  await once(holder, 'listening').catch(() => undefined);
  const rows = await Promise.all([freePorts(2), freePorts(2), freePorts(2)]);
  holder.close();
  const ports = rows.flat();
  expect(new Set(ports).size).toBe(6);
  expect(ports).not.toContain(first + 4);
  for (const [low = 0, high] of rows) expect(high).toBe(low + 1);
});

test('a home too deep for a socket has its socket elsewhere, one for each home', () => {
  const near = foldersFrom({ SLUICE_DEV_HOME: '/home/me/.sluice' });
  expect(near.socket).toBe('/home/me/.sluice/supervisor.sock');
  const deep = foldersFrom({ SLUICE_DEV_HOME: `/home/${'deep/'.repeat(30)}` });
  const other = foldersFrom({ SLUICE_DEV_HOME: `/home/${'deep/'.repeat(31)}` });
  expect(deep.socket.length).toBeLessThan(100);
  expect(deep.socket).not.toBe(other.socket);
});

test('downloads go where XDG or the own variable says', () => {
  expect(foldersFrom({ XDG_CACHE_HOME: '/cache' }).cache).toBe('/cache/sluice');
  expect(foldersFrom({ XDG_CACHE_HOME: '/cache', SLUICE_DEV_CACHE: '/mine' }).cache).toBe('/mine');
});

test('a folder below a private one is not open to all', () => {
  const top = mkdtempSync(join(tmpdir(), 'sluice-open-'));
  const below = join(top, 'below');
  mkdirSync(below);
  expect(isOpenToAll(below)).toBe(false);
  chmodSync(top, 0o755);
  expect(isOpenToAll(below)).toBe(true);
  expect(isOpenToAll(join(below, 'missing'))).toBe(true);
  rmSync(top, { recursive: true });
});

test('a test outside a run with servers is told what it lacks', () => {
  const kept = process.env.SLUICE_TEST_ENDPOINTS;
  Reflect.deleteProperty(process.env, 'SLUICE_TEST_ENDPOINTS');
  expect(() => testEndpoints()).toThrow('give this package preset(name, { servers: true })');
  if (kept !== undefined) process.env.SLUICE_TEST_ENDPOINTS = kept;
});
