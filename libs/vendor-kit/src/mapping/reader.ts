import { checkItems } from './budget.ts';
import { wholeDigits } from './whole-digits.ts';
import { readClockTime, readEpochMs } from './times.ts';
import type { Fields } from './fields.ts';
import type { MapContext } from './map-context.ts';
import { durationUnits, type DurationUnit } from '@sluice/sources/source-vendor';

/** Where a canonical field comes from: what the coverage page is made of. */
export interface Origin {
  /** Path in the vendor's record. */
  readonly path: string;
  /** Field within the reader's record, `status`; absent where the reader reads one value. */
  readonly field?: string;
}

/** How one canonical field is read from a record. Reading takes the values it understood. */
export interface Reader<T> {
  readonly origins: readonly Origin[];
  readonly read: (fields: Fields, context: MapContext) => T;
}

/** The readers of some of a record's fields; the others take their default. */
export type Spec<T> = { readonly [K in keyof T]?: Reader<T[K]> | undefined };

/** A record that is read by a spec: fields without a reader are left out. */
export type Read<T> = { -readonly [K in keyof T]?: T[K] };

/** A spec, made ready to be read often. */
export type ReadFields<T> = (fields: Fields, context: MapContext) => Read<T>;

/**
 * Makes a spec ready to be read often: every field that it knows. A record starts as a copy that has all fields, because an
 * object that is filled by computed names turns into a hash table after a dozen.
 */
export function compileSpec<T extends object>(spec: Spec<T>): ReadFields<T> {
  const readers = Object.entries(spec as Record<string, Reader<unknown> | undefined>).flatMap(
    ([name, reader]) => (reader ? [{ name, read: reader.read }] : []),
  );
  const empty = Object.fromEntries(readers.map(({ name }) => [name, null]));
  return (fields, context) => {
    // Object.assign copies the objects of many specs several times as fast as a spread does.
    const record: Record<string, unknown> = Object.assign({}, empty);
    for (const { name, read } of readers) record[name] = read(fields, context);
    return record as Read<T>;
  };
}

/** Every origin of a spec, with the names of its fields. */
export function originsOf(spec: Spec<object>): Required<Origin>[] {
  return Object.entries(spec as Record<string, Reader<unknown> | undefined>).flatMap(([name, reader]) =>
    (reader?.origins ?? []).map(({ path, field }) => ({
      path,
      field: field === undefined ? name : `${name}.${field}`,
    })),
  );
}

const at = (...paths: string[]): Origin[] => paths.map((path) => ({ path }));

/** The first of the paths that was sent. */
const pick = (fields: Fields, paths: readonly [string, ...string[]]): string =>
  paths.length === 1 ? paths[0] : (paths.find((path) => fields.has(path)) ?? paths[0]);

/** A text as sent. Of several paths the first that was sent is taken. */
export function text(...paths: [string, ...string[]]): Reader<string | null> {
  const [path, ...others] = paths;
  if (others.length === 0) return { origins: at(path), read: (fields) => fields.text(path) };
  return { origins: at(...paths), read: (fields) => fields.text(pick(fields, paths)) };
}

/** A whole number that fits 32 bits: an age, a score. */
export const int = (path: string): Reader<number | null> => ({
  origins: at(path),
  read: (fields) => fields.convert(path, readInt),
});

/** A whole number. */
export const count = (path: string): Reader<number | null> => ({
  origins: at(path),
  read: (fields) => fields.convert(path, readWhole),
});

/** 1 or 0, true or false. */
export const flag = (path: string): Reader<boolean | null> => ({
  origins: at(path),
  read: (fields) => fields.convert(path, readFlag),
});

/** A clock time without a zone, read in the source's. One that is finer than a millisecond is read and not taken. */
export const clockTime = (path: string): Reader<number | null> => ({
  origins: at(path),
  read: (fields, { utcOffsetMinutes }) => readClock(fields, path, utcOffsetMinutes),
});

function readClock(fields: Fields, path: string, utcOffsetMinutes: number): number | null {
  const sent = fields.peek(path);
  if (sent === null) return null;
  const time = readClockTime(sent, utcOffsetMinutes);
  if (time !== null && !isFinerThanMs(sent)) fields.text(path);
  return time;
}

