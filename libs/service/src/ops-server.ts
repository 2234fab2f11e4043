import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Telemetry } from '@sluice/telemetry/telemetry';

/**
 * By path: makes the answer to a query, which is sent as JSON. A text says what is wrong with the query, and is answered
 * with 400.
 */
export type OpsPages = Readonly<Record<string, (query: URLSearchParams) => object | string>>;

export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * What operators ask, on a port of its own that is never exposed: `/livez` (the process runs), `/readyz`
 * (503 with the reasons while it should get no traffic), `/metrics`, and the pages that a service has next to them.
 * @param notReady the reasons why it should get no traffic; empty when it should
 * @param pages asked at each request: a service that starts has none
 */
export function startOpsServer(
  port: number,
  telemetry: Telemetry,
  notReady: () => string[],
  pages: () => OpsPages = () => ({}),
): Promise<OpsServer> {
  const server = createServer(answerOps(telemetry, notReady, pages));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function answerOps(telemetry: Telemetry, notReady: () => string[], pages: () => OpsPages): RequestListener {
  return (request, response) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
    if (request.url === '/livez') {
      answer(200, 'ok\n');
    } else if (request.url === '/readyz') {
      const reasons = notReady();
      answer(reasons.length === 0 ? 200 : 503, reasons.length === 0 ? 'ok\n' : `${reasons.join('\n')}\n`);
    } else if (request.url === '/metrics') {
      telemetry.text().then(
        (text) => answer(200, text, telemetry.contentType),
        () => answer(500, 'The metrics could not be read.\n'),
      );
    } else {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const page = Object.hasOwn(pages(), path) ? pages()[path] : undefined;
      const found = page?.(new URLSearchParams(query));
      if (found === undefined)
        answer(
          404,
          `There are ${['/livez', '/readyz', '/metrics', ...Object.keys(pages())].join(', ')} here.\n`,
        );
      else if (typeof found === 'string') answer(400, `${found}\n`);
      else answer(200, JSON.stringify(found), 'application/json');
    }
  };
}
