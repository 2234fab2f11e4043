import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { ClickHouseRefusal, type Engine, type EngineResult } from './engine.ts';
import { httpStatusOf } from './http-status.ts';
import { readStatement } from './read-statement.ts';

/**
 * ClickHouse's HTTP interface over the engine, as far as its clients use it: one statement a request, the body
 * whole in memory. Not listening yet.
 */
export function serveClickHouse(engine: Engine): Server {
  return createServer((request, response) => {
    answer(engine, request, response).catch((error: unknown) => {
      // The request broke off, or its body is not what its encoding says.
      console.error(error);
      if (!response.headersSent) response.writeHead(400);
      response.end(error instanceof Error ? error.message : undefined);
    });
  });
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://clickhouse');
  if (url.pathname === '/ping' || (url.pathname === '/' && request.method === 'GET' && url.search === '')) {
    response.end('Ok.\n');
    return;
  }
  if (url.pathname !== '/') {
    const query = '/?default_format=PrettyCompact&query=SELECT+version()';
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end(
      `There is no ${url.pathname} here: this is ClickHouse's engine without its pages. Ask ${query}\n`,
    );
    return;
  }
  const statement = readStatement(
    url,
    { database: header(request, 'x-clickhouse-database') },
    await bodyOf(request),
  );
  response.setHeader('X-ClickHouse-Query-Id', statement.queryId ?? randomUUID());
  // Without it a browser guesses the encoding, and wrongly.
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.setHeader('X-ClickHouse-Timezone', engine.timezone);
  const startedAt = process.hrtime.bigint();
  try {
    // The engine refuses an insert of no rows, a server accepts it.
    const result = statement.insertedRows === 0 ? nothing : await engine.run(statement);
    const elapsedNs = process.hrtime.bigint() - startedAt;
    response.setHeader('X-ClickHouse-Summary', summaryOf(result, statement.insertedRows ?? 0, elapsedNs));
    response.end(result.body);
  } catch (error) {
    if (!(error instanceof ClickHouseRefusal)) throw error;
    response.setHeader('X-ClickHouse-Exception-Code', error.code);
    response.writeHead(httpStatusOf(error.message));
    response.end(`${error.message} (version ${engine.version})\n`);
  }
}

function summaryOf({ body, readRows, readBytes }: EngineResult, rows: number, elapsedNs: bigint): string {
  return JSON.stringify({
    read_rows: `${rows || readRows}`,
    read_bytes: `${readBytes}`,
    written_rows: `${rows}`,
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: `${rows}`,
    result_bytes: `${body.byteLength}`,
    elapsed_ns: `${elapsedNs}`,
  });
}

const nothing = { body: new Uint8Array(), readRows: 0, readBytes: 0 };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const bytes = await buffer(request);
  return (await decompress(bytes, header(request, 'content-encoding'))).toString('utf8');
}

async function decompress(bytes: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (bytes.length === 0) return bytes;
  switch (encoding) {
    case undefined:
    case 'identity':
      return bytes;
    case 'gzip':
      return promisify(gunzip)(bytes);
    case 'deflate':
      return promisify(inflate)(bytes);
    case 'br':
      return promisify(brotliDecompress)(bytes);
    case 'zstd':
      return promisify(zstdDecompress)(bytes);
    default:
      throw new Error(`Unknown Content-Encoding ${encoding}`);
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
