import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface FuzzOptions {
  readonly seed: string;
  /** The first body's number. */
  readonly from: number;
  readonly bodies: number;
  /** When the run ends at the latest. */
  readonly seconds: number;
}

export const usage = `npm run fuzz -- [options]

  Changes pushes of both vendors and batches of staff pages, signs them, and sends them through ingress and the
  normalizer. Nothing may throw, end outside of the closed outcomes, lose a byte, or go beyond its budget.

  --seed <text>     decides every body; a new one each time when it is left out, and printed
  --bodies <n>      how many bodies (100000)
  --from <n>        the number of the first one (0): --from 17 --bodies 1 repeats body 17
  --seconds <n>     ends after so long (3600)
`;

/** @throws an error for what is wrong */
export function parseOptions(args: readonly string[]): FuzzOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      from: { type: 'string', default: '0' },
      bodies: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '3600' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    seed: values.seed ?? randomBytes(4).toString('hex'),
    from: wholeNumber('--from', values.from),
    bodies: wholeNumber('--bodies', values.bodies),
    seconds: wholeNumber('--seconds', values.seconds),
  };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new Error(`${name} must be a whole number, not "${text}".`);
}
