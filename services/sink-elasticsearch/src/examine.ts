import { errors, type Client } from '@elastic/elasticsearch';
import { broken, right, risky, type Finding } from '@sluice/service/finding';
import { connect, type ElasticsearchConnection } from './connection.ts';
import { createElasticsearchStore } from './elasticsearch-store.ts';

/** Whether Elasticsearch takes this login and writes, has the stream's templates, and room for documents and indices. */
export async function* examineElasticsearch(connection: ElasticsearchConnection): AsyncGenerator<Finding> {
  const client = connect(connection);
  try {
    const answered = await examineLogin(client);
    yield answered;
    if (answered.severity === 'broken') return;
    yield* examineTemplates(connection);
    yield* examinePrivileges(client, connection.stream);
    yield* examineCluster(client, connection.stream);
    yield* examineBlocks(client, connection.stream);
  } finally {
    await client.close();
  }
}

async function examineLogin(client: Client): Promise<Finding> {
  try {
    const { version } = await client.info();
    const { distribution } = version as { distribution?: string };
    const product = distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch';
    return right('login', `It is ${product} ${version.number}, and takes this login.`);
  } catch (error) {
    const status = error instanceof errors.ResponseError ? error.statusCode : undefined;
    // A user without the privilege `monitor` may not know the version.
    if (status === 403 || status === 405) return right('login', 'It takes this login.');
    const said = error instanceof Error ? error.message : String(error);
    if (said.includes('(401)'))
      return broken('login', said, 'Correct the user and password, or the API key.');
    return broken(
      'answer',
      said,
      'Check that the address is of Elasticsearch, or of a proxy in front of it.',
    );
  }
}

async function* examineTemplates(connection: ElasticsearchConnection): AsyncGenerator<Finding> {
  const store = createElasticsearchStore(connection);
  try {
    const missing = await store.missing();
    if (missing.length === 0) yield right('templates', `It has the templates of ${connection.stream}.`);
    else {
      const more = missing.length > 3 ? ` And ${missing.length - 3} more.` : '';
      yield broken('templates', `${missing.slice(0, 3).join(' ')}${more}`, 'Run "sluice migrate".');
    }
  } finally {
    await store.close();
  }
}

const needed = ['create_index', 'index', 'read', 'delete'] as const;

async function* examinePrivileges(client: Client, stream: string): AsyncGenerator<Finding> {
  const names = [`${stream}-*`, `${stream}_heartbeat-*`];
  // A cluster without security knows no privileges.
  const answer = await client.security
    .hasPrivileges({ index: [{ names, privileges: [...needed] }] })
    .catch(() => null);
  if (answer === null || answer.has_all_requested) return;
  const lacking = names.flatMap((name) => {
    const has = answer.index[name] ?? {};
    const without = needed.filter((privilege) => has[privilege] === false);
    return without.length === 0 ? [] : [`${without.join(', ')} on ${name}`];
  });
  yield broken(
    'privileges',
    `${answer.username} lacks ${lacking.join('; ')}.`,
    'Add these privileges to its role or API key.',
  );
}

/** A month brings one index for each topic, and each has a copy. */
const roomForShards = 50;

async function* examineCluster(client: Client, stream: string): AsyncGenerator<Finding> {
  // A serverless project answers neither.
  const health = await client.cluster
    .health({ index: [`${stream}-*`, `${stream}_heartbeat-*`], timeout: '0s' })
    .catch(() => null);
  if (health === null) return;
  if (health.status === 'red')
    yield broken(
      'health',
      'Its indices are red: some shards have no copy that can be used.',
      'See "GET _cluster/allocation/explain".',
    );
  else if (health.status === 'yellow')
    yield risky(
      'health',
      'Its indices are yellow: some shards have fewer copies than they should.',
      'Add nodes, or run "sluice migrate --elasticsearch-replicas" with fewer.',
    );
  const free = await roomOf(client);
  if (free < roomForShards)
    yield risky(
      'shards',
      `The cluster has room for ${Math.max(0, free)} more shards.`,
      'Delete old indices, or raise cluster.max_shards_per_node.',
    );
}

interface ShardSettings {
  readonly cluster?: { readonly max_shards_per_node?: string };
}

/** How many more shards the cluster takes; infinite where this user may not know. */
async function roomOf(client: Client): Promise<number> {
  try {
    const [health, settings] = await Promise.all([
      client.cluster.health(),
      client.cluster.getSettings({ include_defaults: true, filter_path: ['*.cluster.max_shards_per_node'] }),
    ]);
    const { transient, persistent, defaults } = settings as unknown as Record<
      string,
      ShardSettings | undefined
    >;
    const perNode = [transient, persistent, defaults].flatMap(
      (one) => one?.cluster?.max_shards_per_node ?? [],
    );
    const shards = health.active_shards + health.unassigned_shards + health.initializing_shards;
    return Number(perNode[0] ?? Infinity) * health.number_of_data_nodes - shards;
  } catch {
    return Infinity;
  }
}

async function* examineBlocks(client: Client, stream: string): AsyncGenerator<Finding> {
  const found = await client.indices
    .getSettings({
      index: [`${stream}-*`, `${stream}_heartbeat-*`],
      flat_settings: true,
      ignore_unavailable: true,
    })
    .catch((error: unknown) => {
      if (error instanceof errors.ResponseError) return {};
      throw error;
    });
  const full = Object.entries(found).flatMap(([index, { settings }]) => {
    const flat = (settings ?? {}) as Record<string, unknown>;
    return String(flat['index.blocks.read_only_allow_delete']) === 'true' ? [index] : [];
  });
  if (full.length > 0)
    yield broken(
      'disk',
      `Elasticsearch blocked ${full.length} indices since a disk is full, ${full[0]} among them.`,
      'Free disk space; Elasticsearch lifts the block by itself.',
    );
}
