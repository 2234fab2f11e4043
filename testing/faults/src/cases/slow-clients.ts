import { developmentVendors, developmentSources } from '@sluice/start/development-sources';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { createSealer, type Sealer } from '../system/seal.ts';
import { waitFor } from '../system/wait-for.ts';

/** What a bad client writes at first, and then a piece of it every second. */
interface Manner {
  readonly first: (sealer: Sealer) => string;
  readonly then: string;
  /** Whether ingress has a time-out for it. */
  readonly isCutOff: boolean;
}

const attackers = 500;
/** With nobody else about, most answers take a few ms. A busy machine may take as much longer as it did before. */
const p99AtMostMs = 1_000;
const timesWorse = 5;
/** Ingress takes 30 s for a request, and looks once a second. */
const cutOffWithinMs = 90_000;

/** 500 connections of bad clients next to a healthy vendor, whose answers must not become slow. */
async function besideBadClients(context: CaseContext, manner: Manner): Promise<Finding> {
  const system = await context.startSystem();
  const quiet = await startLoad(system, { seed: `${context.seed} before`, rate: 50 });
  await quiet.untilAcknowledged(context.pick(1_000, 250));
  const before = await quiet.finish();
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, context.seed);
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
  const load = await startLoad(system, { seed: context.seed, rate: 50 });
  try {
    await delay(context.pick(60, 15) * 1_000);
    const sent = await load.finish();
    const [p99, p99Before] = [sent, before].map(({ latencyMs }) => Math.round(latencyMs.p99)) as [
      number,
      number,
    ];
    context.say(`p99 of the healthy client ${p99} ms, and ${p99Before} ms before the bad ones came`);
    const problems =
      p99 > Math.max(p99AtMostMs, timesWorse * p99Before) ? [`The healthy client's p99 was ${p99} ms.`] : [];
    if (manner.isCutOff)
      await waitFor('every bad connection is cut off', () => openOf(sockets) === 0, cutOffWithinMs);
    const all = [...before.acknowledged, ...sent.acknowledged];
    return await judge(system, { types: [], acknowledged: all }, { problems });
  } finally {
    clearInterval(dripping);
  }
}

/** Those that a server has not ended: a paused socket hears of it by its next write. */
function openOf(sockets: readonly Socket[]): number {
  return sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length;
}

const p99 = `The healthy client's p99 stays below ${p99AtMostMs} ms, or ${timesWorse} times what it was before`;
const cutOff = `${p99}; the slow ones are cut off by time-outs.`;

export const slowClientCases: readonly FaultCase[] = [
  {
    name: 'slow-headers',
    group: 'abuse',
    fault: '500 clients that send one byte of their headers a second',
    expectation: cutOff,
    run: (context) =>
      besideBadClients(context, {
        first: () => `POST /v1/${developmentVendors.first}/${developmentSources.plain} HTTP/1.1\r\nx: `,
        then: 'x',
        isCutOff: true,
      }),
  },
  {
    name: 'slow-body',
    group: 'abuse',
    fault: '500 clients, well signed, that send one byte of their body a second',
    expectation: cutOff,
    run: (context) =>
      besideBadClients(context, {
        first: (sealer) => {
          const { path } = sealer.seal(sealer.plain());
          return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n`;
        },
        then: 'x',
        isCutOff: true,
      }),
  },
  {
    name: 'slow-read',
    group: 'abuse',
    fault: '500 clients that ask again each second on one connection and never read an answer',
    expectation: `${p99}.`,
    run: (context) =>
      besideBadClients(context, {
        first: () => 'POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'.repeat(2),
        then: 'POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n',
        isCutOff: false,
      }),
  },
];
