import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { NotRun } from '../fault-case.ts';
import { openLossyLink, type LossyLink } from './lossy-link.ts';

jest.setTimeout(60_000);

/** Null where this machine does not allow it: then that is what is tested. */
async function opened(target: string): Promise<LossyLink | null> {
  try {
    return await openLossyLink(target);
  } catch (error) {
    expect(error).toBeInstanceOf(NotRun);
    return null;
  }
}

test('what crosses a link that loses packets arrives whole, and not at once', async () => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const link = await opened(`127.0.0.1:${(echo.address() as AddressInfo).port}`);
  try {
    if (!link) return;
    link.setLoss(30);
    const sent = Buffer.alloc(400_000, 'sluice');
    const startedAt = performance.now();
    const socket = link.dial('');
    socket.end(sent);
    expect((await buffer(socket)).equals(sent)).toBe(true);
    // Lost packets are sent again after 200 ms at the earliest.
    expect(performance.now() - startedAt).toBeGreaterThan(100);
  } finally {
    await link?.close();
    echo.close();
  }
});
