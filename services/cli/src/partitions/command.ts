import { Option, type Command } from 'commander';
import { kafkaAt } from '../access.ts';
import { asking } from '../asking.ts';
import { brokers, positiveInteger, stream } from '../options.ts';
import { printableLine } from '../printable.ts';
import { readPlace, skipRecord } from './skip.ts';
import { partitionStates, workerGroups, type PartitionState, type WorkerGroup } from './worker-groups.ts';

interface Place {
  readonly brokers: string[];
  readonly stream: string;
}

interface SkipCommandOptions extends Place {
  readonly group: WorkerGroup;
  readonly toDeadLetters?: boolean;
  readonly within: number;
}

/** The exit code of `sluice partitions list` when a partition is blocked. */
const blockedCode = 3;

/** `sluice partitions list | skip`. */
export function registerPartitionsCommand(program: Command, print: (line: string) => void): void {
  const partitions = program
    .command('partitions')
    .description('how far the workers are in each partition, and what blocks them');

  partitions
    .command('list', { isDefault: true })
    .description(`one line for each worker and partition; ends with ${blockedCode} when one is blocked`)
    .addOption(brokers())
    .addOption(stream())
    .option('--json', 'print an array of objects', false)
    .action(async ({ brokers, stream, json }: Place & { json: boolean }) => {
      const states = await statesOf(brokers, stream);
      const blocked = states.filter(({ blockage }) => blockage !== null);
      if (json) print(JSON.stringify(states.map(plain), null, 2));
      else {
        for (const state of states) for (const line of linesOf(state)) print(line);
        print(`Partitions: ${states.length}, blocked: ${blocked.length}.`);
      }
      if (blocked.length > 0) process.exitCode = blockedCode;
    });

  partitions
    .command('skip <place>')
    .description('move the record that blocks a partition to the dead letters; <place> is as list prints it')
    .addOption(brokers())
    .addOption(stream())
    .addOption(
      new Option('--group <worker>', 'whose partition it is').choices(workerGroups).makeOptionMandatory(),
    )
    .option('--to-dead-letters', 'where the record goes: it must be said')
    .option('--within <seconds>', 'how long the worker may take', positiveInteger, 120)
    .action(async (place: string, { brokers, stream, group, toDeadLetters, within }: SkipCommandOptions) => {
      const record = readPlace(place);
      if (toDeadLetters !== true)
        throw new Error('Say where the record goes: give --to-dead-letters. It can be redriven from there.');
      const connection = kafkaAt(brokers);
      // Says whom it asked when Kafka is away; what skipping throws is about the record.
      await asking('Kafka', '--brokers', brokers.join(','), () => partitionStates(connection, stream, group));
      await skipRecord({ connection, stream, group, place: record, withinMs: within * 1000 });
      print(
        `${group} went on behind ${place}. The record is among the dead letters, unless the worker could finish it at that moment: sluice dlq list --reason SKIPPED`,
      );
    });
}

async function statesOf(brokers: string[], stream: string): Promise<PartitionState[]> {
  const states = await asking('Kafka', '--brokers', brokers.join(','), () =>
    Promise.all(workerGroups.map((group) => partitionStates(kafkaAt(brokers), stream, group))),
  );
  return states.flat();
}

function linesOf(state: PartitionState): string[] {
  const { group, topic, partition, committed, end, lag, blockage } = state;
  const line = `${group.padEnd(18)}  ${topic}/${partition}  committed ${committed ?? 'nothing'}  end ${end}  lag ${lag}`;
  if (blockage === null || committed === null) return [line];
  const { records, sinceMs, attempts, error, key, source, dataType } = blockage;
  const which = records === 1 ? 'by' : `by one of ${records} records from`;
  return [
    `${line}  BLOCKED`,
    `  ${which} ${topic}/${partition}/${committed}, since ${new Date(sinceMs).toISOString()}, ${attempts} attempts`,
    `  source ${oneLine(source)}, data type ${oneLine(dataType)}, key ${oneLine(key)}`,
    `  ${oneLine(error)}`,
  ];
}

/** A sender may have chosen it. */
const oneLine = (text: string): string => printableLine(text.replaceAll(/\s/g, ' '));

/** As JSON: offsets as text, since they may be larger than what readers of JSON take for a whole number. */
function plain({ committed, end, blockage, ...state }: PartitionState): object {
  return {
    ...state,
    committed: committed === null ? null : String(committed),
    end: String(end),
    blocked:
      blockage === null
        ? null
        : {
            ...blockage,
            place: `${state.topic}/${state.partition}/${committed ?? ''}`,
            isExact: blockage.records === 1,
          },
  };
}
