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
      summary: 'where a push is, by any id of it: from the request to the row',
      load: async () => (await import('./find/command.ts')).defineFind,
    },
    refused: {
      summary: 'the last pushes that ingress refused or could not open, and why',
      load: async () => (await import('./refused.ts')).defineRefused,
    },
    tail: {
      summary: 'show records as they come: raw payloads, events, dead letters; Ctrl-C ends it',
      load: async () => (await import('./tail/command.ts')).defineTail,
    },
    dlq: {
      summary: 'dead letters of a stream',
      load: async () => (await import('./dlq/command.ts')).defineDlq,
    },
    partitions: {
      summary: 'how far the workers are in each partition, and what blocks them',
      load: async () => (await import('./partitions/command.ts')).definePartitions,
    },
    check: {
      summary: 'see that a system works, or that it would',
      load: async () => (await import('./check/command.ts')).defineCheck,
    },
    topics: {
      summary: 'topics of a stream',
      load: async () => (await import('./topics.ts')).defineTopics,
    },
    schemas: {
      summary: 'schemas of a stream',
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
      summary: 'what ingress keeps on its disk while Kafka is unavailable',
      load: async () => (await import('./spool.ts')).defineSpool,
    },
    erase: {
      summary: "empty a person's events in the stores permanently: what happened stays, whose it was is gone",
      load: async () => (await import('./erase.ts')).defineErase,
    },
    expire: {
      summary: 'delete what is older than you keep',
      load: async () => (await import('./expire.ts')).defineExpire,
    },
    sbom: {
      summary: 'print what is installed here and runs in production, as a CycloneDX bill of materials',
      load: async () => (await import('./sbom/command.ts')).defineSbom,
    },
    sim: {
      summary: 'send the vendors’ traffic to a gateway, signed and encrypted as the sources file says',
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
      summary: 'print what makes a shell complete commands and options',
      load: async () => (await import('./completion.ts')).defineCompletion(wholeProgram),
    },
  };

const help = new Help();

const examples = `
Examples:
  sluice find 1_2052986               where one push went
  sluice refused --source shop-west   what ingress did not take, and why
  sluice tail message --since 1h      what comes, decoded
  sluice dlq list --open              what could not be used, and was not put back yet
  sluice partitions                   how far the workers are

Exit codes: 0 done, 1 failed or not found, 3 a part is left, 64 usage, 69 a server cannot be reached,
78 settings or sources that cannot be used, 130 Ctrl-C. docs/reference/command-line.md describes all of it.`;

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
