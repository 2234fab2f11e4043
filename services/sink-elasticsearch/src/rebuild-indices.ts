import type { Client, estypes } from '@elastic/elasticsearch';
import { errors } from '@elastic/elasticsearch';
import type { ValueOf } from '@sluice/schemas/schemas';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import { undated } from '@sluice/sink/month';
import type { RebuildScope } from '@sluice/sink/rebuild-scope';
import { rebuildPrefix, type Rebuild, type RebuildTarget, type RunPart } from '@sluice/sink/rebuild-target';
import type { Store } from '@sluice/sink/store';
import type { ElasticsearchConnection } from './connection.ts';
import { connect } from './connection.ts';
import { createUndatedIndex } from './create-undated-index.ts';
import { entityName, undatedIndexOf } from './documents.ts';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { findFromRaw, noteFromRaw, readTemplate } from './from-raw-note.ts';
import { inPortions } from './portions.ts';
import { inScopeQuery } from './scope-query.ts';
import { templateOf } from './templates.ts';

const requestTimeoutMs = 120_000;

/** A pattern that no template matches is answered 404, with an empty list. */
const noneIsFine = { ignore: [404] };

/** Documents that are copied with one request: each may have a megabyte. */
const copiedAtOnce = 100;

/**
 * The stream's indices, rebuilt as those of a stream of the rebuild's own, `<stream>-rebuild-<run>`, which the sink's
 * own store fills. They are hidden: no search by a pattern finds them. A swap deletes the indices that serve and gives
 * their names, as aliases, to the new ones, in one step of the cluster: `sluice-message-2024-05` is then an alias of
 * `sluice-rebuild-<run>-message-2024-05`. Searches and sinks use the name and see no difference.
 */
export function elasticsearchRebuildTarget(connection: ElasticsearchConnection): RebuildTarget {
  const client = connect({ ...connection, requestTimeoutMs });
  const live = createElasticsearchStore(connection);
  const { stream } = connection;
  return {
    live,
    orphans: () => findOrphans(client, stream),
    removeOrphan: (name) => removeRun(client, name),
    async count(topic) {
      return countOf(client, await servingIndices(client, stream, topic), { match_all: {} });
    },
    async filledFromRawAt(topic) {
      return (await findFromRaw(client, stream, topic))?.atMs ?? null;
    },
    async countOutside(topic, scope) {
      return countOf(client, await servingIndices(client, stream, topic), outside(scope));
    },
    async begin(run, topics) {
      const name = `${rebuildPrefix(stream)}${run}`;
      const templates = new Map<CanonicalTopic, string>();
      for (const topic of topics) templates.set(topic, await copyTemplate(client, stream, name, topic));
      return rebuildAs(client, { ...connection, stream: name }, stream, templates);
    },
    async close() {
      await live.close();
      await client.close();
    },
  };
}

/** @param templates what the live templates were, by topic */
function rebuildAs(
  client: Client,
  connection: ElasticsearchConnection,
  liveStream: string,
  templates: ReadonlyMap<CanonicalTopic, string>,
): Rebuild {
  const store = createElasticsearchStore(connection);
  const { stream } = connection;
  return {
    store,
    async copyUnchanged(topic, scope, run) {
      for (const index of await run(() => servingIndices(client, liveStream, topic)))
        await copyDocuments(client, index, topic, scope, { store, run });
    },
    async count(topic) {
      return countOf(client, await indicesOf(client, entityName(stream, topic)), { match_all: {} });
    },
    async changed(topic) {
      const now = contentOf(await readTemplate(client, liveStream, topic));
      return now === templates.get(topic) ? null : 'its index template has other fields or settings';
    },
    swap: (topic, fromRawAtMs) => swap(client, topic, { from: stream, to: liveStream, fromRawAtMs }),
    async noteSettled(topic, before) {
      const fromRaw = await findFromRaw(client, liveStream, topic);
      if (fromRaw) await noteFromRaw(client, liveStream, topic, { ...fromRaw, before });
    },
    async end() {
      await store.close();
      await removeRun(client, stream);
    },
  };
}

const outside = (scope: RebuildScope): estypes.QueryDslQueryContainer => ({
  bool: { must_not: [inScopeQuery(scope)] },
});

/** What an index gets of a template: not when somebody wrote it. */
const contentOf = (present: estypes.IndicesIndexTemplate | undefined): string =>
  JSON.stringify([present?.template, present?.composed_of]);

/**
 * The template that new indices of a topic have by now, for the indices of a rebuild, and hidden.
 * @returns what `contentOf` makes of the present template
 */
