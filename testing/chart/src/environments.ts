import { Command } from 'commander';
import { createProgram } from '@sluice/cli/program';
import { sinks } from '@sluice/cli/sinks';
import { configSchema as ingress } from '@sluice/ingress/settings';
import { configSchema as normalizer } from '@sluice/normalizer/settings';
import { readConfig } from '@sluice/service/read-config';
import { readTracingSettings } from '@sluice/telemetry/tracing-settings';
import { configSchema as agentPanel } from '@sluice/agent-panel/settings';
import { ownContainersOf, podOf, type Container } from './pods.ts';
import type { Manifest } from './render.ts';
import { ingressCommands, isToolbox, toolboxCommands } from './toolbox.ts';

/** What each service reads its settings with: the parser that it starts with. */
const parsers: Readonly<Record<string, (env: NodeJS.ProcessEnv) => unknown>> = {
  ingress: (env) => readConfig(ingress, env),
  normalizer: (env) => readConfig(normalizer, env),
  ...Object.fromEntries(
    sinks.map((sink) => [
      sink.service,
      async (env: NodeJS.ProcessEnv) => readConfig(await sink.settings(), env),
    ]),
  ),
  'agent-panel': (env) => readConfig(agentPanel, env),
};

/**
 * Loads the environment of every container with the parser of what it runs: a service's settings, or the command line, of
 * which the toolbox has all; and parses what it does before its stop.
 * @returns a message for each container that would not start
 */
export async function environmentProblems(manifests: readonly Manifest[]): Promise<string[]> {
  const containers = manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    return pod ? ownContainersOf(pod) : [];
  });
  const hasIngress = containers.some(({ name }) => name === 'ingress');
  const problems: string[] = [];
  for (const container of containers) {
    try {
      await load(container, hasIngress);
    } catch (error) {
      problems.push(`${container.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}

async function load(container: Container, hasIngress: boolean): Promise<void> {
  const { name, args = [], env = [], lifecycle } = container;
  const twice = env.find((one, at) => env.findIndex((other) => other.name === one.name) !== at);
  if (twice) throw new Error(`${twice.name} is set twice.`);
  // Of a Secret nobody knows the content here.
  const environment = Object.fromEntries(env.map((one) => [one.name, one.value ?? 'from-a-secret']));
  if (isToolbox(container)) {
    const commands = hasIngress ? [...toolboxCommands, ...ingressCommands] : toolboxCommands;
    for (const command of commands) await parseCommand(command, environment);
    return;
  }
  const [program = '', ...rest] = args;
  const parser = parsers[program];
  if (parser) {
    await parser(environment);
    checkTracing(environment);
  } else if (program === 'sluice') await parseCommand(rest, environment);
  else throw new Error(`nothing is run by the argument ${program} of ${name}.`);
  if (lifecycle) await parseCommand(lifecycle.preStop.exec.command.slice(1), environment);
}

/** Anybody who gets variables of OpenTelemetry is traced by them. */
function checkTracing(environment: NodeJS.ProcessEnv): void {
  const { settings, problems } = readTracingSettings(environment);
  const given = Object.keys(environment).some((name) => name.startsWith('OTEL_'));
  if (given && settings === null)
    throw new Error(problems.join(' ') || 'it has variables of OpenTelemetry and traces nothing.');
}

/** Parses a command of the command line without carrying it out. Options read the environment of this process. */
export async function parseCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    const quiet = (command: Command): void => {
      command.exitOverride().configureOutput({ writeErr: () => undefined });
      if (command.commands.length === 0) command.action(() => undefined);
      command.commands.forEach(quiet);
    };
    const program = await createProgram(() => undefined);
    quiet(program);
    await program.parseAsync(args, { from: 'user' });
  } finally {
    process.env = before;
  }
}
