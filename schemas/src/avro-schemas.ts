import type { ValueOf } from './generated/schemas.ts';
import { readReleased } from './read-released.ts';

/** The schema of a topic's values, as its `.avsc` has it. */
export interface AvroSchema {
  readonly name: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

interface AvroField {
  readonly name: string;
  readonly type: unknown;
  readonly doc?: string;
}

/** Every released version of every topic's schema, oldest first. The files are read when the module is loaded. */
export const avroSchemas = Object.fromEntries(
  [...Map.groupBy(readReleased(), ({ topic }) => topic)].map(([topic, versions]) => [
    topic,
    versions.map(({ schema }) => schema),
  ]),
) as unknown as Readonly<Record<keyof ValueOf, readonly AvroSchema[]>>;
