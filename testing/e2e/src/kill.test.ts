import { simulate } from '@sluice/simulator/simulate';
import { loadSimulators } from '@sluice/vendors/simulators';
import { mark } from '@sluice/start/collect';
import { serviceNames } from '@sluice/start/services';
import { ledgerOf } from './ledger-of.ts';
import { startSystem, type System } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system.close(), 60_000);

test.each(serviceNames)(
  'kill -9 of %s during the burst, then its restart: nothing acknowledged is lost',
  async (name) => {
    const since = await mark(system.endpoints, system.stream);
    const killAt = 150;
    let restarted: Promise<void> | undefined;
    const sent = await simulate({
      simulators: await loadSimulators(),
      baseUrl: system.ingressUrl,
      sourcesFile: system.sourcesFile,
      pushes: 500,
      seed: `kill-${name}`,
      includeSamples: false,
      // As the vendor would: what was not acknowledged is sent again.
      retryForMs: 60_000,
      onProgress: ({ acknowledged }) => {
        if (acknowledged >= killAt) restarted ??= system.kill(name).then(() => system.restart(name));
      },
    });
    expect(restarted).toBeDefined();
    await restarted;
    expect(sent.totals).toMatchObject({ acknowledged: 500, refused: 0, gaveUp: 0 });

    const { ledger } = await ledgerOf(system, sent, since);
    expect(ledger.imbalances).toEqual([]);
  },
  240_000,
);
