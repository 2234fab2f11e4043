import fc from 'fast-check';
import { history } from '../../testing/history/arbitrary.ts';
import { liveThrough, type Step } from '../../testing/history/history.ts';
import { historyServers, type HistoryServers } from '../../testing/history/servers.ts';
import { watchedTopics } from '../../testing/history/watched.ts';
import type { RebuildStep } from '../../testing/history/take-rebuild.ts';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';

/** FUZZ_RUNS sets how many histories there are, and makes them others than the usual ones. */
const runs = Number(process.env.FUZZ_RUNS ?? 8);
jest.setTimeout(120_000 + runs * 60_000);

let one: TestStream;
let servers: HistoryServers;
beforeAll(async () => {
  one = await createTestStream();
  servers = await historyServers(one);
});
afterAll(async () => {
  await servers.close();
  await one.remove();
});

test('whatever happens, readers see each event once, in its highest version, and nothing wanted is gone', async () => {
  await fc.assert(
    fc.asyncProperty(history, (steps) => liveThrough(one, servers, steps)),
    { numRuns: runs, endOnFailure: true, ...(process.env.FUZZ_RUNS === undefined ? { seed: 19 } : {}) },
  );
});

const traffic = (records: number): Step => ({
  ...{ do: 'traffic', afterMs: 600_000, mapping: 'present' },
  records: Array.from({ length: records }, (_, index) => 4 * (index >> 1) + 2 + (index % 2)),
});
const rebuilding = (
  from: RebuildStep['from'],
  interruptions: RebuildStep['interruptions'] = [],
): Step & RebuildStep => ({
  ...{ do: 'rebuild', afterMs: 20_000, store: 'clickhouse', from, topics: watchedTopics },
  ...{ bringsBack: true, interruptions },
});
/** @param share in percent */
const expireRaw = (share: number): Step[] =>
  [0, 1].map((partition) => ({ do: 'expire', afterMs: 0, topic: 'raw', partition, share }));

test.each<[string, Step[]]>([
  [
    'what sinks write just before its swap',
    [traffic(4), rebuilding('raw', [{ at: 'swap', what: 'traffic' }])],
  ],
  [
    'events of records that leave before it reads them',
    // Carrying over is what it does first, where something has left before.
    [traffic(12), ...expireRaw(30), rebuilding('raw', [{ at: 'copyUnchanged', what: 'expire-raw' }])],
  ],
  [
    'events of a canonical topic that was created again',
    [traffic(6), { do: 'recreate', afterMs: 0, topic: 'message.v1' }, traffic(2), rebuilding('canonical')],
  ],
  [
    'events of canonical topics that were created again, and are empty',
    [traffic(6), { do: 'recreate', afterMs: 0, topic: 'message.v1' }, rebuilding('canonical')],
  ],
  [
    'events of the last minute before a raw topic was created again',
    [
      traffic(4),
      traffic(4),
      { do: 'recreate', afterMs: 0, topic: 'raw' },
      { ...traffic(12), afterMs: 0 },
      rebuilding('raw'),
    ],
  ],
  [
    'what a sink wrote during a rebuild that was killed behind its swap, of records that had left',
    [
      traffic(4),
      { do: 'push', afterMs: 0, records: [1, 2, 3, 5] },
      { do: 'normalize', afterMs: 0, mapping: 'present' },
      ...expireRaw(100),
      rebuilding('raw', [
        { at: 'swap', what: 'traffic' },
        { at: 'tail', what: 'killed' },
      ]),
    ],
  ],
])('a rebuild keeps %s', (_name, steps) => liveThrough(one, servers, steps));
