import { styleText } from 'node:util';
import { topicOf } from '@sluice/schemas/topics';
import { markDeadLettersSeen } from '@sluice/stream/unseen-dead-letters';
import { kafkaAt } from '../access.ts';
import { withServerContext } from '../with-server-context.ts';
import { printable, printableLine, timeOf } from '../printable.ts';
import type { Say } from '../say.ts';
import type { DlqOptions, FilterOptions } from './options.ts';
import { placeOf, type DeadLetterPosition } from './place.ts';
import type { StoredDeadLetter } from './read-dead-letters.ts';
import { filterOf, reading, whyNone } from './reading.ts';

/** Tells each dead letter that a filter lets through, and how many there are of each kind. */
export async function listDeadLetters(options: DlqOptions & FilterOptions, say: Say): Promise<void> {
  const filter = filterOf(options);
  let [count, open] = [0, 0];
  /** By stage, reason and source. */
  const kinds = new Map<string, { deadLetters: number; open: number }>();
  await reading(
    options,
    filter,
    (deadLetter) => {
      const isOpen = deadLetter.redrivenAtMs === null ? 1 : 0;
      const kind = [
        deadLetter.stage.padEnd(widths.stage),
        deadLetter.reason.padEnd(widths.reason),
        deadLetter.source_id,
      ].join('  ');
      const { deadLetters, open: openOfKind } = kinds.get(kind) ?? { deadLetters: 0, open: 0 };
      kinds.set(kind, { deadLetters: deadLetters + 1, open: openOfKind + isOpen });
      say(count === 0 ? [styleText('bold', heading), lineOf(deadLetter)] : lineOf(deadLetter), {
        of: 'dead-letter',
        ...briefOf(deadLetter),
      });
      count += 1;
      open += isOpen;
    },
    (there) => {
      const none = count === 0 && there !== null ? whyNone(filter, there) : null;
      const sums = [...kinds].map(
        ([kind, { deadLetters, open: openOfKind }]) =>
          `${String(deadLetters).padStart(8)}  ${printableLine(kind)}${openOfKind === deadLetters ? '' : `, ${openOfKind} open`}`,
      );
      say([`Dead letters: ${count} (${open} open).`, ...(none === null ? sums : [none])], {
        of: 'sum',
        ...{ deadLetters: count, open, why: none },
      });
    },
  );
}

/** Tells show one dead letter in full. @throws an error when it does not exist */
export async function showDeadLetter(
  place: DeadLetterPosition,
  options: DlqOptions,
  say: Say,
): Promise<void> {
  const found: StoredDeadLetter[] = [];
  await reading(options, { places: [place] }, (deadLetter) => void found.push(deadLetter));
  for (const deadLetter of found) say(wholeOf(deadLetter), { ...briefOf(deadLetter), ...deadLetter });
  if (found.length === 0)
    throw new Error(`There is no dead letter at ${placeOf(place)}: "sluice dlq list" shows which there are.`);
}

/** Notes that all that is there now was seen. */
export async function noteSeen({ brokers, stream }: DlqOptions, say: Say): Promise<void> {
  const records = await withServerContext('Kafka', '--brokers', brokers.join(','), () =>
    markDeadLettersSeen(kafkaAt(brokers), stream),
  );
  const topic = topicOf(stream, 'dead-letter');
  say(`Marked as seen: ${records} records of ${topic}, including the marks of redriven ones.`, {
    topic,
    records,
  });
}

const widths = { place: 8, time: 24, stage: 18, reason: 20, source: 16, dataType: 20, bytes: 9 };
const heading = [
  'PLACE'.padEnd(widths.place),
  'FIRST SEEN'.padEnd(widths.time),
  'STAGE'.padEnd(widths.stage),
  'REASON'.padEnd(widths.reason),
  'SOURCE'.padEnd(widths.source),
  'DATA TYPE'.padEnd(widths.dataType),
  'BYTES'.padStart(widths.bytes),
].join('  ');

function lineOf(deadLetter: StoredDeadLetter): string {
  return [
    deadLetter.place.padEnd(widths.place),
    timeOf(deadLetter.first_seen).padEnd(widths.time),
    deadLetter.stage.padEnd(widths.stage),
    deadLetter.reason.padEnd(widths.reason),
    deadLetter.source_id.padEnd(widths.source),
    deadLetter.data_type.padEnd(widths.dataType),
    String(deadLetter.payload.length).padStart(widths.bytes),
    deadLetter.redrivenAtMs === null ? '' : `redriven ${timeOf(deadLetter.redrivenAtMs)}`,
  ]
    .map(printableLine)
    .join('  ')
    .trimEnd();
}

/** What a line of the list has, as data. */
function briefOf(deadLetter: StoredDeadLetter) {
  const { place, id, stage, reason, detail, source_id, data_type, first_seen, redrivenAtMs, payload } =
    deadLetter;
  return {
    ...{ place, id, stage, reason, detail, source: source_id, dataType: data_type, bytes: payload.length },
    firstSeen: timeOf(first_seen),
    redrivenAt: redrivenAtMs === null ? null : timeOf(redrivenAtMs),
  };
}

function wholeOf(deadLetter: StoredDeadLetter): string[] {
  const { payload, headers, key, redrivenAtMs, first_seen, lost, ...plain } = deadLetter;
  return [
    ...Object.entries(plain).map(([name, value]) => `${name}: ${printableLine(String(value))}`),
    `first_seen: ${timeOf(first_seen)}`,
    ...(lost === null ? [] : [`not shown: ${lost}`]),
    `redriven: ${redrivenAtMs === null ? 'no' : timeOf(redrivenAtMs)}`,
    `key: ${printableLine(key?.toString() ?? '')}`,
    'headers:',
    ...headers.map(({ name, value }) => `  ${printableLine(name)}: ${printableLine(value)}`),
    `payload (${payload.length} bytes):`,
    printable(payload.toString()),
  ];
}
