import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { staffActionType } from '@sluice/raw-event/raw-headers';
import type { VendorId } from '@sluice/vendors';
import { goldenCases } from '@sluice/vendors/testing/golden-source';

/** A case of the normalizer's: a payload, and the events that are expected of it. */
export interface CorpusCase {
  readonly vendor: VendorId;
  readonly name: string;
  readonly dataType: string;
  readonly payload: Buffer;
  readonly events: readonly ExpectedEvent[];
  /** Reasons of the dead letters that it becomes. */
  readonly rejected: readonly string[];
}

/** An event as a subscriber reads it; fields that are null or UNKNOWN are left out at its top. */
export interface ExpectedEvent {
  readonly topic: string;
  readonly meta: Readonly<Record<string, unknown>> & { readonly event_id: string };
  readonly [field: string]: unknown;
}

/** Every golden case of a push: the pages' samples as they stand, richer records, and refusals. */
export function corpus(): CorpusCase[] {
  return goldenCases()
    .filter(({ dataType }) => dataType !== staffActionType)
    .map(({ vendor, name, dataType, folder, input }) => {
      const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
        events: ExpectedEvent[];
        rejected: { reason: string }[];
      };
      return {
        ...{ vendor, name, dataType, payload: readFileSync(input), events: expected.events },
        rejected: expected.rejected.map(({ reason }) => reason),
      };
    });
}

/** Decided by the run, and not by the payload. */
const ofTheRun = new Set(['received_at', 'raw_topic', 'raw_partition', 'raw_offset']);

type Flat = Map<string, unknown>;

/**
 * An event laid out flat, `meta.event_id`, `visitor.language`, `staff_shares.staff_id`: every value that is
 * something. What is null, UNKNOWN or an empty list is left out, and what the run decides.
 */
export function flatten(event: Readonly<Record<string, unknown>>): Flat {
  const flat: Flat = new Map();
  const add = (path: string, value: unknown): void => {
    if (value === null || value === undefined || value === 'UNKNOWN') return;
    if (Array.isArray(value)) {
      if (value.length === 0) return;
      if (typeof value[0] !== 'object') flat.set(path, value);
      else
        for (const name of namesIn(value))
          flat.set(
            `${path}.${name}`,
            value.map((item: object) => fieldOf(item, name)),
          );
    } else if (typeof value === 'object') {
      for (const [name, inner] of Object.entries(value)) add(`${path}.${name}`, inner);
    } else {
      flat.set(path, value);
    }
  };
  for (const [name, value] of Object.entries(event)) if (name !== 'topic') add(name, value);
  for (const name of ofTheRun) flat.delete(`meta.${name}`);
  return flat;
}

const fieldOf = (item: object, name: string): unknown => (item as Record<string, unknown>)[name] ?? null;
const namesIn = (items: readonly object[]): string[] =>
  [...new Set(items.flatMap((item) => Object.keys(item)))].filter((name) =>
    items.some((item) => fieldOf(item, name) !== null),
  );

/**
 * What differs between an event and its row in ClickHouse, whose columns are `meta`'s fields, `<record>_<field>`,
 * and `<records>.<field>`; times are texts there.
 */
export function rowDifferences(expected: Flat, row: Readonly<Record<string, unknown>>): string[] {
  const missing = new Map([...expected].map(([path, value]) => [columnOf(path, row), value]));
  const differences: string[] = [];
  for (const [column, found] of Object.entries(row)) {
    if (ofTheRun.has(column) || column === 'version') continue;
    const wanted = missing.get(column);
    missing.delete(column);
    if (!same(wanted, found))
      differences.push(`${column}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
  return [...differences, ...[...missing.keys()].map((column) => `${column} is no column`)];
}

function columnOf(path: string, row: Readonly<Record<string, unknown>>): string {
  const name = path.replace(/^meta\./, '');
  // ClickHouse keeps attributes as one list of pairs.
  if (name in row) return name;
  return name.replaceAll('.', '_');
}

function same(wanted: unknown, found: unknown): boolean {
  if (wanted === undefined || wanted === null)
    return (
      found === null || found === 'UNKNOWN' || (Array.isArray(found) && found.every((item) => item === null))
    );
  if (Array.isArray(wanted))
    return (
      Array.isArray(found) &&
      wanted.length === found.length &&
      wanted.every((item, at) => same(item, found[at]))
    );
  if (typeof wanted === 'number' && typeof found === 'string')
    return Number(found) === wanted || Date.parse(`${found.replace(' ', 'T')}Z`) === wanted;
  return wanted === found;
}
