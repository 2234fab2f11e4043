import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleItem } from '@sluice/sink/sample-items';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { installTemplates } from './install-templates.ts';
import { scratchStream } from './scratch-stream.ts';

jest.setTimeout(30_000);

const page = readFileSync(join(import.meta.dirname, '../../../docs/querying.md'), 'utf8');
const searches = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, json = '']) => JSON.parse(json) as { query: object },
);

test('docs/querying.md: the search for a custom field finds what has both its name and its value', async () => {
  const stream = scratchStream();
  const store = createElasticsearchStore(stream);
  const withFields = (...fields: [name: string, value: string][]) =>
    sampleItem(
      'conversation.v1',
      {},
      { custom_fields: fields.map(([name, value]) => ({ group: null, id: null, name, value })) },
    );
  try {
    await installTemplates({ ...stream, replicas: 0 });
    const wanted = withFields(['shop', '北京'], ['level', '黄金会员']);
    await store.write([wanted, withFields(['level', '白银会员'], ['shop', '黄金大厦'])]);
    expect(searches).toHaveLength(1);
    for (const { query } of searches)
      expect(await stream.search('conversation.v1', query)).toEqual([wanted.event]);
  } finally {
    await store.close();
    await stream.remove();
  }
});
