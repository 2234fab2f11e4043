import { ClickHouseError } from '@clickhouse/client';
import { StrangeAnswer } from './connection.ts';

/**
 * What an error is about.
 * - `row`: what is in one of the rows
 * - `size`: how large the rows are together: fewer of them may be taken, and a large one alone is refused for it
 * - `server`: nothing is known about any row
 */
export type ErrorClass =
  { readonly about: 'row' | 'size'; readonly detail: string } | { readonly about: 'server' };

/** ClickHouse's codes that are about the data sent. Any other code, known or not, is about the server. */
const rowCodes: Readonly<Record<string, string>> = {
  6: 'CANNOT_PARSE_TEXT',
  25: 'CANNOT_PARSE_ESCAPE_SEQUENCE',
  26: 'CANNOT_PARSE_QUOTED_STRING',
  27: 'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
  38: 'CANNOT_PARSE_DATE',
  41: 'CANNOT_PARSE_DATETIME',
  72: 'CANNOT_PARSE_NUMBER',
  117: 'INCORRECT_DATA',
  128: 'TOO_LARGE_ARRAY_SIZE',
  130: 'CANNOT_READ_ARRAY_FROM_TEXT',
  131: 'TOO_LARGE_STRING_SIZE',
  349: 'CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN',
  376: 'CANNOT_PARSE_UUID',
  467: 'CANNOT_PARSE_BOOL',
  469: 'VIOLATED_CONSTRAINT',
};

/**
 * Classifies what an insert threw. The detail names code and column alone: ClickHouse's message quotes the row.
 */
export function classifyError(error: unknown): ErrorClass {
  if (error instanceof StrangeAnswer && error.status === 413)
    return { about: 'size', detail: 'ClickHouse, or a proxy before it, finds it too large (413).' };
  if (!(error instanceof ClickHouseError)) return { about: 'server' };
  // Of the limits of memory this one is of the insert alone, and no other load makes it less.
  if (error.code === '241' && /^(Query memory limit|Memory limit \(for query\)) exceeded/.test(error.message))
    return { about: 'size', detail: 'ClickHouse finds it too large: MEMORY_LIMIT_EXCEEDED (241).' };
  const name = rowCodes[error.code];
  // A materialized view that somebody hung onto the table is not the row's fault. No quote may follow: what
  // ClickHouse quotes is the row's own text.
  if (name === undefined || /while pushing to view [^']*$/.test(error.message)) return { about: 'server' };
  const column = /\(while reading the value of key ([\w.]+)\)/.exec(error.message)?.[1];
  const place = column === undefined ? '' : ` in column ${column}`;
  return { about: 'row', detail: `ClickHouse refused it: ${name} (${error.code})${place}.` };
}
