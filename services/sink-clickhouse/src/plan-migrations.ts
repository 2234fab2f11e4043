import { createHash } from 'node:crypto';

export interface Migration {
  /** Its file name, `0001-create-tables.sql`: they are applied in this order. */
  readonly name: string;
  readonly sql: string;
}

export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

export function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}

/**
 * The migrations still to apply, in order. One that only the database knows is of a newer release and is left.
 * @throws when a file differs from what was applied under its name
 */
export function planMigrations(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  return files
    .filter((file) => {
      const same = applied.filter(({ name }) => name === file.name);
      if (same.some(({ checksum }) => checksum !== checksumOf(file))) {
        throw new Error(
          `Migration ${file.name} was edited after it had been applied: restore it, and put the change into a new file.`,
        );
      }
      return same.length === 0;
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The statements of a file. Each ends with a `;` at the end of a line: HTTP takes them one by one. */
export function statementsOf({ sql }: Migration): string[] {
  return sql
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replaceAll(/^--.*$/gm, '').trim() !== '');
}
