import { fuzz, type FuzzReport } from './fuzz.ts';
import { parseOptions, usage, type FuzzOptions } from './options.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

process.exitCode = await main();

/** @returns the exit code: 1 when a body failed */
async function main(): Promise<number> {
  let options: FuzzOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (options === 'help') {
    say(usage);
    return 0;
  }
  const { seed, from, bodies } = options;
  say(`${bodies} bodies from number ${from} on, seed ${seed}`);
  const report = await fuzz(options, say);
  for (const line of linesOf(report, seed)) say(line);
  return report.failures.length === 0 ? 0 : 1;
}

function linesOf(report: FuzzReport, seed: string): string[] {
  const counts = (of: ReadonlyMap<string, number>): string =>
    [...of]
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const { slowest, largest } = report;
  return [
    `${report.bodies} bodies in ${Math.round(report.seconds)} s, ${report.events} events, at most ${report.peakMemoryMb} MB`,
    `ingress: ${counts(report.outcomes)}`,
    `dead letters: ${counts(report.reasons)}`,
    `slowest: body ${slowest.number}, ${slowest.ms.toFixed(1)} ms; largest: body ${largest.number}, ${largest.amplification.toFixed(1)} times its bytes`,
    ...report.failures.flatMap(({ number, problems }) => [
      ...problems.map((problem) => `body ${number}: ${problem}`),
      `  again: npm run fuzz -- --seed ${seed} --from ${number} --bodies 1`,
    ]),
    report.failures.length === 0 ? 'No body failed.' : `${report.failures.length} bodies failed.`,
  ];
}
