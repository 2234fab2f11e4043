import { createRequire } from 'node:module';

// Its types are those of its CommonJS form; imported, it would be the other one.
const { default: Sequencer } = createRequire(import.meta.url)(
  '@jest/test-sequencer',
) as typeof import('@jest/test-sequencer');
type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];
type Test = Tests[number];

/** In ms, where the last run left no time: a new clone. */
const unknown = { wholeSystem: 30_000, other: 10_000 };

const isWholeSystem = ({ context }: Test): boolean =>
  /(^|:)e2e$/.test(context.config.displayName?.name ?? '');

const estimateOf = (test: Test): number =>
  test.duration ?? (isWholeSystem(test) ? unknown.wholeSystem : unknown.other);

/** Long files first, by the time that each took last, so that at the end no worker is left with a long one. */
export default class LongestFirst extends Sequencer {
  override async sort(tests: Tests): Promise<Test[]> {
    // Larger files come first among those that nothing is known of.
    const sorted = await super.sort(tests);
    return sorted.toSorted((one, other) => estimateOf(other) - estimateOf(one));
  }
}
