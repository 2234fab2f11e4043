import { errors, type Client, type estypes } from '@elastic/elasticsearch';
import { storedTopics } from '@sluice/schemas/topics';
import type { ElasticsearchConnection } from './connection.ts';
import { connect } from './connection.ts';
import { createUndatedIndex } from './create-undated-index.ts';
import type { IndexTemplate, TemplateOptions } from './templates.ts';
import { templateOf } from './templates.ts';
import {
  analyzerSetting,
  choosePairFilter,
  flatSettings,
  withoutAnalyzers,
  type PairFilter,
} from './text-analysis.ts';

export interface InstallOptions
  extends ElasticsearchConnection, Pick<TemplateOptions, 'shards' | 'replicas' | 'settings'> {}

/**
 * Installs or renews the index template of every topic. What an operator set in one stays, unless an option says
 * otherwise: settings (a life cycle, replicas, the refresh interval), aliases, fields, component templates, the
 * priority. Gives indices that exist already the fields that they lack. What an index has stays: its analyzers too, until
 * a rebuild. Creates the undated index of every topic, which takes what no other index has a place for. May run twice and
 * at once.
 * @returns the token filter that makes pairs of Chinese characters
 * @throws when Elasticsearch refuses, or where a serverless project is asked for shards or replicas
 */
export async function installTemplates(options: InstallOptions): Promise<{ analyzer: PairFilter }> {
  const client = connect(options);
  try {
    const serverless = await isServerless(client);
    if (serverless && (options.shards !== undefined || options.replicas !== undefined))
      throw new Error(
        'Elastic Cloud Serverless decides itself about shards and replicas: leave --elasticsearch-shards and --elasticsearch-replicas out.',
      );
    const pairs = await choosePairFilter(client);
    for (const topic of storedTopics) {
      const wanted = templateOf(topic, { ...options, pairs, serverless });
      const { name, ...template } = await keeping(client, wanted, options);
      await client.indices.putIndexTemplate({
        name,
        ...(template as Omit<estypes.IndicesPutIndexTemplateRequest, 'name'>),
      });
      await addAbsentFields(client, { name, ...template });
      await createUndatedIndex(client, options.stream, topic);
    }
    return { analyzer: pairs };
  } finally {
    await client.close();
  }
}

/** A login that may not ask is one of a server: a project's has the privilege `monitor`. */
async function isServerless(client: Client): Promise<boolean> {
  try {
    return (await client.info()).version.build_flavor === 'serverless';
  } catch (error) {
    const { statusCode = 0 } = error instanceof errors.ResponseError ? error : {};
    if (![403, 404, 405].includes(statusCode)) throw error;
    return false;
  }
}

/** Limits that schemas need: an operator may raise them. */
const limits = ['index.mapping.nested_objects.limit', 'index.mapping.total_fields.limit'];

/** A template with what somebody added to the one that is there, or set otherwise. */
async function keeping(
  client: Client,
  wanted: IndexTemplate,
  { shards, replicas, settings }: InstallOptions,
): Promise<KeptTemplate> {
  const { name } = wanted;
  const found = await client.indices.getIndexTemplate({ name }, { ignore: [404] });
  const { index_templates = [] } = found as Partial<typeof found>;
  const present = index_templates.find((one) => one.name === name)?.index_template;
  if (!present) return wanted;
  const { template: there = {}, composed_of, priority = wanted.priority, _meta } = present;
  const set = flatSettings(there.settings ?? {});
  const ours = wanted.template.settings;
  const least = limits
    .filter((key) => key in ours)
    .map((key) => [key, Math.max(Number(ours[key]), Number(set[key] ?? 0))] as const);
  return {
    ...wanted,
    priority,
    composed_of,
    ...(_meta === undefined ? {} : { _meta }),
    template: {
      ...(there.aliases === undefined ? {} : { aliases: there.aliases }),
      settings: {
        ...ours,
        ...set,
        ...Object.fromEntries(least),
        ...(shards === undefined ? {} : { 'index.number_of_shards': shards }),
        ...(replicas === undefined ? {} : { 'index.number_of_replicas': replicas }),
        ...settings,
      },
      mappings: mergedMappings(there.mappings, wanted.template.mappings),
    },
  };
}

type Mappings = IndexTemplate['template']['mappings'];

function mergedMappings(present: estypes.MappingTypeMapping | undefined, wanted: Mappings): Mappings {
  return {
    ...present,
    ...wanted,
    _meta: { ...present?._meta, ...wanted._meta },
    properties: { ...(present?.properties as Mappings['properties'] | undefined), ...wanted.properties },
  };
}

/** A template of ours with what else an operator may have given it. */
type KeptTemplate = IndexTemplate & {
  readonly composed_of?: string[];
  readonly _meta?: estypes.Metadata;
  readonly template: { readonly aliases?: Record<string, estypes.IndicesAlias> };
};

async function addAbsentFields(client: Client, { index_patterns, template }: IndexTemplate): Promise<void> {
  const wanted = template.mappings.properties as Properties;
  const covered = { index: index_patterns, ignore_unavailable: true };
  const found = await client.indices.getMapping(covered);
  const settings = await client.indices.getSettings({ ...covered, flat_settings: true });
  for (const [index, { mappings }] of Object.entries(found)) {
    const hasAnalyzers = analyzerSetting in (settings[index]?.settings ?? {});
    const properties = absentFrom(
      hasAnalyzers ? wanted : withoutAnalyzers(wanted),
      mappings.properties ?? {},
    );
    if (Object.keys(properties).length > 0) await client.indices.putMapping({ index, properties });
  }
}

type Properties = Record<string, estypes.MappingProperty>;

/** What to add so that everything wanted is there: whole fields, and fields within objects and nested ones. */
function absentFrom(wanted: Properties, present: Properties): Properties {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, property]): [string, estypes.MappingProperty][] => {
      const there = present[name];
      if (!there) return [[name, property]];
      const [innerWanted, innerPresent] = [innerOf(property), innerOf(there)];
      if (!innerWanted || !innerPresent) return [];
      const properties = absentFrom(innerWanted, innerPresent);
      if (Object.keys(properties).length === 0) return [];
      // Without its type a nested field would be taken for an object.
      return [[name, there.type === 'nested' ? { type: 'nested', properties } : { properties }]];
    }),
  );
}

function innerOf(property: estypes.MappingProperty): Properties | undefined {
  return 'properties' in property ? property.properties : undefined;
}
