import { checks } from './checks.ts';
import { fetchTools } from './tools/catalogue.ts';

// `npm run test:chart`: what the chart, the image and the compose file must hold, by tools that npm's lock file does not
// bring. What cannot be had on this machine is told and skipped. The last line is the count.
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say('Fetching the tools (the first time they are built, for minutes)…');
const tools = await fetchTools();
const absent = Object.entries(tools).flatMap(([name, fetched]) =>
  fetched.outcome === 'absent' ? [`${name} (${fetched.reason})`] : [],
);
if (absent.length > 0) say(`Not to be had: ${absent.join('; ')}.`);

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const check of checks) {
  const startedAt = performance.now();
  const outcomes = await check.run(tools);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  for (const one of outcomes) {
    counts[one.outcome] += 1;
    if (one.outcome === 'failed') say(`✗ ${one.name}\n    ${one.problems.join('\n    ')}`);
  }
  const of = (outcome: keyof typeof counts): number =>
    outcomes.filter((one) => one.outcome === outcome).length;
  const skips = new Set(outcomes.flatMap((one) => (one.outcome === 'skipped' ? [one.reason] : [])));
  const notes = [
    ...(of('failed') > 0 ? [`${of('failed')} failed`] : []),
    ...(skips.size > 0 ? [`${of('skipped')} skipped: ${[...skips].join('; ')}`] : []),
  ];
  say(
    `${of('failed') > 0 ? '✗' : '✓'} ${check.name}: ${[`${of('passed')} passed`, ...notes].join(', ')} (${seconds} s)`,
  );
}
const { passed, failed, skipped } = counts;
say(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
