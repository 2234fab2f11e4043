import { parseArgs } from 'node:util';

export interface FaultOptions {
  readonly names: readonly string[];
  readonly list: boolean;
  readonly short: boolean;
  /** Only cases that have not passed yet in a run of this length. */
  readonly resume: boolean;
  readonly seed: string;
}

export const usage = `npm run faults                    every case, one after the other
npm run faults -- <name>...       these cases
npm run faults -- --list          every case and its fault
  --resume        of them those that have not passed yet in a run of this length, to continue where a run ended
  --seed <text>   decides the traffic and the moments of faults (default: 1)
  --short         fewer rounds and shorter faults, as a check of a change; the page keeps rows of full runs`;

/** @throws an error for what cannot be read */
export function parseOptions(args: readonly string[]): FaultOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      resume: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { list, short, resume, seed } = values;
  return { names: positionals, list, short, resume, seed };
}

/** The command that runs a case again as it was run. */
export function commandOf(name: string, { short, seed }: Pick<FaultOptions, 'short' | 'seed'>): string {
  const flags = [...(short ? ['--short'] : []), ...(seed === '1' ? [] : [`--seed ${seed}`])];
  return ['npm run faults --', name, ...flags].join(' ');
}
