import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Command, Help } from 'commander';
import { UsageError } from './exit-codes.ts';
import { missingOptions } from './options.ts';
import type { Print } from './say.ts';

/** Gives a command its options, arguments, subcommands and examples. */
type Define = (command: Command, print: Print) => void;

/** The commands. The code of one is loaded when it is called: help and completion do not wait for the others. */
const commands: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Define> }>> =
  {
    find: {
      summary: 'find a push by any of its ids, from the request to the row',
      load: async () => (await import('./find/command.ts')).defineFind,
    },
    refused: {
      summary: 'list the last pushes that ingress refused or could not decrypt, and why',
      load: async () => (await import('./refused.ts')).defineRefused,
    },
    tail: {
      summary: 'show records as they come: raw payloads, events, dead letters; Ctrl-C ends it',
      load: async () => (await import('./tail/command.ts')).defineTail,
    },
    dlq: {
      summary: 'list, show and redrive the dead letters of a stream',
      load: async () => (await import('./dlq/command.ts')).defineDlq,
    },
    partitions: {
      summary: 'show the progress of the workers in each partition, and what blocks them',
      load: async () => (await import('./partitions/command.ts')).definePartitions,
    },
    doctor: {
      summary: 'examine the servers, the sources file and the gateway: what is right, risky or broken',
      load: async () => (await import('./doctor/command.ts')).defineDoctor,
    },
    check: {
      summary: 'check a sources file, or a running system',
      load: async () => (await import('./check/command.ts')).defineCheck,
    },
    topics: {
      summary: 'create the topics of a stream',
      load: async () => (await import('./topics.ts')).defineTopics,
    },
    schemas: {
      summary: 'register or list the schemas of a stream',
      load: async () => (await import('./schemas.ts')).defineSchemas,
    },
    migrate: {
      summary:
        "create a stream's ClickHouse tables and views and Elasticsearch templates, or add what they lack",
      load: async () => (await import('./migrate.ts')).defineMigrate,
    },
    replay: {
      summary:
        'run raw records through the mapping again, into another stream or, with --live, the live topics',
      load: async () => (await import('./replay/command.ts')).defineReplay,
    },
    rebuild: {
      summary: 'rebuild a store from the topics or the raw topics, and swap it in',
      load: async () => (await import('./rebuild/command.ts')).defineRebuild,
    },
    spool: {
      summary: 'drain the spool of an ingress, or wait until it is empty',
      load: async () => (await import('./spool.ts')).defineSpool,
    },
    erase: {
      summary: "erase a person's data in the stores permanently; the events stay, without their content",
      load: async () => (await import('./erase.ts')).defineErase,
    },
    expire: {
      summary: 'delete data that is older than your retention',
      load: async () => (await import('./expire.ts')).defineExpire,
    },
    sbom: {
      summary: 'print the installed production packages as a CycloneDX bill of materials',
      load: async () => (await import('./sbom/command.ts')).defineSbom,
    },
    sim: {
      summary: 'send simulated traffic of the vendors to a gateway, signed and encrypted by the sources file',
      load: async () => {
        const { defineSim } = await import('@sluice/simulator/command');
        const { loadSimulators } = await import('@sluice/vendors/simulators');
        const simulators = await loadSimulators();
        return (command) => {
          defineSim(command, simulators);
        };
      },
    },
    completion: {
      summary: 'print a completion script for a shell',
      load: async () => (await import('./completion.ts')).defineCompletion(wholeProgram),
    },
  };

const help = new Help();

const examples = `
Examples:
  sluice find 1_2052986               where one push went
  sluice refused --source shop-west   refused pushes, and why
  sluice tail message --since 1h      records as they come, decoded
  sluice dlq list --open              dead letters that are not redriven yet
  sluice partitions                   progress of the workers

Exit codes: 0 done, 1 failed or not found, 3 partly done, 64 invalid options, 69 a server cannot be reached,
78 invalid settings or sources, 130 Ctrl-C. See docs/reference/command-line.md.`;

/**
 * The command line `sluice`: the steps of a release, what repairs a stream, and the simulator.
 * @param only the command that will be called: the others have their name and summary alone. Null: all are whole
 */
export async function createProgram(print: Print, only: string | null = null): Promise<Command> {
  const program = new Command('sluice')
    .description('Steps of a release, and tools around the gateway.')
    .version(version())
    .exitOverride()
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      styleTitle: (text) => styleText('bold', text),
      // That a switch is off when it is not given goes without saying.
      optionDescription: (option) => help.optionDescription(option).replace(' (default: false)', ''),
    })
    .addHelpText('after', examples)
    .hook('preAction', (_program, command) => {
      const missing = missingOptions(command);
      if (missing !== null) throw new UsageError(missing);
    });
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program.command(name).description(summary);
    if (only === null || only === name) (await load())(command, print);
  }
  return program;
}

const wholeProgram = (): Promise<Command> => createProgram(() => undefined);

function version(): string {
  const file = join(import.meta.dirname, '../../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
