import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldersFrom } from '@sluice/dev-servers/folders';
import { freePort } from '@sluice/dev-servers/free-port';
import { openArtifacts } from '@sluice/dev-servers/artifacts';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { root } from '../chart-folder.ts';

/** A ClickHouse of a test's own, whose one user has what is granted. */
export interface GrantedClickHouse {
  readonly url: string;
  /** Starts it again, on the same data. @param grants statements without the user: `GRANT SELECT ON shop.*` */
  restartWith(grants: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts it with every right. */
export async function startGrantedClickHouse(): Promise<GrantedClickHouse> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-grants-'));
  const folders = {
    ...foldersFrom({ SLUICE_DEV_HOME: home }),
    cache: foldersFrom(process.env).cache,
    logs: home,
  };
  const engine = await openArtifacts(folders, () => undefined).chdb(new AbortController().signal);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let server: ChildProcess | undefined;

  async function stop(): Promise<void> {
    if (!server) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }

  async function restartWith(grants: readonly string[] | null): Promise<void> {
    await stop();
    const program = join(root, 'dev/servers/src/clickhouse-server.ts');
    server = spawn(process.execPath, [
      program,
      engine,
      join(home, 'data'),
      `${port}`,
      writeUsers(home, grants),
    ]);
    await waitUntil('ClickHouse answers', () =>
      fetch(`${url}/ping`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  await restartWith(null);
  return {
    url,
    restartWith,
    async close() {
      await stop();
      rmSync(home, { recursive: true });
    },
  };
}

/** Writes a configuration whose user `default` has some rights; null: all. Returns its file. */
function writeUsers(home: string, grants: readonly string[] | null): string {
  const queries = grants?.map((grant) => `<query>${grant.replaceAll('<', '&lt;')}</query>`).join('');
  const given = queries === undefined ? '' : `<grants>${queries}</grants>`;
  const user = `<password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>`;
  const [users, config] = [join(home, 'users.xml'), join(home, 'config.xml')];
  writeFileSync(
    users,
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default>${user}${given}</default></users></clickhouse>`,
  );
  writeFileSync(
    config,
    `<clickhouse><user_directories><users_xml><path>${users}</path></users_xml></user_directories></clickhouse>`,
  );
  return config;
}
