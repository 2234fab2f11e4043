import { canonicalTopics } from '@sluice/schemas/topics';
import type { StoreAddress } from '@sluice/sink/sink-descriptor';
import type { StoreTesting } from '@sluice/sink/testing/store-testing';

/** Readers read the views that deduplicate. */
const views = canonicalTopics.map((topic) => `${topic.replace('.v1', '').replaceAll('-', '_')}_latest`);

async function ask({ url }: StoreAddress, query: string): Promise<string[]> {
  const answer = await fetch(url, { method: 'POST', body: query });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse refused "${query}": ${text}`);
  return text.split('\n').filter((line) => line !== '');
}

export const clickhouseTesting: StoreTesting = {
  async remove(at) {
    await ask(at, `DROP DATABASE IF EXISTS \`${at.stream}\``);
  },
  async copies(at) {
    const union = views.map((view) => `SELECT event_id FROM ${at.stream}.${view}`).join(' UNION ALL ');
    const lines = await ask(
      at,
      `SELECT toString(event_id), count() FROM (${union}) GROUP BY event_id FORMAT TSV`,
    );
    return new Map(
      lines.map((line) => {
        const [id = '', copies = ''] = line.split('\t');
        return [id, Number(copies)];
      }),
    );
  },
  async *shown(at) {
    for (const view of views)
      yield* await ask(at, `SELECT * FROM ${at.stream}.${view} ORDER BY event_id FORMAT JSONEachRow`);
  },
};
