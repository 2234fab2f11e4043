import { connect } from 'node:net';

/**
 * Sends a request of which the first line and the headers stand as they are given, which no HTTP client would do:
 * control characters, bare line breaks. On a connection of its own. Never rejects.
 * @param head lines joined by CR LF, the last one without; host and length are added
 * @returns the status of the answer; 0 when the connection ended without one
 */
export function postLines(baseUrl: string, head: string, body: Buffer): Promise<number> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve) => {
    let answer = '';
    const statusOf = (): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `${head}\r\nhost: ${hostname}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      socket.write(body);
    });
    socket.setTimeout(30_000, () => socket.destroy());
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    // An answer may come, and the connection be reset behind it, before the body is through.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(statusOf()));
  });
}
