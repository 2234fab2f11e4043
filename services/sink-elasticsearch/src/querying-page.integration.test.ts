import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { installTemplates } from './install-templates.ts';
import { scratchStream } from '../testing/scratch-stream.ts';

jest.setTimeout(60_000);

const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/querying.md'), 'utf8');
const searches = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, json = '']) => JSON.parse(json) as { query: object },
);

test('docs/guides/querying.md: the search for a custom field finds what has both its name and its value', async () => {
  const stream = scratchStream();
  const store = createElasticsearchStore(stream);
  const withFields = (...fields: [name: string, value: string][]) =>
    sampleItem(
      'contact.v1',
      {},
      { custom_fields: fields.map(([name, value]) => ({ group: null, id: null, name, value })) },
    );
  try {
    await installTemplates({ ...stream, replicas: 0 });
    const wanted = withFields(['shop', '北京'], ['会员等级', 'VIP👑']);
    await store.write([wanted, withFields(['会员等级', '普通'], ['shop', 'VIP 大厦'])]);
    const ofFields = searches.filter(({ query }) => 'nested' in query);
    expect(ofFields).toHaveLength(1);
    for (const { query } of ofFields)
      expect(await stream.search('contact.v1', query)).toEqual([wanted.event]);
  } finally {
    await store.close();
    await stream.remove();
  }
});

test('docs/guides/querying.md: each search of texts finds what the page says, and not what shares characters', async () => {
  const stream = scratchStream();
  const store = createElasticsearchStore(stream);
  const texts = [
    ...['为什么不能退款?', '退件不能到付,还款也不能', '我的订单,我想退款', '订单不能改'],
    ...['收货地址写错了', '地址是对的', '收件人是我'],
  ];
  const finds: Readonly<Record<string, readonly string[]>> = {
    不能退款: ['为什么不能退款?'],
    订单: ['我的订单,我想退款'],
    收货地址: ['收货地址写错了', '地址是对的'],
  };
  try {
    await installTemplates({ ...stream, replicas: 0 });
    await store.write(texts.map((text) => sampleItem('message.v1', {}, { text })));
    const ofTexts = searches.filter(({ query }) => !('nested' in query));
    expect(ofTexts).toHaveLength(Object.keys(finds).length);
    for (const { query } of ofTexts) {
      const asked = Object.keys(finds).find((words) => JSON.stringify(query).includes(`"${words}"`)) ?? '';
      const found = await stream.search<{ text: string }>('message.v1', query);
      expect(found.map(({ text }) => text)).toEqual(finds[asked]);
    }
  } finally {
    await store.close();
    await stream.remove();
  }
});
