import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpLimits {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
}

export interface Serving {
  readonly port: number;
  /** Takes no new connection, answers what has been asked, and resolves when the last answer is out. */
  stop(): Promise<void>;
}

/** Serves HTTP with time-outs and limits against clients that are slow or many. */
export function serve(listener: RequestListener, limits: HttpLimits): Promise<Serving> {
  let stopping = false;
  const server: Server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      // The client learns that this connection ends with this answer, and is not reset in its next request.
      if (stopping) response.setHeader('connection', 'close');
      listener(request, response);
    },
  );
  server.maxConnections = limits.maxConnections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(limits.port, limits.host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        stop: () =>
          new Promise((stopped) => {
            stopping = true;
            server.close(() => stopped());
            server.closeIdleConnections();
          }),
      });
    });
  });
}
