/**
 * ClickHouse as a process: `clickhouse-server.ts <engine folder> <data folder> <port> [<config file>]`. The engine is chdb's, the
 * real one; what chdb lacks is a port. Replication, server settings and async_insert are not in it.
 */
import { openEngine } from './clickhouse/engine.ts';
import { serveClickHouse } from './clickhouse/serve-clickhouse.ts';

const [engineFolder, dataFolder, port, configFile] = process.argv.slice(2);
if (engineFolder === undefined || dataFolder === undefined || port === undefined) {
  throw new Error('Usage: clickhouse-server.ts <engine folder> <data folder> <port> [<config file>]');
}

const engine = openEngine(engineFolder, dataFolder, configFile);
const server = serveClickHouse(engine);
server.listen(Number(port), '127.0.0.1', () =>
  console.log(`ClickHouse ${engine.version} listens on ${port}`),
);

process.once('SIGTERM', () => {
  server.close(() => void engine.close().then(() => process.exit()));
  server.closeIdleConnections();
});
