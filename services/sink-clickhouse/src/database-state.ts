import type { ClickHouse } from './connection.ts';

/** What a database has: its tables and views by name, and in each the type of every column. */
export type DatabaseState = ReadonlyMap<string, TableState>;

interface TableState {
  readonly isView: boolean;
  /** What a view selects; empty for a table. */
  readonly select: string;
  /** By the column's name, its type as ClickHouse writes it. */
  readonly columns: ReadonlyMap<string, string>;
}

/** @param client whose default database it is */
export async function readState(client: ClickHouse): Promise<DatabaseState> {
  const [tables, columns] = await Promise.all([
    client.rows<{ name: string; engine: string; select: string }>(
      'SELECT name, engine, as_select AS select FROM system.tables WHERE database = currentDatabase()',
    ),
    client.rows<{ table: string; name: string; type: string }>(
      'SELECT table, name, type FROM system.columns WHERE database = currentDatabase()',
    ),
  ]);
  const byTable = Map.groupBy(columns, ({ table }) => table);
  return new Map(
    tables.map(({ name, engine, select }) => [
      name,
      {
        isView: engine === 'View',
        select,
        columns: new Map(byTable.get(name)?.map((column) => [column.name, column.type])),
      },
    ]),
  );
}

/**
 * What happened to tables and views between two states, a line for each: `created table conversation`.
 * @param names whose lines are wanted, in this order
 */
export function changesBetween(
  before: DatabaseState,
  after: DatabaseState,
  names: readonly string[],
): string[] {
  return names.flatMap((name) => {
    const [then, now] = [before.get(name), after.get(name)];
    if (!now) return [];
    if (!then) return [`created ${now.isView ? 'view' : 'table'} ${name}`];
    if (now.isView) return isSame(then, now) ? [] : [`renewed view ${name}`];
    const added = [...now.columns.keys()].filter((column) => !then.columns.has(column));
    return added.length > 0 ? [`added to table ${name}: ${added.join(', ')}`] : [];
  });
}

function isSame(one: TableState, other: TableState): boolean {
  return one.select === other.select && String([...one.columns]) === String([...other.columns]);
}
