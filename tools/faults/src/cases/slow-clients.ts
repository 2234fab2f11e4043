import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { createSealer, type Sealer } from '../system/seal.ts';

/** What a bad client writes at first, and then a piece of it every second. */
interface Manner {
  readonly first: (sealer: Sealer) => string;
  readonly then: string;
}

const attackers = 500;
/** With nobody else about, most answers take a few ms; the machine is shared. */
const p99AtMostMs = 1_000;

/** 500 connections of bad clients beside a healthy vendor, whose answers must not become slow. */
async function besideBadClients(context: CaseContext, manner: Manner): Promise<Finding> {
  const system = await context.startSystem();
  const sealer = createSealer(system.sourcesFile, 'echat-plain', context.seed);
  const { hostname, port } = new URL(system.ingressUrl);
  const sockets: Socket[] = [];
  context.onEnd(() => {
    for (const socket of sockets) socket.destroy();
    return Promise.resolve();
  });
  for (let count = 0; count < attackers; count += 1) {
    const socket = connect(Number(port), hostname);
    // Never reads: what it is sent stays in the kernel's buffers.
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(manner.first(sealer));
    sockets.push(socket);
  }
  const dripping = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write(manner.then);
  }, 1_000);
  const load = startLoad(system, { seed: context.seed, rate: 50 });
  try {
    await delay(context.pick(60, 15) * 1_000);
    const sent = await load.finish();
    const open = sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length;
    context.say(
      `p99 of the healthy client ${Math.round(sent.latencyMs.p99)} ms, ${open} bad connections left`,
    );
    const slow = sent.latencyMs.p99 > p99AtMostMs;
    const problems = slow ? [`The healthy client's p99 was ${Math.round(sent.latencyMs.p99)} ms.`] : [];
    return await judge(system, sent, { problems });
  } finally {
    clearInterval(dripping);
  }
}

const expectation = `The healthy client's p99 stays below ${p99AtMostMs} ms; the slow ones are cut off by time-outs.`;

export const slowClientCases: readonly FaultCase[] = [
  {
    name: 'slow-headers',
    group: 'abuse',
    fault: '500 clients that send one byte of their headers a second',
    expectation,
    run: (context) =>
      besideBadClients(context, { first: () => 'POST /v1/echat/echat-plain HTTP/1.1\r\nx: ', then: 'x' }),
  },
  {
    name: 'slow-body',
    group: 'abuse',
    fault: '500 clients, well signed, that send one byte of their body a second',
    expectation,
    run: (context) =>
      besideBadClients(context, {
        first: (sealer) => {
          const { path } = sealer.seal(sealer.plain());
          return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n`;
        },
        then: 'x',
      }),
  },
  {
    name: 'slow-read',
    group: 'abuse',
    fault: '500 clients that ask and ask on one connection and never read an answer',
    expectation,
    run: (context) =>
      besideBadClients(context, {
        first: () => 'POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'.repeat(20),
        then: 'POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'.repeat(5),
      }),
  },
];
