import type { Acl, KafkaUser } from '@sluice/cli/kafka-users';

/** The page docs/reference/kafka-acls.md. */
export function aclPage(users: readonly KafkaUser[]): string {
  const tables = users.map(({ name, acls }) => {
    const rows = merged(acls).map(({ resource, operations }) => `| ${resource} | ${operations} |`);
    return `## ${name}\n\n| resource | operations |\n| --- | --- |\n${rows.join('\n')}`;
  });
  return `# Kafka ACLs

This page lists the minimal rights of each component. Replace \`<stream>\` with the name of your stream. Default:
\`sluice\`. The page and the KafkaUsers of the chart (\`strimzi.users.enabled\`) are generated from testing/chart.

- Ingress needs its rows for every stream of its sources (\`strimzi.users.ingressStreams\` in the chart).
- The normalizer also needs Describe on every group in \`SLUICE_SUBSCRIBER_GROUPS\`.
- \`release\` is the user that applies topics. \`sluice topics apply --partitions\` also needs Alter on the topics,
  \`--dry-run\` only Describe and DescribeConfigs.
- A service that lacks DescribeConfigs starts, and warns that it did not check the topics.
- \`operator\` is the user of the chart's toolbox, and of people who redrive dead letters, skip records that block a
  partition, replay or rebuild.
- \`sluice spool drain\` needs the rights of ingress.

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