async function copyTemplate(
  client: Client,
  stream: string,
  run: string,
  topic: CanonicalTopic,
): Promise<string> {
  const present = await readTemplate(client, stream, topic);
  const { priority, composed_of } = present ?? {};
  // Nobody may read what is filled: aliases come with the swap.
  const { aliases: _aliases, ...template } = present?.template ?? {};
  const { name, index_patterns } = templateOf(topic, { stream: run });
  await client.indices.putIndexTemplate({
    name,
    index_patterns,
    ...(priority === undefined ? {} : { priority }),
    ...(composed_of === undefined ? {} : { composed_of }),
    template: {
      ...template,
      settings: { ...template.settings, 'index.hidden': true },
    },
  });
  return contentOf(present);
}

/** Copies what is outside the scope, each document in its version, and waits until all are kept. */
async function copyDocuments(
  client: Client,
  index: string,
  topic: CanonicalTopic,
  scope: RebuildScope,
  { store, run }: { readonly store: Pick<Store, 'write'>; readonly run: RunPart },
): Promise<void> {
  let pit: string | undefined;
  let after: estypes.SortResults | undefined;
  /** Copies the next documents. @returns whether there may be more, and the id of one that was refused */
  const copyPage = async (): Promise<{ readonly more: boolean; readonly refused: string | undefined }> => {
    if (pit === undefined) {
      await client.indices.refresh({ index });
      pit = (await client.openPointInTime({ index, keep_alive: '10m' })).id;
      after = undefined;
    }
    const { hits } = await searchPage(client, pit, after, scope).catch((error: unknown) => {
      // A server that was started again does not know it: the copy begins again, and changes nothing that is there.
      pit = undefined;
      throw error;
    });
    const items = hits.hits.flatMap(({ _id = '', _version = 0, _source }) =>
      _source ? [{ id: _id, topic, event: _source, version: _version, bytes: 0 }] : [],
    );
    const refused = (await store.write(items)).find(({ outcome }) => outcome === 'rejected');
    after = hits.hits.at(-1)?.sort;
    return { more: after !== undefined, refused: refused?.id };
  };
  try {
    for (;;) {
      const { more, refused } = await run(copyPage);
      // The server's last word: trying again would not change it.
      if (refused !== undefined) throw new Error(`Elasticsearch refused a copy of ${refused} of ${index}.`);
      if (!more) return;
    }
  } finally {
    // Else it ends by itself after ten minutes.
    if (pit !== undefined) await client.closePointInTime({ id: pit }).catch(() => undefined);
  }
}

function searchPage(
  client: Client,
  pit: string,
  after: estypes.SortResults | undefined,
  scope: RebuildScope,
): Promise<estypes.SearchResponse<ValueOf[CanonicalTopic]>> {
  return client.search<ValueOf[CanonicalTopic]>({
    pit: { id: pit, keep_alive: '10m' },
    query: outside(scope),
    size: copiedAtOnce,
    sort: ['_shard_doc'],
    version: true,
    track_total_hits: false,
    // Else a shard that fails is left out, with status 200, and the rebuild would lose what it holds.
    allow_partial_search_results: false,
    ...(after ? { search_after: after } : {}),
  });
}

/** Between the look at the indices and the swap a sink may create one more: then the cluster refuses the whole step. */
const swapAttempts = 5;

async function swap(
  client: Client,
  topic: CanonicalTopic,
  {
    from,
    to,
    fromRawAtMs,
  }: { readonly from: string; readonly to: string; readonly fromRawAtMs: number | null },
): Promise<void> {
  const [entity, rebuilt] = [entityName(to, topic), entityName(from, topic)];
  for (let attempt = 1; ; attempt += 1) {
    // Its indices go after its template: with nothing to put in their place, what serves would be deleted.
    if (!(await client.indices.existsIndexTemplate({ name: rebuilt })))
      throw new Error(`Somebody removed ${from} while it was filled: another rebuild, or by hand.`);
    const old = await servingIndices(client, to, topic);
    const filled = await indicesOf(client, rebuilt);
    for (const index of inPortions(filled)) await client.indices.refresh({ index });
    const kept = await undatedToKeep(client, to, topic, { old, filled });
    const { aliases = {} } = (await readTemplate(client, to, topic))?.template ?? {};
    const actions: estypes.IndicesUpdateAliasesAction[] = [
      ...old.filter((index) => index !== kept).map((index) => ({ remove_index: { index } })),
      ...filled.flatMap((index) => namesOf(index, `${entity}${index.slice(rebuilt.length)}`, aliases)),
    ];
    // Before the step, or a process that dies between the two would leave no note of it.
    const fromRaw = fromRawAtMs === null ? null : { atMs: fromRawAtMs, before: new Map<number, bigint>() };
    await noteFromRaw(client, to, topic, fromRaw);
    try {
      if (actions.length > 0) await client.indices.updateAliases({ actions });
      await createUndatedIndex(client, to, topic);
      return;
    } catch (error) {
      const isRefused = error instanceof errors.ResponseError && error.statusCode === 400;
      if (!isRefused || attempt >= swapAttempts) throw error;
    }
  }
}

