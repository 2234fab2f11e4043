import { findSchemaIds } from '@sluice/canonical-event/registry';
import { createPublisher } from '@sluice/kafka/publisher';
import { topicOf } from '@sluice/schemas/topics';
import { readSources } from '@sluice/sources/read-sources';
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
import type { StoredDeadLetter } from './read-dead-letters.ts';
import { filterOf, reading, whyNone } from './reading.ts';
import { redrive, type RedriveOutcome } from './redrive.ts';

/**
 * Puts back the dead letters that the options let through, and tells what became of each.
 * @throws Undone when some are left
 */
export async function redriveDeadLetters(
  places: readonly DeadLetterPosition[],
  options: RedriveCommandOptions,
  say: Say,
): Promise<void> {
  const { brokers, schemaRegistry, stream, maxAttempts, rate, dryRun } = options;
  const sources = readSources(options.sources, process.env, vendors).filter(
    (source) => source.stream === stream,
  );
  const filter = { ...filterOf(options), ...(places.length > 0 ? { places } : {}) };
  const written = allTopics;
  const publisher = createPublisher(
    kafkaAt(brokers),
    written.map((name) => topicOf(stream, name)),
  );
  const counts = new Map<RedriveOutcome['outcome'], number>();
  const sum = (...outcomes: RedriveOutcome['outcome'][]): number =>
    outcomes.reduce((total, outcome) => total + (counts.get(outcome) ?? 0), 0);
  const absent = new Set(places.map(placeOf));
  const tell = (deadLetter: StoredDeadLetter, result: RedriveOutcome): void => {
    absent.delete(deadLetter.place);
    counts.set(result.outcome, sum(result.outcome) + 1);
    const { place, reason } = deadLetter;
    const line = printableLine(`${place} ${reason} ${messageOf(result, dryRun)}`);
    say(line, { of: 'dead-letter', place, reason, ...result });
  };
  try {
    await waitUntilReady(publisher);
    const ids = await findSchemaIds(registryAt(schemaRegistry), stream, ['dead-letter']);
    const schemaId = ids.get('dead-letter');
    if (schemaId === undefined)
      throw new Error(`The registry has no dead-letter schema of ${stream}: run "sluice schemas register".`);
    const byId = new Map(sources.map((source) => [source.id, source]));
    const receivers = await loadReceivers(vendors);
    const how = { stream, sources: byId, receivers, maxAttempts, rate, isDryRun: dryRun, schemaId };
    await reading(
      options,
      filter,
      async (deadLetter) => tell(deadLetter, await redrive(deadLetter, publisher, how)),
      (there) => {
        const [went, skipped, undecodable] = [
          sum('redriven'),
          sum('redriven-before', 'tried-out'),
          sum('undecodable'),
        ];
        const none = went + skipped + undecodable === 0 && there !== null ? whyNone(filter, there) : null;
        const line = `${went} ${dryRun ? 'would be redriven' : 'redriven'}, ${skipped} skipped, ${undecodable} still undecodable.`;
        say([line, ...(none === null ? [] : [none])], {
          of: 'sum',
          ...{ redriven: went, skipped, undecodable, dryRun, why: none },
        });
      },
    );
  } finally {
    await publisher.close();
  }
  if (absent.size > 0) throw new Undone(`There is no such dead letter at ${[...absent].join(', ')}.`);
  const left = sum('tried-out', 'undecodable');
  if (left > 0)
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
