import type { Client, estypes } from '@elastic/elasticsearch';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import { readOffsets, writeOffsets } from '@sluice/sink/settled';
import { entityName } from './documents.ts';

/** What a template says about the rebuild from the raw topics that filled its indices. */
export interface FromRaw {
  /** When that began, epoch ms. */
  readonly atMs: number;
  /** Up to where the canonical topic is settled, by partition; empty until the rebuild has ended. */
  readonly before: ReadonlyMap<number, bigint>;
}

/** In a template's `_meta`. */
const keys = { atMs: 'sluice_filled_from_raw_at', before: 'sluice_settled_before' } as const;

export async function readTemplate(
  client: Client,
  stream: string,
  topic: CanonicalTopic,
): Promise<estypes.IndicesIndexTemplate | undefined> {
  const { index_templates } = await client.indices.getIndexTemplate({ name: entityName(stream, topic) });
  return index_templates[0]?.index_template;
}

export async function findFromRaw(
  client: Client,
  stream: string,
  topic: CanonicalTopic,
): Promise<FromRaw | null> {
  const { _meta = {} } = (await readTemplate(client, stream, topic)) ?? {};
  const { [keys.atMs]: atMs, [keys.before]: before }: Record<string, unknown> = _meta;
  if (typeof atMs !== 'number') return null;
  return { atMs, before: readOffsets(typeof before === 'string' ? before : '') };
}

/** @param fromRaw null takes the note away */
export async function noteFromRaw(
  client: Client,
  stream: string,
  topic: CanonicalTopic,
  fromRaw: FromRaw | null,
): Promise<void> {
  const present = await readTemplate(client, stream, topic);
  if (!present) return;
  const { index_patterns, composed_of, priority, template, _meta = {} } = present;
  const { [keys.atMs]: before, [keys.before]: _, ...others } = _meta;
  if (fromRaw === null && before === undefined) return;
  const upTo = fromRaw && fromRaw.before.size > 0 ? { [keys.before]: writeOffsets(fromRaw.before) } : {};
  await client.indices.putIndexTemplate({
    name: entityName(stream, topic),
    ...{ index_patterns, composed_of, template: template ?? {} },
    ...(priority === undefined ? {} : { priority }),
    _meta: fromRaw === null ? others : { ...others, [keys.atMs]: fromRaw.atMs, ...upTo },
  });
}
