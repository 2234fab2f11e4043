import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { casesNamed } from './catalogue.ts';
import { runCase } from './run-case.ts';

// The suite itself takes hours; a part of it, short, with every test run: one case each of Kafka, a store, the spool, and a
// hostile sender.
jest.setTimeout(300_000);

const selection = casesNamed([
  'produce-answers-cut',
  'clickhouse-answer-cut',
  'spool-flipped-byte',
  'long-names',
]);

test.each(selection.map((one) => [one.name, one] as const))('%s, short', async (_name, one) => {
  const said: string[] = [];
  const outcome = await runCase(one, {
    endpoints: testEndpoints(),
    seed: 'jest',
    scale: 'short',
    say: (line) => said.push(line),
  });
  expect({ ...outcome, said }).toMatchObject({
    outcome: 'pass',
    reason: '',
    finding: { lost: 0, duplicatesAfter: 0 },
  });
});
