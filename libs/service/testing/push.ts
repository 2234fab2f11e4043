import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';

export interface PushResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Push {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Several parts are sent chunked, without a length. */
  readonly body?: Buffer | string | readonly Buffer[];
  readonly agent?: Agent;
  readonly host?: string;
}

/** Sends exactly this, the path as it stands, and reads the whole answer. Rejects when the connection breaks. */
export async function push(
  port: number,
  { path, method = 'POST', headers = {}, body = '', agent, host = '127.0.0.1' }: Push,
) {
  const sent = request({
    host,
    port,
    path,
    method,
    agent: agent ?? new Agent(),
    headers: { ...headers, ...(isParts(body) ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
  });
  const answered = new Promise<PushResponse>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
  });
  answered.catch(() => undefined);
  if (isParts(body)) {
    for (const part of body) if (!sent.write(part)) await Promise.race([once(sent, 'drain'), answered]);
    sent.end();
  } else {
    sent.end(body);
  }
  return answered;
}

function isParts(body: NonNullable<Push['body']>): body is readonly Buffer[] {
  return Array.isArray(body);
}
