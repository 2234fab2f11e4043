import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.ts';

/** What `npm run alerts` saw on the running system, by way: which alert fired, and how long after the way began. */
export interface Firings {
  /** Of the last run, `2026-01-31`. */
  readonly date: string;
  readonly firings: Readonly<Record<string, Firing>>;
}

interface Firing {
  readonly alert: string;
  readonly seconds: number;
  /** The rule's days stood as minutes there. */
  readonly shortened?: true;
}

const file = join(root, 'dev/monitoring/firings.json');

/** Of the last run of each way. */
export function readFirings(): Firings {
  return JSON.parse(readFileSync(file, 'utf8')) as Firings;
}

/** Writes them, in the order of their names. */
export function writeFirings({ date, firings }: Firings): void {
  const sorted = Object.fromEntries(Object.entries(firings).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify({ date, firings: sorted }, null, 2)}\n`);
}
