import { InvalidArgumentError, Option, type Command } from 'commander';
import { formatLedger } from './ledger-table.ts';
import { startProgressBar } from './progress-bar.ts';
import { simulate } from './simulate.ts';
import type { Simulators } from './vendor-simulator.ts';

interface SimFlags {
  readonly url: string;
  readonly sources: string;
  readonly pushes: number;
  readonly seed: string;
  readonly run?: string;
  readonly rate?: number;
  readonly connections: number;
  readonly resend: number;
  readonly resendUrl?: string;
  readonly days: number;
  readonly samples: boolean;
  readonly json: boolean;
}

/** `sluice sim`. It exits with 1 when a push was not acknowledged. */
export function defineSim(command: Command, simulators: Simulators): void {
  command
    .addOption(
      new Option('--url <url>', 'the gateway').env('SLUICE_INGRESS_URL').default('http://127.0.0.1:8080'),
    )
    .addOption(
      new Option('--sources <file>', 'the sources that the gateway is configured with')
        .env('SLUICE_SOURCES_FILE')
        .default('config/sources.yaml'),
    )
    .option('--pushes <count>', 'how many pushes to generate', toNumber, 1000)
    .option('--seed <text>', 'decides what is sent', 'sluice')
    .option('--run <text>', 'tells apart two runs with one seed (default: the time)')
    .option('--rate <per second>', 'pushes per second (default: as fast as they are answered)', toNumber)
    .option('--connections <count>', 'requests at a time', toNumber, 16)
    .option('--resend <share>', 'share of acknowledged pushes that are sent again, 0 to 1', toNumber, 0.05)
    .option('--resend-url <url>', 'where they are sent again: another pod (default: the gateway)')
    .option('--days <count>', 'spread what is sent over so many days before now', toNumber, 0)
    .option('--samples', 'send every sample of the vendors’ pages too', false)
    .option('--json', 'print the ledger as JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  sluice sim --pushes 300
  sluice sim --url https://push.example.com --sources config/sources.yaml --rate 50`,
    )
    .action(async (flags: SimFlags) => {
      const progress = startProgressBar();
      const ledger = await simulate({
        baseUrl: flags.url,
        sourcesFile: flags.sources,
        simulators,
        pushes: flags.pushes,
        seed: flags.seed,
        run: flags.run,
        ratePerSecond: flags.rate,
        connections: flags.connections,
        resendShare: flags.resend,
        resendUrl: flags.resendUrl,
        days: flags.days,
        includeSamples: flags.samples,
        onProgress: (counts, expected) => progress.update(counts, expected),
      }).finally(() => progress.stop());
      process.stdout.write(`${flags.json ? JSON.stringify(ledger) : formatLedger(ledger)}\n`);
      if (ledger.failures.length > 0) process.exitCode = 1;
    });
}

function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