/** What gives a filled index the name that it serves under, and the aliases of its template. */
function namesOf(
  index: string,
  name: string,
  aliases: Readonly<Record<string, estypes.IndicesAlias>>,
): estypes.IndicesUpdateAliasesAction[] {
  const others = Object.entries(aliases).map(([alias, options]) => ({ add: { ...options, index, alias } }));
  return [{ add: { index, alias: name } }, ...others];
}

/** The undated index that serves, where it is empty and a rebuild filled none: it stays, as one must be there. */
async function undatedToKeep(
  client: Client,
  stream: string,
  topic: CanonicalTopic,
  { old, filled }: { readonly old: readonly string[]; readonly filled: readonly string[] },
): Promise<string | undefined> {
  const index = undatedIndexOf(stream, topic);
  if (!old.includes(index) || filled.some((one) => one.endsWith(`-${undated}`))) return undefined;
  return (await countOf(client, [index], { match_all: {} })) === 0 ? index : undefined;
}

/** What a topic's indices are called behind its name: the month, or `undated`. */
const suffix = /^-(\d{4}-\d{2}|undated)$/;

/** The indices that serve a topic: those that bear a name which the sink writes, and those that have it as an alias. */
async function servingIndices(client: Client, stream: string, topic: CanonicalTopic): Promise<string[]> {
  const entity = entityName(stream, topic);
  const serves = (name: string): boolean => name.startsWith(entity) && suffix.test(name.slice(entity.length));
  const found = await client.indices.getAlias({
    index: templateOf(topic, { stream }).index_patterns,
    ignore_unavailable: true,
    expand_wildcards: 'all',
  });
  return Object.entries(found).flatMap(([index, { aliases }]) =>
    [index, ...Object.keys(aliases)].some(serves) ? [index] : [],
  );
}

/** The indices of a rebuild whose names begin with an entity's, whether they serve or not. */
async function indicesOf(client: Client, entity: string): Promise<string[]> {
  const found = await client.indices.getAlias({ index: `${entity}-*`, expand_wildcards: 'all' });
  return Object.keys(found).filter(
    (index) => index.startsWith(entity) && suffix.test(index.slice(entity.length)),
  );
}

async function countOf(
  client: Client,
  indices: readonly string[],
  query: estypes.QueryDslQueryContainer,
): Promise<number> {
  let sum = 0;
  for (const index of inPortions(indices)) {
    await client.indices.refresh({ index });
    const { count, _shards: shards } = await client.count({ index, query });
    if (shards.failed > 0)
      throw new Error(`Elasticsearch counted without ${shards.failed} shards of ${index.join(', ')}.`);
    sum += count;
  }
  return sum;
}

/** Runs of which there is an index that nobody reads, or a template. */
async function findOrphans(client: Client, stream: string): Promise<string[]> {
  const prefix = rebuildPrefix(stream);
  const runOf = (name: string): string[] => {
    const [, digits] = /^(\d+)-/.exec(name.slice(prefix.length)) ?? [];
    return name.startsWith(prefix) && digits !== undefined ? [`${prefix}${digits}`] : [];
  };
  const { index_templates } = await client.indices.getIndexTemplate({ name: `${prefix}*` }, noneIsFine);
  const indices = await unreadIndices(client, prefix);
  return [...new Set([...index_templates.map(({ name }) => name), ...indices].flatMap(runOf))].sort();
}

async function unreadIndices(client: Client, prefix: string): Promise<string[]> {
  const found = await client.indices.getAlias({ index: `${prefix}*`, expand_wildcards: 'all' });
  return Object.entries(found).flatMap(([index, { aliases }]) =>
    Object.keys(aliases).length === 0 && index.startsWith(prefix) ? [index] : [],
  );
}

/** Removes a rebuild's templates, and those of its indices that serve under no alias. */
async function removeRun(client: Client, name: string): Promise<void> {
  const { index_templates } = await client.indices.getIndexTemplate({ name: `${name}-*` }, noneIsFine);
  for (const template of index_templates) await client.indices.deleteIndexTemplate({ name: template.name });
  const index = await unreadIndices(client, `${name}-`);
  for (const some of inPortions(index)) await client.indices.delete({ index: some });
}
