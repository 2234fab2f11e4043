import { rawTopics } from '@sluice/vendors/topics';
import { InvalidArgumentError } from 'commander';

const topics: ReadonlySet<string> = new Set(rawTopics);

/** By a partition's name, `<raw topic>/<partition>`, the offset of the first record that is not worked through. */
export type Positions = ReadonlyMap<string, bigint>;

/** As `--start-at` takes them: `<raw topic>/<partition>=<offset>`, joined by commas. */
export function writePositions(positions: Positions): string {
  return [...positions]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, offset]) => `${name}=${offset}`)
    .join(',');
}

/** @throws an error about text that `writePositions` did not write */
export function readPositions(text: string): Positions {
  return new Map(
    text.split(',').map((part) => {
      const [, topic = '', partition, offset] = /^(raw\.[a-z0-9]+)\/(\d+)=(\d+)$/.exec(part.trim()) ?? [];
      if (!topics.has(topic) || offset === undefined)
        throw new InvalidArgumentError(
          `It must be what a replay printed, such as ${rawTopics.map((raw, at) => `${raw}/${at}=17`).join(',')}.`,
        );
      return [`${topic}/${partition}`, BigInt(offset)];
    }),
  );
}
