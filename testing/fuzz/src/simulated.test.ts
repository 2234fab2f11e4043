import { seededRandom } from '@sluice/simulator/random';
import { sealPush } from '@sluice/simulator/seal-push';
import { generateTraffic } from '@sluice/simulator/traffic';
import { createRunner } from './run-body.ts';
import { openAccounts } from './sources.ts';

jest.setTimeout(120_000);

test('all that the simulator makes becomes events, flaws and left out fields included', async () => {
  const accounts = await openAccounts();
  const run = await createRunner(accounts);
  const byId = new Map(accounts.map((account) => [account.simulated.id, account]));
  const random = seededRandom('simulated');
  const traffic = generateTraffic({
    sources: accounts.map(({ simulated }) => simulated),
    ...{ seed: 'simulated', run: '1', now: Date.now, days: 70 },
  });
  const unlike: unknown[] = [];
  for (let left = 10_000; left > 0; left -= 1) {
    const push = traffic.next().value;
    const account = byId.get(push.sourceId);
    if (!account) throw new Error(`There is no account ${push.sourceId}.`);
    const { body } = sealPush(push, account.simulated, { now: Date.now, random });
    const result = await run({ account, kind: 'push', dataType: push.dataType, body, parts: null });
    const isWhole = result.outcome === 'published' && result.events > 0 && result.deadLetters.length === 0;
    if (!isWhole || result.problems.length > 0) unlike.push([push.text, result]);
  }
  expect(unlike).toEqual([]);
});
