/** A supervisor as supervisor.ts is, of three tiny servers. */
import { endpointsAt, readPorts } from '../src/endpoints.ts';
import { foldersFrom } from '../src/folders.ts';
import { processFleet } from '../src/process-fleet.ts';
import { answersOk, homeArgument, type ServerSpec } from '../src/server-process.ts';
import { superviseLeases } from '../src/supervise-leases.ts';

const folders = foldersFrom(process.env);
const ports = readPorts(process.env);

/** Answers 200 on a port; one that is to have a child starts another process that would outlive it. */
const program = `
  const [port, withChild] = process.argv.slice(1);
  require('node:http').createServer((_, response) => response.end('ok')).listen(Number(port), '127.0.0.1');
  if (withChild === 'with child') {
    require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', process.argv.at(-1)], { detached: true });
  }
`;

function fakeServer(name: string, port: number, ...extra: string[]): ServerSpec {
  return {
    name,
    title: `Fake ${name}`,
    ports: [{ port, variable: `FAKE_${name.toUpperCase()}_PORT` }],
    prepare: () =>
      Promise.resolve({
        command: process.execPath,
        args: ['-e', program, '--', `${port}`, ...extra, homeArgument(folders.homeId)],
      }),
    isReady: () => answersOk(`http://127.0.0.1:${port}`),
    startWithinMs: 20_000,
    stopWithinMs: 5_000,
  };
}

const servers = [
  fakeServer('first', ports.elasticsearch, 'with child'),
  fakeServer('second', ports.registry),
  fakeServer('last', ports.kafka),
];
await superviseLeases(processFleet(servers, endpointsAt(ports, 'native'), folders), folders);
process.exit();
