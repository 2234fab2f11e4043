import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Push } from './push.ts';
import type { PostAnswer } from './answer.ts';

/** A pool of kept-alive connections to one gateway. */
export interface Poster {
  /** Sends a push once. Rejects with the connection's error, after a time-out with one that says so. */
  post(push: Push, signal: AbortSignal): Promise<PostAnswer>;
  close(): void;
}

const mostBodyBytes = 4096;

/**
 * @param baseUrl scheme, host, port and perhaps a path prefix
 * @param timeoutMs how long a connection may be silent
 */
export function openPoster(baseUrl: string, connections: number, timeoutMs: number): Poster {
  const base = new URL(baseUrl);
  const secure = base.protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: connections });
  const request = secure ? requestHttps : requestHttp;
  const prefix = base.href.replace(/\/$/, '');
  return {
    post: (push, signal) =>
      new Promise((resolve, reject) => {
        const headers = { ...push.headers, 'content-length': push.body.length };
        const sent = request(`${prefix}${push.path}`, {
          method: 'POST',
          agent,
          headers,
          signal,
          timeout: timeoutMs,
        });
        sent.on('timeout', () => sent.destroy(new Error(`No answer within ${timeoutMs} ms.`)));
        sent.on('error', reject);
        sent.on('response', (response) => {
          readAnswer(response).then(resolve, reject);
        });
        sent.end(push.body);
      }),
    close: () => {
      agent.destroy();
    },
  };
}

async function readAnswer(response: IncomingMessage): Promise<PostAnswer> {
  const chunks: Buffer[] = [];
  let kept = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (kept < mostBodyBytes) chunks.push(chunk.subarray(0, mostBodyBytes - kept));
    kept += chunk.length;
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}
