import { brokerAddressOf } from '@sluice/kafka/broker-address';
import { newerSchemaChoices } from '@sluice/sink/newer-schemas';
import { InvalidArgumentError, Option, type Command } from 'commander';

// Options that several commands have, and readers of their values. Each command gets an object of its own.

const neededOptions = new WeakSet<Option>();

/** Marks an option that a command cannot do without. All that are missing are told at once, see `missingOptions`. */
export function needed(option: Option): Option {
  neededOptions.add(option);
  return option;
}

/** A message about the options that a command needs and was not given; null when it has all. */
export function missingOptions(command: Command): string | null {
  const missing = command.options.filter(
    (option) => neededOptions.has(option) && command.getOptionValue(option.attributeName()) === undefined,
  );
  if (missing.length === 0) return null;
  const names = missing.map(({ flags, envVar }) => (envVar === undefined ? flags : `${flags} or ${envVar}`));
  return `${missing.length === 1 ? 'This option is' : 'These options are'} missing: ${names.join('; ')}. With a running "npm start" you can omit the servers.`;
}

export const json = () =>
  new Option('--json', 'print JSON, one object per line, instead of text').default(false);

export const stream = () =>
  new Option('--stream <name>', 'prefix of topics, tables and indices')
    .default('sluice')
    .env('SLUICE_STREAM');
export const brokers = () =>
  new Option('--brokers <list>', 'Kafka brokers, host:port, separated by commas')
    .env('SLUICE_KAFKA_BROKERS')
    .argParser(brokerList);
export const registry = () =>
  new Option('--schema-registry <url>', 'schema registry').env('SLUICE_REGISTRY_URL').argParser(httpUrl);
/** @param whose how the file must be */
export const sources = (whose: string) =>
  new Option('--sources <file>', `the sources file, ${whose}`).env('SLUICE_SOURCES_FILE');
export const gateway = () =>
  new Option('--url <url>', 'the gateway').env('SLUICE_INGRESS_URL').argParser(httpUrl);
export const ingressOps = () =>
  new Option('--ingress-ops <urls>', 'where pods of ingress answer /metrics, separated by commas')
    .env('SLUICE_INGRESS_OPS_URLS')
    .argParser((text: string) => nameList(text).map(httpUrl));
// Not by the sinks' variable: in a pod whose sink reads them, a rebuild would cut down what is stored whole.
export const newerSchemas = () =>
  new Option('--newer-schemas <what>', 'hold or read events whose schema is newer than this release')
    .default('hold')
    .choices(newerSchemaChoices);
/** As the workers have it; brokers take 6 s at least. */
export const sessionTimeout = () =>
  new Option('--session-timeout <ms>', 'how long a killed rebuild counts as running')
    .default(30_000)
    .env('SLUICE_SESSION_TIMEOUT_MS')
    .argParser(sessionTimeoutMs);
export const since = () =>
  new Option(
    '--since <time>',
    'from this time on: 1h (ago), or 2026-01-31T08:00:00Z; UTC without a zone',
  ).argParser(moment);
export const until = () => new Option('--until <time>', 'before then').argParser(moment);

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above zero.');
  return value;
}

function sessionTimeoutMs(text: string): number {
  const value = positiveInteger(text);
  if (value < 6_000) throw new InvalidArgumentError('It must be 6000 ms or more.');
  return value;
}

export function wholeNumber(text: string): number {
  return text === '0' ? 0 : positiveInteger(text);
}

const durationShape = /^([1-9]\d*)([smhd])$/;
const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `7d` in ms. */
export function duration(text: string): number {
  const [, number, unit] = durationShape.exec(text) ?? [];
  if (number === undefined)
    throw new InvalidArgumentError('It must be a duration such as 7d, 12h, 30m or 45s.');
  return Number(number) * unitsMs[unit as keyof typeof unitsMs];
}

/** `raw=3d`, added to those that were given before. */
export const retention = named('a duration such as raw=3d', duration);

/** `raw=12`, added to those that were given before. */
export const partitionCount = named('a number such as raw=12', positiveInteger);

/** A reader of `name=value`, added to those that were given before. */
function named(what: string, read: (text: string) => number) {
  return (text: string, before: ReadonlyMap<string, number>): Map<string, number> => {
    const [name = '', value = '', ...rest] = text.split('=');
    if (name === '' || rest.length > 0) throw new InvalidArgumentError(`It must be a name and ${what}.`);
    return new Map([...before, [name, read(value)]]);
  };
}

/** 0 to 100. */
export function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('It must be a number from 0 to 100.');
  return value;
}

const momentShape =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,3})?))?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A moment, in epoch ms. A day alone is its beginning. Without a zone it is UTC, wherever the command runs.
 * @throws an error about any other text, and about a day or an hour that there is not
 */
export function epochMs(text: string): number {
  const [, day, time = '00:00', seconds = '00', zone = 'Z'] = momentShape.exec(text) ?? [];
  const asUtc = `${day}T${time}:${seconds}`;
  const [local, moment] = [Date.parse(`${asUtc}Z`), Date.parse(`${asUtc}${zone}`)];
  // JavaScript makes March 2 of February 30.
  if (Number.isNaN(moment) || !new Date(local).toISOString().startsWith(`${day}T${time}`))
    throw new InvalidArgumentError(
      'It must be a time such as 2026-01-31T08:00:00+08:00 or 2026-01-31T00:00:00Z, a day such as 2026-01-31, or an age: 1h, 30m, 7d. Without a time zone it is UTC.',
    );
  return moment;
}

/** As `epochMs`; `1h`, `30m`, `7d` are so long ago. */
export function moment(text: string): number {
  return durationShape.test(text) ? Date.now() - duration(text) : epochMs(text);
}

/**
 * A reader of one of some names, in any case, `-` for `_`.
 * @throws an error with all of them about any other text
 */
export function oneOf<T extends string>(what: string, names: readonly T[]): (text: string) => T {
  return (text) => {
    const wanted = text.toUpperCase().replaceAll('-', '_');
    const found = names.find((name) => name === text || name === wanted);
    if (found === undefined)
      throw new InvalidArgumentError(`There is no ${what} ${text}: it must be one of ${names.join(', ')}.`);
    return found;
  };
}

/** Names separated by commas. */
export function nameList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('It must be a name, several separated by commas.');
  return names;
}

function brokerList(text: string): string[] {
  const brokers = text.split(',').map((broker) => broker.trim());
  if (!brokers.every((broker) => brokerAddressOf(broker) !== null))
    throw new InvalidArgumentError(
      'It must be host:port, or [address]:port for IPv6; several are separated by commas.',
    );
  return brokers;
}

export function httpUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('It must be a URL such as http://localhost:8123.');
  return text;
}
