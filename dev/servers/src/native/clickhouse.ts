import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { portSettings } from '../endpoints.ts';
import { answersOk, homeArgument, type ServerSpec } from '../server-process.ts';
import type { NativeContext } from './native-context.ts';

const program = resolve(import.meta.dirname, '../clickhouse-server.ts');

/** ClickHouse's engine behind a server of ours: see clickhouse-server.ts. */
export function clickhouse({ folders, ports, artifacts }: Omit<NativeContext, 'java'>): ServerSpec {
  return {
    name: 'clickhouse',
    title: 'ClickHouse',
    ports: [{ port: ports.clickhouse, variable: portSettings.clickhouse.variable }],
    async prepare(signal) {
      const engine = await artifacts.chdb(signal);
      const data = join(folders.data, 'clickhouse');
      mkdirSync(data, { recursive: true });
      return {
        command: process.execPath,
        args: [program, engine, data, `${ports.clickhouse}`, homeArgument(folders.homeId)],
        // One thread for each query that runs; the engine has its own for the work.
        env: { UV_THREADPOOL_SIZE: '16' },
      };
    },
    isReady: () => answersOk(`http://127.0.0.1:${ports.clickhouse}/ping`),
    startWithinMs: 60_000,
    stopWithinMs: 10_000,
  };
}
