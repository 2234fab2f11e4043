import { openingsOf } from '@sluice/sources/openings';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import { broken, right, risky, type Finding } from '@sluice/service/finding';
import { vendors } from '@sluice/vendors';

/** Whether services can start with a sources file, and what it leaves open. */
export function* examineSources(file: string, env: NodeJS.ProcessEnv): Generator<Finding> {
  let sources: readonly Source[];
  try {
    sources = readSources(file, env, vendors);
  } catch (error) {
    yield broken('sources', error instanceof Error ? error.message : String(error), `Correct ${file}.`);
    return;
  }
  for (const opening of openingsOf(sources))
    yield risky('sources-open', opening, 'Remove the setting when nothing needs it.');
  yield right(
    'sources',
    `It has ${sources.length} ${sources.length === 1 ? 'source' : 'sources'}, and their secrets can be read.`,
  );
}
