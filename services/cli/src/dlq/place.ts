import { InvalidArgumentError } from 'commander';

/** Where a record of one topic stands. */
export interface DeadLetterPosition {
  readonly partition: number;
  readonly offset: bigint;
}

/** `0/17`: partition 0, offset 17. */
export const placeOf = ({ partition, offset }: { partition: number; offset: bigint | string }): string =>
  `${partition}/${offset}`;

/** @throws an error about text that `placeOf` did not write */
export function readPlace(text: string): DeadLetterPosition {
  const [, partition, offset] = /^(0|[1-9]\d{0,8})\/(0|[1-9]\d{0,17})$/.exec(text) ?? [];
  if (partition === undefined || offset === undefined)
    throw new InvalidArgumentError(
      'A place is a partition and an offset, such as 0/17: the first word of a line of "sluice dlq list".',
    );
  return { partition: Number(partition), offset: BigInt(offset) };
}

/** As `readPlace`, added to those that were given before. */
export const readPlaces = (
  text: string,
  before: readonly DeadLetterPosition[] | undefined,
): DeadLetterPosition[] => [...(before ?? []), readPlace(text)];
