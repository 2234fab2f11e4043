import { findSchemaIds } from '@sluice/canonical-event/registry';
import { createPublisher, type Publisher } from '@sluice/kafka/publisher';
import { topicOf } from '@sluice/schemas/topics';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import { vendors } from '@sluice/vendors';
import { allTopics } from '@sluice/vendors/topics';
import { loadReceivers } from '@sluice/vendor-kit/vendor';
import { kafkaAt, registryAt } from '../access.ts';
import { Undone } from '../exit-codes.ts';
import { printableLine } from '../printable.ts';
import type { Say } from '../say.ts';
import { waitUntilReady } from '../wait-until-ready.ts';
import type { RedriveCommandOptions } from './options.ts';
import { placeOf, type DeadLetterPosition } from './place.ts';
import type { DeadLetterCounts, StoredDeadLetter } from './read-dead-letters.ts';
import { filterOf, reading, whyNone } from './reading.ts';
import { redrive, type RedriveOptions, type RedriveOutcome } from './redrive.ts';

/**
 * Puts back the dead letters that the options let through, and tells what became of each.
 * @throws Undone when some are left
 */
export async function redriveDeadLetters(
  places: readonly DeadLetterPosition[],
  options: RedriveCommandOptions,
  say: Say,
): Promise<void> {
  const { brokers, stream, dryRun } = options;
  const sources = readSources(options.sources, process.env, vendors).filter((one) => one.stream === stream);
  const filter = { ...filterOf(options), ...(places.length > 0 ? { places } : {}) };
  const publisher = createPublisher(
    kafkaAt(brokers),
    allTopics.map((name) => topicOf(stream, name)),
  );
  const { count, sum } = createTally();
  const absent = new Set(places.map(placeOf));
  const tell = (deadLetter: StoredDeadLetter, result: RedriveOutcome): void => {
    absent.delete(deadLetter.place);
    count(result.outcome);
    const { place, reason } = deadLetter;
    const line = printableLine(`${place} ${reason} ${messageOf(result, dryRun)}`);
    say(line, { of: 'dead-letter', place, reason, ...result });
  };
  const tellSum = (there: DeadLetterCounts | null): void => {
    const [went, skipped] = [sum('redriven'), sum('redriven-before', 'tried-out')];
    const undecodable = sum('undecodable');
    const none = went + skipped + undecodable === 0 && there !== null ? whyNone(filter, there) : null;
    const line = `${went} ${dryRun ? 'would be redriven' : 'redriven'}, ${skipped} skipped, ${undecodable} still undecodable.`;
    const fact = { redriven: went, skipped, undecodable, dryRun, why: none };
    say([line, ...(none === null ? [] : [none])], { of: 'sum', ...fact });
  };
  try {
    const how = await redriveOptions(options, sources, publisher);
    const redriveOne = async (deadLetter: StoredDeadLetter): Promise<void> =>
      tell(deadLetter, await redrive(deadLetter, publisher, how));
    await reading(options, filter, redriveOne, tellSum);
  } finally {
    await publisher.close();
  }
  if (absent.size > 0) throw new Undone(`There is no such dead letter at ${[...absent].join(', ')}.`);
  refuseLeft(sum('tried-out', 'undecodable'));
}

function createTally() {
  const counts = new Map<RedriveOutcome['outcome'], number>();
  return {
    count: (outcome: RedriveOutcome['outcome']): void =>
      void counts.set(outcome, (counts.get(outcome) ?? 0) + 1),
    sum: (...outcomes: RedriveOutcome['outcome'][]): number =>
      outcomes.reduce((total, outcome) => total + (counts.get(outcome) ?? 0), 0),
  };
}

/** What a redrive needs to know, once Kafka and the registry have answered. */
async function redriveOptions(
  { stream, schemaRegistry, maxAttempts, rate, dryRun }: RedriveCommandOptions,
  sources: readonly Source[],
  publisher: Publisher,
): Promise<RedriveOptions> {
  await waitUntilReady(publisher);
  const ids = await findSchemaIds(registryAt(schemaRegistry), stream, ['dead-letter']);
  const schemaId = ids.get('dead-letter');
  if (schemaId === undefined)
    throw new Error(`The registry has no dead-letter schema of ${stream}: run "sluice schemas register".`);
  const byId = new Map(sources.map((source) => [source.id, source]));
  const receivers = await loadReceivers(vendors);
  return { stream, sources: byId, receivers, maxAttempts, rate, isDryRun: dryRun, schemaId };
}

function refuseLeft(left: number): void {
  if (left === 0) return;
  throw new Undone(
    `${left} ${left === 1 ? 'dead letter is' : 'dead letters are'} left: see the lines above.`,
  );
}

function messageOf(result: RedriveOutcome, isDryRun: boolean): string {
  switch (result.outcome) {
    case 'redriven':
      return `${isDryRun ? 'would go' : 'went'} to ${result.topic}`;
    case 'redriven-before':
    case 'tried-out':
      return `skipped: ${result.why}`;
    case 'undecodable':
      return `undecodable: ${result.why}`;
  }
}
