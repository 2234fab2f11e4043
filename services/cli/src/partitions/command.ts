import { styleText } from 'node:util';
import { Option, type Command } from 'commander';
import { kafkaAt } from '../access.ts';
import { withServerContext } from '../with-server-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { brokers, json, needed, positiveInteger, stream } from '../options.ts';
import { printableLine } from '../printable.ts';
import { sayer, type Print } from '../say.ts';
import { readPlace, skipRecord, type RecordPlace } from './skip.ts';
import { partitionStates, workerGroups, type PartitionState, type WorkerGroup } from './worker-groups.ts';

interface PartitionsOptions {
  readonly brokers: string[];
  readonly stream: string;
  readonly json: boolean;
}

interface SkipCommandOptions extends PartitionsOptions {
  readonly group: WorkerGroup;
  readonly toDeadLetters?: boolean;
  readonly within: number;
}

/** `sluice partitions list | skip`. */
export function definePartitions(command: Command, print: Print): void {
  command
    .command('list', { isDefault: true })
    .description(`list each worker and partition; exits with ${exitCodes.undone} if one is blocked`)
    .addOption(needed(brokers()))
    .addOption(stream())
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  sluice partitions
  sluice partitions list --json | jq 'select(.blocked != null)'`,
    )
    .action((options: PartitionsOptions) => list(options, print));

  command
    .command('skip')
    .argument('<place>', 'the record that blocks its partition, as list prints it', readPlace)
    .description('move the record that blocks a partition to the dead letters')
    .addOption(needed(brokers()))
    .addOption(stream())
    .addOption(
      new Option('--group <worker>', 'worker of the partition').choices(workerGroups).makeOptionMandatory(),
    )
    .option('--to-dead-letters', 'required: the record becomes a dead letter')
    .option('--within <seconds>', 'maximum time for the worker', positiveInteger, 120)
    .addOption(json())
    .addHelpText(
      'after',
      `
Example:
  sluice partitions skip sluice.rating.v1/3/812 --group sink-clickhouse --to-dead-letters`,
    )
    .action((record: RecordPlace, options: SkipCommandOptions) => skip(record, options, print));
}

async function list({ brokers, stream, json }: PartitionsOptions, print: Print): Promise<void> {
  const say = sayer(print, json);
  const states = await statesOf(brokers, stream);
  const blocked = states.filter(({ blockage }) => blockage !== null);
  for (const state of states) say(linesOf(state), { of: 'partition', ...plain(state) });
  say(`Partitions: ${states.length}, blocked: ${blocked.length}.`, {
    of: 'sum',
    ...{ partitions: states.length, blocked: blocked.length },
  });
  if (blocked.length > 0) process.exitCode = exitCodes.undone;
}

async function skip(record: RecordPlace, options: SkipCommandOptions, print: Print): Promise<void> {
  const { brokers, stream, group, toDeadLetters, within, json } = options;
  if (toDeadLetters !== true)
    throw new UsageError('Give --to-dead-letters: the record becomes a dead letter, which you can redrive.');
  const connection = kafkaAt(brokers);
  // Says whom it asked when Kafka is unavailable; what skipping throws is about the record.
  await withServerContext('Kafka', '--brokers', brokers.join(','), () =>
    partitionStates(connection, stream, group),
  );
  const place = `${record.topic}/${record.partition}/${record.offset}`;
  await skipRecord({ connection, stream, group, place: record, withinMs: within * 1000 });
  sayer(print, json)(
    `${group} continues after ${place}. The record is a dead letter, unless the worker finished it at that moment: sluice dlq list --reason SKIPPED`,
    { group, place },
  );
}

async function statesOf(brokers: string[], stream: string): Promise<PartitionState[]> {
  const states = await withServerContext('Kafka', '--brokers', brokers.join(','), () =>
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
    `${line}  ${styleText('red', 'BLOCKED')}`,
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
