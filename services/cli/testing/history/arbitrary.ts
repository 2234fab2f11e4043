import fc from 'fast-check';
import type { Step } from './history.ts';
import { storeKinds, watchedTopics } from './watched.ts';

const store = fc.constantFrom(...storeKinds);
const mapping = fc.constantFrom('former' as const, 'present' as const);
const records = fc.array(fc.nat(1_000), { minLength: 2, maxLength: 6 });
const traffic = fc.record({ do: fc.constant('traffic' as const), records, mapping });
const interruption = fc.record({
  at: fc.integer({ min: 1, max: 24 }),
  what: fc.constantFrom(
    ...(['traffic', 'expire-raw', 'expire-canonical', 'killed', 'killed', 'ended by Ctrl-C'] as const),
  ),
});
const rebuilding = fc.record({
  do: fc.constant('rebuild' as const),
  store,
  from: fc.constantFrom('raw' as const, 'canonical' as const),
  topics: fc.constantFrom(watchedTopics, watchedTopics, ['message.v1' as const]),
  bringsBack: fc.boolean(),
  interruptions: fc.array(interruption, { maxLength: 2 }),
});
const other = fc.oneof(
  fc.record({ do: fc.constant('push' as const), records }),
  fc.record({ do: fc.constant('normalize' as const), mapping }),
  fc.record({ do: fc.constant('write' as const), store }),
  fc.record({
    do: fc.constant('expire' as const),
    topic: fc.constantFrom('raw' as const, 'canonical' as const),
    partition: fc.nat(1),
    share: fc.constantFrom(30, 60, 100),
  }),
  fc.record({
    do: fc.constant('recreate' as const),
    topic: fc.constantFrom('raw' as const, ...watchedTopics),
  }),
  fc.constant({ do: 'replay' as const }),
  fc.record({ do: fc.constant('erase' as const), store, which: fc.nat(1_000) }),
  fc.record({ do: fc.constant('set-offsets-back' as const), store }),
);
const afterMs = fc.constantFrom(0, 20_000, 600_000, 10_800_000);
const step: fc.Arbitrary<Step> = fc
  .tuple(
    afterMs,
    fc.oneof(
      { weight: 4, arbitrary: traffic },
      { weight: 8, arbitrary: other },
      { weight: 5, arbitrary: rebuilding },
      { weight: 1, arbitrary: fc.constant({ do: 'migrate' as const }) },
    ),
  )
  .map(([wait, what]) => ({ afterMs: wait, ...what }));
/** Traffic first, whatever may happen, and a rebuild last. */
export const history = fc
  .tuple(traffic, fc.array(step, { minLength: 4, maxLength: 7 }), rebuilding)
  .map(([first, steps, last]): Step[] => [{ afterMs: 0, ...first }, ...steps, { afterMs: 0, ...last }]);
