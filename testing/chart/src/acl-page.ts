import type { Acl, KafkaUser } from './kafka-acls.ts';

/** The page docs/reference/kafka-acls.md. */
export function aclPage(users: readonly KafkaUser[]): string {
  const tables = users.map(({ name, acls }) => {
    const rows = merged(acls).map(({ resource, operations }) => `| ${resource} | ${operations} |`);
    return `## ${name}\n\n| resource | operations |\n| --- | --- |\n${rows.join('\n')}`;
  });
  return `# Kafka ACLs

The least that each component needs, with \`<stream>\` for the stream's name (\`sluice\` unless you set another).
Generated from testing/chart, as are the KafkaUsers of the chart (\`strimzi.users.enabled\`).
Ingress needs its rows for every stream that its sources name (\`strimzi.users.ingressStreams\` in the chart), the
normalizer Describe on every group of \`SLUICE_SUBSCRIBER_GROUPS\` too. \`release\` is who applies topics; \`operator\`
is a person who lists and redrives dead letters, skips what blocks a partition, replays or rebuilds, and the chart's
toolbox, in which people do that;
\`sluice spool drain\` needs what ingress needs.

${tables.join('\n\n')}
`;
}

/** Resources with the same operations are in one row. */
function merged(acls: readonly Acl[]): { resource: string; operations: string }[] {
  const rows = new Map<string, string[]>();
  for (const acl of acls) {
    const operations = acl.operations.join(', ');
    const name = acl.name === undefined ? '' : ` \`${acl.name}${acl.pattern === 'prefix' ? '*' : ''}\``;
    const key = `${acl.type} ${operations}`;
    rows.set(key, [...(rows.get(key) ?? []), rows.has(key) ? name.trim() : `${acl.type}${name}`]);
  }
  return [...rows].map(([key, names]) => ({
    resource: names.join(', '),
    operations: key.slice(key.indexOf(' ') + 1),
  }));
}
