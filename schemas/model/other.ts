import { eventRecord } from './meta.ts';

export const other = eventRecord(
  'Other',
  'An event of a data type that nobody knows yet: all of its values are attributes.',
  [],
);
