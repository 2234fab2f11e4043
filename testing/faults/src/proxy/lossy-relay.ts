// Runs in a network namespace of its own, whose loopback loses packets: what comes in by one socket file crosses
// that loopback as TCP and leaves by the other. `node lossy-relay.ts <in> <out>`
import { connect, createServer, type AddressInfo } from 'node:net';
import { joinSockets } from './join-sockets.ts';

const [, , inside = '', outside = ''] = process.argv;
const options = { allowHalfOpen: true, noDelay: true };

process.stdin.on('close', () => process.exit()).resume();

const crossing = createServer(options, (socket) =>
  joinSockets(socket, connect({ ...options, path: outside })),
);
crossing.listen(0, '127.0.0.1', () => {
  const { port } = crossing.address() as AddressInfo;
  createServer(options, (socket) =>
    joinSockets(socket, connect({ ...options, port, host: '127.0.0.1' })),
  ).listen(inside);
});
