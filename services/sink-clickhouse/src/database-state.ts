import type { ClickHouse } from './connection.ts';

/** What a database has: its tables and views by name, and in each every column. */
export type DatabaseState = ReadonlyMap<string, TableState>;

export interface TableState {
  readonly engine: string;
  readonly isView: boolean;
  /** What a view selects; empty for a table. */
  readonly select: string;
  readonly comment: string;
  readonly columns: ReadonlyMap<string, ColumnState>;
}

interface ColumnState {
  /** As ClickHouse writes it. */
  readonly type: string;
  readonly comment: string;
}

/** @param client whose default database it is */
export async function readState(client: ClickHouse): Promise<DatabaseState> {
  const [tables, columns] = await Promise.all([
    client.rows<{ name: string; engine: string; select: string; comment: string }>(
      'SELECT name, engine, as_select AS select, comment FROM system.tables WHERE database = currentDatabase()',
    ),
    client.rows<{ table: string; name: string } & ColumnState>(
      'SELECT table, name, type, comment FROM system.columns WHERE database = currentDatabase()',
    ),
  ]);
  const byTable = Map.groupBy(columns, ({ table }) => table);
  return new Map(
    tables.map(({ name, engine, select, comment }) => [
      name,
      {
        engine,
        isView: engine === 'View',
        select,
        comment,
        columns: new Map(
          byTable.get(name)?.map((column) => [column.name, { type: column.type, comment: column.comment }]),
        ),
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
    const kept = new Map([...now.columns].filter(([column]) => then.columns.has(column)));
    return [
      ...(added.length > 0 ? [`added to table ${name}: ${added.join(', ')}`] : []),
      ...(isSame({ ...now, columns: kept }, then) ? [] : [`renewed comments of table ${name}`]),
    ];
  });
}

function isSame(one: TableState, other: TableState): boolean {
  const columnsOf = ({ columns }: TableState): string =>
    JSON.stringify([...columns].map(([name, { type, comment }]) => [name, type, comment]));
  return one.select === other.select && one.comment === other.comment && columnsOf(one) === columnsOf(other);
}
