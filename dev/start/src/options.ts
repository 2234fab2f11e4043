import { parseArgs } from 'node:util';
import { startedNames, type StartedName } from './services.ts';

export interface StartOptions {
  /** Stop everything when the ledger is printed. */
  readonly once: boolean;
  /** Whether anything is sent: to the development sources, and to the user's own where that is asked for. */
  readonly traffic: boolean;
  /** The user's own sources file. */
  readonly sources: string | undefined;
  /** Generated pushes, next to the vendors' samples. */
  readonly pushes: number;
  /** Over how many days before now these are spread. */
  readonly days: number;
  readonly seed: string;
  /** Start a Prometheus next to the system. */
  readonly withMonitoring: boolean;
  /** The service that somebody works on; null with `npm start`. */
  readonly dev: StartedName | null;
}

export const usage = `npm start [-- options]

  --sources <file>   your own sources file instead of config/sources.yaml; nothing is sent to these sources unless
                     --pushes says how much
  --once             stop when the traffic has arrived; exit 0 only if the ledger balances
  --no-traffic       bring up the system alone
  --pushes <n>       how many pushes to generate (5000)
  --days <n>         over how many days before now their times are spread, 0 for now alone (14)
  --seed <text>      what to generate them from (a new one for each start)
  --with-monitoring  start a Prometheus that scrapes the services, with the product's alerts; its overview must
                     show what the ledger says

npm run dev -- <service> [options]

  Brings up the system with one service under "node --watch": it starts again when one of its files changes, its log is
  printed here, and a debugger attaches to 127.0.0.1:9229. Nothing is sent unless --pushes says how much.
  Services: ${startedNames.join(', ')}
`;

/** @throws an error for an option that is wrong */
export function parseOptions(args: readonly string[], newSeed: string): StartOptions | 'help' {
  const { values, positionals } = readArguments(args);
  if (values.help) return 'help';
  const dev = values.dev ? watchedOf(positionals) : null;
  if (!values.dev && positionals.length > 0)
    throw new Error(
      `"${positionals.join(' ')}" is no option of npm start: "npm start -- --help" lists them.`,
    );
  const pushes = Number(values.pushes ?? 5000);
  if (!Number.isSafeInteger(pushes) || pushes < 1)
    throw new Error(`--pushes must be a whole number above zero, not "${values.pushes ?? ''}".`);
  const days = Number(values.days);
  if (!Number.isSafeInteger(days) || days < 0 || days > 700)
    throw new Error(`--days must be a whole number from 0 to 700, not "${values.days}".`);
  refuseContradictions(values, dev);
  const isAsked = values.pushes !== undefined || (values.sources === undefined && dev === null);
  return {
    sources: values.sources,
    once: values.once,
    traffic: !values['no-traffic'] && isAsked,
    pushes,
    days,
    seed: values.seed ?? newSeed,
    withMonitoring: values['with-monitoring'],
    dev,
  };
}

function readArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      sources: { type: 'string' },
      once: { type: 'boolean', default: false },
      'no-traffic': { type: 'boolean', default: false },
      pushes: { type: 'string' },
      days: { type: 'string', default: '14' },
      seed: { type: 'string' },
      'with-monitoring': { type: 'boolean', default: false },
      // Of "npm run dev": the service follows.
      dev: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

/** @throws an error for two options that exclude each other */
function refuseContradictions(
  values: ReturnType<typeof readArguments>['values'],
  dev: StartedName | null,
): void {
  if (values.once && values['no-traffic'])
    throw new Error('--once waits for traffic and --no-traffic sends none: use one of them.');
  if (values.once && values.sources !== undefined && values.pushes === undefined)
    throw new Error('--once waits for traffic, and your own sources get none without --pushes: add it.');
  if (values.once && dev !== null)
    throw new Error('--once stops everything and npm run dev does not: use npm start.');
  if (dev === 'agent-panel' && values.sources !== undefined)
    throw new Error('The agent panel is for the development sources alone: leave --sources out.');
}

/** @throws an error that lists the services */
function watchedOf(names: readonly string[]): StartedName {
  const found = startedNames.find((name) => name === names[0]);
  if (found !== undefined && names.length === 1) return found;
  const wrong = names.length === 0 ? 'Name the service to work on' : `"${names.join(' ')}" is no service`;
  throw new Error(`${wrong}: npm run dev -- ${startedNames.join(' | ')}`);
}
