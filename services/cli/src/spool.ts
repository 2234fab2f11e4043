import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { kafkaAt, registryAt } from './access.ts';
import { brokers, json, needed, positiveInteger, registry, wholeNumber } from './options.ts';
import { sayer, type Print } from './say.ts';
import { awaiting } from './status-line.ts';

interface DrainOptions {
  readonly folder: string;
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly within: number;
  readonly json: boolean;
}

interface WaitOptions {
  readonly json: boolean;
  readonly opsPort: number;
  readonly atLeast: number;
  readonly shownFor: number;
  readonly within: number;
  readonly pod: string;
  readonly mayGoFrom?: number;
  readonly mayGoWithin?: number;
}

/** An ingress that tells nothing for so long has ended, and nothing is to be waited for. */
const silenceSeconds = 30;

/** `sluice spool drain | wait`. */
export function defineSpool(command: Command, print: Print): void {
  defineDrain(command, print);
  defineWait(command, print);
}

function defineDrain(command: Command, print: Print): void {
  command
    .command('drain')
    .description('publish the spool of an ingress that will not come back')
    .requiredOption('--folder <path>', "that ingress's SLUICE_SPOOL_FOLDER")
    .addOption(needed(brokers()))
    .addOption(needed(registry()))
    .option('--within <seconds>', 'maximum time', positiveInteger, 3600)
    .addOption(json())
    .addHelpText(
      'after',
      `
Example:
  sluice spool drain --folder /var/spool/sluice/records --brokers kafka:9092 --schema-registry http://registry:8080/apis/ccompat/v7`,
    )
    .action(async ({ folder, brokers, schemaRegistry, within, json }: DrainOptions) => {
      const { drainFolder } = await import('@sluice/ingress/drain-folder');
      const say = sayer(print, json);
      const { published, quarantined } = await drainFolder({
        folder,
        kafka: kafkaAt(brokers),
        registry: registryAt(schemaRegistry),
        withinMs: within * 1000,
        say: (text) => say(text, { of: 'progress', text }),
      });
      const damaged = `${quarantined} damaged parts stay in ${folder}/<topic>/quarantine: look at them before you delete it.`;
      say([`Published ${published} records; the spool is empty.`, ...(quarantined > 0 ? [damaged] : [])], {
        of: 'sum',
        published,
        quarantined,
      });
    });
}

function defineWait(command: Command, print: Print): void {
  command
    .command('wait')
    .description(
      'wait until the spool of the ingress in the same pod is empty; a pod runs this before it stops',
    )
    .addOption(opsPort())
    .option(
      '--at-least <seconds>',
      'minimum wait, so that load balancers notice the stop',
      positiveInteger,
      5,
    )
    .option(
      '--shown-for <seconds>',
      'further wait after draining, so that Prometheus sees the empty spool',
      wholeNumber,
      20,
    )
    .option('--within <seconds>', 'wait no longer', positiveInteger, 120)
    .addOption(
      new Option('--pod <name>', "this pod's name, with its number at the end")
        .env('HOSTNAME')
        .default(hostname(), 'the name of this host'),
    )
    .option(
      '--may-go-from <number>',
      'pods with this number or above may be removed permanently',
      positiveInteger,
    )
    .option('--may-go-within <seconds>', 'maximum wait for these pods', positiveInteger)
    .addOption(json())
    .addHelpText('after', '\nExample:\n  sluice spool wait --within 120')
    .action(async (options: WaitOptions) => {
      const { message, records } = await awaiting('Waiting for the spool', () => waitUntilEmpty(options));
      sayer(print, options.json)(message, { records });
    });
}

function opsPort(): Option {
  return new Option('--ops-port <port>', 'where this ingress answers /metrics')
    .env('SLUICE_OPS_PORT')
    .argParser(positiveInteger)
    .default(9090);
}

interface Waited {
  /** What became of it. */
  readonly message: string;
  /** What the spool holds; null when no ingress tells. */
  readonly records: number | null;
}

async function waitUntilEmpty(options: WaitOptions): Promise<Waited> {
  const { opsPort, atLeast, shownFor } = options;
  const within = withinOf(options);
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  let left: number | null = null;
  let toldAt = 0;
  /** It may go then, if the spool is empty: of one that held records Prometheus must see that it holds none. */
  let mayGoAt = atLeast;
  const empty: Waited = { message: 'The spool is empty.', records: 0 };
  while (seconds() < within) {
    left = await spooledRecords(opsPort);
    if (left === 0 && seconds() >= mayGoAt) return empty;
    if (left !== null && left > 0) mayGoAt = Math.max(atLeast, seconds() + shownFor);
    if (left !== null) toldAt = seconds();
    else if (seconds() - toldAt > silenceSeconds) break;
    await pause(500);
  }
  if (left === 0) return empty;
  if (left === null)
    return {
      message: `No ingress reports its spool at port ${opsPort}: its next pod drains what it holds.`,
      records: null,
    };
  return {
    message: `The spool still holds ${left} records after ${within} s: its next pod drains it.`,
    records: left,
  };
}

/** Whose claim no later pod may take over waits longer. */
function withinOf({ pod, within, mayGoFrom, mayGoWithin }: WaitOptions): number {
  const number = Number(/-(\d+)$/.exec(pod)?.[1] ?? -1);
  if (mayGoFrom === undefined || mayGoWithin === undefined || number < mayGoFrom) return within;
  return Math.max(within, mayGoWithin);
}

/** Null when ingress does not tell. */
async function spooledRecords(opsPort: number): Promise<number | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${opsPort}/metrics`, { signal: AbortSignal.timeout(5_000) });
    const metrics = await answer.text();
    const [, value] = /^sluice_spool_records(?:\{[^}]*\})? (\S+)$/m.exec(metrics) ?? [];
    return value === undefined ? null : Number(value);
  } catch {
    return null;
  }
}
