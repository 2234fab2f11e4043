import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import { workThroughRanges, type Range } from '@sluice/kafka/read-range';
import { offsetRanges, offsetsAtTime } from '@sluice/kafka/topics-admin';
import { topicOf, type TopicName } from '@sluice/schemas/topics';
import { allTopics, rawTopics } from '@sluice/vendors/topics';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import { kafkaAt, registryAt } from '../access.ts';
import { brokers, json, needed, positiveInteger, registry, since, stream, wholeNumber } from '../options.ts';
import type { Print } from '../say.ts';
import { awaiting } from '../status-line.ts';
import { withAbortSignal } from '../with-abort-signal.ts';
import { jsonOf, lineOf, tailRecord, type TailedRecord } from './tail-record.ts';

interface TailOptions {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly stream: string;
  readonly last: number;
  /** Epoch ms. */
  readonly since?: number;
  readonly source?: string;
  readonly dataType?: string;
  readonly contains?: string;
  readonly limit?: number;
  readonly follow: boolean;
  readonly json: boolean;
}

const names = allTopics;
/** Behind every record that there will be. */
const endless = 2n ** 63n - 1n;

/** `sluice tail rating.v1`: the records of a stream's topics as they come, decoded. */
export function defineTail(command: Command, print: Print): void {
  command
    .addArgument(new Argument('<topics...>', 'without .v1 as well').choices(names).argParser(readTopics))
    .addOption(needed(brokers()))
    .addOption(needed(registry()))
    .addOption(stream())
    .option('--last <n>', 'begin with the last n records of each partition', wholeNumber, 0)
    .addOption(since())
    .option('--source <id>', 'only of this source')
    .option('--data-type <name>', 'only of this data type of the vendor')
    .option('--contains <text>', 'only records that contain this text: an id, a word')
    .option('--limit <n>', 'end after this many records', positiveInteger)
    .option('--no-follow', 'end after the present records')
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  sluice tail rating --last 5
  sluice tail ${rawTopics.slice(0, 2).join(' ')} --json | jq -r .dataType
  sluice tail message conversation --since 1h --contains 退款 --no-follow`,
    )
    .action(async (wanted: TopicName[], options: TailOptions) => {
      const show = options.json ? jsonOf : lineOf;
      await withAbortSignal((signal) =>
        awaiting('Waiting for records', () => tail(wanted, options, signal, (record) => print(show(record)))),
      );
    });
}

async function tail(
  wanted: readonly TopicName[],
  options: TailOptions,
  signal: AbortSignal,
  onRecord: (record: TailedRecord) => void,
): Promise<void> {
  const { source, dataType, contains, limit = Number.POSITIVE_INFINITY, stream: prefix } = options;
  const connection = kafkaAt(options.brokers);
  const decode = createDecoder(schemaLookup(registryAt(options.schemaRegistry)));
  const byTopic = new Map(wanted.map((name) => [topicOf(prefix, name), name]));
  const ended = new AbortController();
  let shown = 0;
  await workThroughRanges(connection, await Promise.all(wanted.map((name) => rangeOf(name, options))), {
    signal: AbortSignal.any([signal, ended.signal]),
    stallMs: Number.POSITIVE_INFINITY,
    onGone: () => undefined,
    async onRecords(records) {
      for (const record of records) {
        const name = byTopic.get(record.topic);
        const tailed = name === undefined ? null : await tailRecord(name, record, decode);
        if (tailed === null || shown >= limit) continue;
        if (source !== undefined && tailed.source !== source) continue;
        if (dataType !== undefined && tailed.dataType !== dataType) continue;
        if (contains !== undefined && !jsonOf(tailed).includes(JSON.stringify(contains).slice(1, -1)))
          continue;
        onRecord(tailed);
        shown += 1;
        if (shown >= limit) ended.abort();
      }
    },
  });
}

/** From where on each partition is shown, and up to where. @throws an error when the stream has no such topic */
async function rangeOf(name: TopicName, options: TailOptions): Promise<Range> {
  const connection = kafkaAt(options.brokers);
  const topic = topicOf(options.stream, name);
  const held = await offsetRanges(connection, topic).catch((error: unknown) => {
    throw new Error(
      `${topic} cannot be read from ${options.brokers.join(',')} (--brokers, --stream): ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  });
  const since = options.since === undefined ? null : await offsetsAtTime(connection, topic, options.since);
  const from = [...held].map(([partition, { low, high }]) => {
    const last = high - BigInt(options.last);
    const wanted = since?.get(partition) ?? last;
    return [partition, wanted < low ? low : wanted] as const;
  });
  const to = [...held].map(([partition, { high }]) => [partition, options.follow ? endless : high] as const);
  return { topic, from: new Map(from), to: new Map(to) };
}

/** Names as they are, or without their version; commander hands them one by one. */
function readTopics(text: string, before: TopicName[] | undefined): TopicName[] {
  const found = names.find((name) => name === text || name === `${text}.v1`);
  if (found === undefined)
    throw new InvalidArgumentError(`There is no topic ${text}: it must be one of ${names.join(', ')}.`);
  return [...(before ?? []), found];
}
