import { request } from 'node:http';

/** A request as it goes out, whatever the simulator would make of it. */
export interface RawRequest {
  /** Path and query, as they are in the first line. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
  /** Without a content-length, in pieces. */
  readonly chunked?: boolean;
}

export interface RawAnswer {
  /** 0 when the connection broke before an answer. */
  readonly status: number;
  readonly body: string;
  /** The header `Retry-After`, as it came. */
  readonly retryAfter?: string | undefined;
}

/** Sends it once, on a connection of its own. Never rejects. */
export function postRaw(
  baseUrl: string,
  { path, headers = {}, body, chunked }: RawRequest,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(baseUrl);
    const length = chunked === true ? {} : { 'content-length': String(body.length) };
    const sent = request({
      hostname,
      port,
      path,
      method: 'POST',
      agent: false,
      headers: { ...headers, ...length },
    });
    sent.setTimeout(30_000, () => sent.destroy(new Error('No answer within 30 s.')));
    sent.on('response', (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const retryAfter = answer.headers['retry-after'];
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text, retryAfter }));
      answer.on('error', (error) => resolve({ status: 0, body: error.message }));
    });
    sent.on('error', (error) => resolve({ status: 0, body: error.message }));
    if (chunked === true)
      for (let at = 0; at < body.length; at += 4096) sent.write(body.subarray(at, at + 4096));
    sent.end(chunked === true ? undefined : body);
  });
}
