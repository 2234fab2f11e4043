import type { Client, estypes } from '@elastic/elasticsearch';
import { storedTopics } from '@sluice/schemas/topics';
import { chooseAnalyzer } from './choose-analyzer.ts';
import type { ElasticsearchConnection } from './connection.ts';
import { connect } from './connection.ts';
import { createUndatedIndex } from './create-undated-index.ts';
import type { IndexTemplate, TemplateOptions } from './templates.ts';
import { templateOf } from './templates.ts';

export interface InstallOptions
  extends ElasticsearchConnection, Pick<TemplateOptions, 'shards' | 'replicas' | 'settings'> {}

/**
 * Installs or renews the index template of every topic, and gives indices that exist already the
 * fields that they lack. What an index has stays: its analyzer too. Creates the undated index of every topic, which
 * takes what no other index has a place for. May run twice and at once.
 * @returns the analyzer that searched texts have from now on
 */
export async function installTemplates(options: InstallOptions): Promise<{ analyzer: string }> {
  const client = connect(options);
  try {
    const analyzer = await chooseAnalyzer(client);
    for (const topic of storedTopics) {
      const { name, ...template } = templateOf(topic, { ...options, analyzer });
      await client.indices.putIndexTemplate({
        name,
        ...(template as Omit<estypes.IndicesPutIndexTemplateRequest, 'name'>),
      });
      await addAbsentFields(client, { name, ...template });
      await createUndatedIndex(client, options.stream, topic);
    }
    return { analyzer };
  } finally {
    await client.close();
  }
}

async function addAbsentFields(client: Client, { index_patterns, template }: IndexTemplate): Promise<void> {
  const wanted = template.mappings.properties as Record<string, estypes.MappingProperty>;
  const found = await client.indices.getMapping({ index: index_patterns, ignore_unavailable: true });
  for (const [index, { mappings }] of Object.entries(found)) {
    const properties = absentFrom(wanted, mappings.properties ?? {});
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
