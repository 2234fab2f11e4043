import { createServer } from 'node:net';
import { holderOf } from './port-holder.ts';
import { startedNames, type StartedName } from './services.ts';

export interface DevelopmentPorts {
  readonly ingress: number;
  /** The panels for staff, and the emulated workbench around them. */
  readonly agentPanel: number;
  readonly emulator: number;
  /** The page that shows where everything is. */
  readonly status: number;
  /** Of `--with-monitoring`. */
  readonly prometheus: number;
  /** Of `npm run dev`: where a debugger attaches. */
  readonly inspect: number;
  readonly ops: Readonly<Record<StartedName, number>>;
}

interface Setting {
  readonly variable: string;
  readonly preset: number;
}

const ingress: Setting = { variable: 'SLUICE_DEV_INGRESS_PORT', preset: 8080 };
const status: Setting = { variable: 'SLUICE_DEV_STATUS_PORT', preset: 8090 };
const agentPanel: Setting = { variable: 'SLUICE_DEV_AGENT_PANEL_PORT', preset: 8091 };
const emulator: Setting = { variable: 'SLUICE_DEV_EMULATOR_PORT', preset: 8092 };
const prometheus: Setting = { variable: 'SLUICE_DEV_PROMETHEUS_PORT', preset: 19_095 };
const inspect: Setting = { variable: 'SLUICE_DEV_INSPECT_PORT', preset: 9229 };
/** `/livez`, `/readyz` and `/metrics` of the services are on this port and the following ones. */
const ops: Setting = { variable: 'SLUICE_DEV_OPS_PORT', preset: 9101 };

/** @throws an error for a variable that is no port */
export function developmentPorts(env: NodeJS.ProcessEnv): DevelopmentPorts {
  const first = read(ops, env);
  return {
    ingress: read(ingress, env),
    status: read(status, env),
    agentPanel: read(agentPanel, env),
    emulator: read(emulator, env),
    prometheus: read(prometheus, env),
    inspect: read(inspect, env),
    ops: Object.fromEntries(startedNames.map((name, at) => [name, first + at])) as Record<
      StartedName,
      number
    >,
  };
}

function read({ variable, preset }: Setting, env: NodeJS.ProcessEnv): number {
  const text = env[variable];
  if (text === undefined) return preset;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_530) return port;
  throw new Error(`${variable} must be a port number, not "${text}".`);
}

/**
 * @param needs what is started next to the services: Prometheus, a debugger's port
 * @throws an error for the first port that is in use
 */
export async function assertFree(
  ports: DevelopmentPorts,
  needs: { readonly monitoring: boolean; readonly debugger: boolean },
): Promise<void> {
  await check(ports.ingress, 'ingress', ingress.variable);
  await check(ports.status, 'the status page', status.variable);
  await check(ports.agentPanel, 'the agent panel', agentPanel.variable);
  await check(ports.emulator, 'the emulated workbench', emulator.variable);
  if (needs.monitoring) await check(ports.prometheus, 'Prometheus', prometheus.variable);
  if (needs.debugger) await check(ports.inspect, 'the debugger', inspect.variable);
  for (const [name, port] of Object.entries(ports.ops))
    await check(port, `the metrics of ${name}`, ops.variable);
}

function check(port: number, what: string, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => {
      reject(
        new Error(
          `Port ${port} for ${what} is in use${byWhom(port)}: stop what uses it, or set ${variable} to a free port.`,
        ),
      );
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => resolve());
    });
  });
}

function byWhom(port: number): string {
  const holder = holderOf(port);
  return holder === null ? '' : ` by ${holder}`;
}
