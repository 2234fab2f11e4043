import { literal } from './scope-sql.ts';

const part = '(?:`[^`]*`|\\w+)';
const name = `${part}(?:\\.${part})?`;
/** Statements that change what a database has, up to the name of what they change. */
const head = new RegExp(
  `^(?:--.*\\n|\\s)*(?:${[
    `CREATE (?:OR REPLACE )?(?:DATABASE|TABLE|VIEW)(?: IF NOT EXISTS)? ${name}`,
    `ALTER TABLE ${name}`,
    `EXCHANGE TABLES ${name} AND ${name}`,
    `DROP (?:DATABASE|TABLE)(?: IF EXISTS)? ${name}`,
  ].join('|')})(?![\\w.\`])`,
);
const changing = /^(?:--.*\n|\s)*(?:CREATE|ALTER|EXCHANGE|DROP|RENAME|TRUNCATE|OPTIMIZE)\b/;

/**
 * A statement for all replicas of a cluster: what changes a database has `ON CLUSTER` behind the name, anything else stays.
 * @throws for a changing statement of a kind that is not listed here
 */
export function onCluster(statement: string, cluster: string): string {
  if (!changing.test(statement)) return statement;
  const [before] = head.exec(statement) ?? [];
  if (before === undefined) throw new Error(`It is not known where ON CLUSTER belongs in: ${statement}`);
  return `${before} ON CLUSTER ${literal(cluster)}${statement.slice(before.length)}`;
}
