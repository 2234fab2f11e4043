/**
 * What becomes of events whose schema is newer than this build's.
 * - `hold`: they are not read, until a build comes that knows their schema
 * - `read`: they are stored without what this build does not know; only a rebuild with a newer build brings it back
 */
export const newerSchemaChoices = ['hold', 'read'] as const;
export type NewerSchemas = (typeof newerSchemaChoices)[number];
