import type { IncomingMessage } from 'node:http';

/** Why there is no body: it is larger than the limit, or the client went before its end. */
export type NoBody = 'too-large' | 'broken-off';

/**
 * Reads the body of a request, as it came. What is too large by the length that its head names is not read at all.
 * @param limitBytes the largest body that is taken
 * @param ended called once
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  ended: (body: Buffer | NoBody) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
    ended('too-large');
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const end = (body: Buffer | NoBody): void => {
    request.off('data', onData).off('end', onEnd).off('close', onClose);
    ended(body);
  };
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= limitBytes) return;
    end('too-large');
    // The rest is read and dropped, or the connection could take no further request.
    request.resume();
  };
  const onEnd = (): void => {
    const [first] = chunks;
    end(chunks.length === 1 && first ? first : Buffer.concat(chunks, bytes));
  };
  const onClose = (): void => end('broken-off');
  request.on('data', onData).on('end', onEnd).on('close', onClose);
}