/** The shortest such time is `2019-02-28 00:00:00.0001`. */
const isFinerThanMs = (time: string): boolean => time.length >= 24 && /\.\d{3}\d*[1-9]/.test(time);

/** Epoch milliseconds. */
export const epochTime = (...paths: [string, ...string[]]): Reader<number | null> => ({
  origins: at(...paths),
  read: (fields) => fields.convert(pick(fields, paths), readEpochMs),
});

/** Epoch milliseconds or a clock time: where the vendor documents neither. */
export const anyTime = (path: string): Reader<number | null> => ({
  origins: at(path),
  read: (fields, { utcOffsetMinutes }) =>
    fields.convert(path, readEpochMs) ?? readClock(fields, path, utcOffsetMinutes),
});

/** Vendors join lists with commas, half or full width, or with 、. */
const listSeparator = /[,,、]/;

/** Splits a list in one text and drops empty parts. Does not consume the text: another field may read it. */
export const split = (path: string, separator: string | RegExp = listSeparator): Reader<string[]> => ({
  origins: at(path),
  read: (fields) =>
    checkItems(fields.peek(path)?.split(separator) ?? [])
      .map((item) => item.trim())
      .filter((item) => item !== ''),
});

/** A value that does not depend on the record. */
export const constant = <const T>(value: T): Reader<T> => ({ origins: [], read: () => value });

/** A part of the event that is null when nothing of it was sent. */
export function part<T extends object>(spec: Spec<T>): Reader<T | null> {
  const origins = originsOf(spec);
  const paths = [...new Set(origins.map(({ path }) => path))];
  const read = compileSpec(spec);
  return {
    origins,
    read: (fields, context) => (paths.some((path) => fields.has(path)) ? (read(fields, context) as T) : null),
  };
}

/** One record for each element of a list. */
export function listOf<T extends object>(path: string, spec: Spec<T>): Reader<T[]> {
  const read = compileSpec(spec);
  return {
    origins: originsOf(spec).map((origin) => ({ ...origin, path: `${path}.${origin.path}` })),
    read: (fields, context) => fields.items(path).map((item) => read(item, context) as T),
  };
}

/**
 * Readers of a vendor's durations: `<name>_ms` by the unit that the source says, and the vendor's number next to it,
 * `<name>_sent`.
 * @param documented the unit of each duration: the default of a source's `durationUnits`
 */
export function durationsOf<F extends string>(documented: Readonly<Record<F, DurationUnit>>) {
  return <N extends string>(
    name: N,
    path: string,
    field: F,
  ): Record<`${N}_ms`, Reader<number | null>> & Record<`${N}_sent`, Reader<string | null>> => {
    const ms: Reader<number | null> = {
      origins: at(path),
      read(fields, context) {
        const number = readDecimal(fields.peek(path) ?? '');
        const unit = context.durationUnits[field] ?? documented[field];
        return number === null ? null : Math.round(number * durationUnits[unit]);
      },
    };
    return { [`${name}_ms`]: ms, [`${name}_sent`]: text(path) } as Record<`${N}_ms`, typeof ms> &
      Record<`${N}_sent`, Reader<string | null>>;
  };
}

/** Vendors send numbers as texts, sometimes with spaces around them, and as Gson writes them: `5.0`. */
export function readWhole(value: string): number | null {
  const trimmed = value.trim();
  if (/^-?\d{1,15}$/.test(trimmed)) return Number(trimmed);
  const digits = wholeDigits(trimmed);
  return digits !== null && digits.length <= 15 ? Number(digits) : null;
}

function readInt(value: string): number | null {
  const number = readWhole(value);
  return number !== null && Math.abs(number) < 2 ** 31 ? number : null;
}

function readDecimal(value: string): number | null {
  const trimmed = value.trim();
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(trimmed)) return Number(trimmed);
  const digits = wholeDigits(trimmed);
  return digits !== null && /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}

export function readFlag(value: string): boolean | null {
  const trimmed = value.trim();
  if (trimmed === '1' || trimmed === 'true') return true;
  if (trimmed === '0' || trimmed === 'false') return false;
  const digits = wholeDigits(trimmed);
  return digits === '1' ? true : digits === '0' ? false : null;
}
