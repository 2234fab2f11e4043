import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFiles } from './disk-files.ts';
import { openLog, type SpoolLog } from './log.ts';
import { defaultSpoolLimits } from './spool-limits.ts';
import { appendEach, drainAll, range } from '../../testing/spool/open-log.ts';

jest.setTimeout(30_000);

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(() => rm(scratch, { recursive: true }));

async function open(folder: string): Promise<SpoolLog> {
  const opened = await openLog({ folder, limits: { ...defaultSpoolLimits, segmentBytes: 5_000 } });
  if (opened.outcome === 'refused') throw new Error(opened.reason);
  return opened.log;
}

test('on a real disk: append, close, open, drain; segments go, folders and files are private', async () => {
  const folder = join(scratch, 'a', 'b');
  const spool = await open(folder);
  expect(new Set(await appendEach(spool, range(1, 100), 300))).toEqual(new Set(['spooled']));
  await spool.close();
  const again = await open(folder);
  await again.drain((batch) => Promise.resolve(batch.slice(0, 3)));
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { mode } = await stat(join(folder, entry.name));
    expect([entry.name, mode & 0o777]).toEqual([entry.name, entry.isDirectory() ? 0o700 : 0o600]);
  }
  for (const path of [folder, join(scratch, 'a')]) expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect(await drainAll(again)).toEqual(range(4, 100));
  await again.close();
  expect((await readdir(folder)).sort()).toEqual(['cursor', 'lock', 'quarantine']);
});

test('the lock is held against this process and others, and ends with the process however it ends', async () => {
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module-typescript',
      '--eval',
      `import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'lock-folder.ts'))};
       console.log((await lockFolder(${JSON.stringify(scratch)})) === null ? 'refused' : 'held');
       setInterval(() => {}, 1_000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = (await once(holder.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe('held\n');
  expect(await diskFiles.lock(scratch)).toBeNull();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const lock = await diskFiles.lock(scratch);
  expect(lock).not.toBeNull();
  expect(await diskFiles.lock(scratch)).toBeNull();
  lock?.release();
  const next = await diskFiles.lock(scratch);
  expect(next).not.toBeNull();
  next?.release();
});

test('a folder that cannot be made is a refusal with the reason', async () => {
  const file = join(scratch, 'file');
  await writeFile(file, '');
  const folder = join(file, 'spool');
  const said = `The spool's folder ${folder} cannot be used: ENOTDIR`;
  expect(await openLog({ folder })).toEqual({
    outcome: 'refused',
    reason: expect.stringContaining(said) as string,
  });
});
