import { sampleItem } from '@sluice/sink/testing/sample-items';
import { scratchStream } from '../testing/scratch-stream.ts';
import { countDocumentsByType } from './count-events.ts';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { elasticsearchEraser } from './erase-documents.ts';
import { installTemplates } from './install-templates.ts';

jest.setTimeout(60_000);

test("a person's documents are erased page by page, over all indices of a topic, and no others", async () => {
  const stream = scratchStream();
  const store = createElasticsearchStore(stream);
  const eraser = elasticsearchEraser(stream);
  const source = sampleItem('conversation.v1').event.meta.source_id;
  const of = (visitor_id: string, at: number) => {
    // Two months, and the undated index.
    const occurred_at = [Date.UTC(2024, 2, 5), Date.UTC(2024, 3, 5), null][at % 3] ?? null;
    const receipt = { occurred_at, received_at: Date.UTC(2024, 3, 6) };
    return sampleItem('conversation.v1', receipt, { visitor_id, conversation_id: `c-${at}` });
  };
  const persons = Array.from({ length: 450 }, (_, at) => of('person', at));
  const other = of('somebody else', 1);
  try {
    await installTemplates({ ...stream, replicas: 0 });
    await store.write([...persons, other]);
    expect(await eraser.count('conversation.v1', source, ['person'])).toBe(450);
    expect((await eraser.casesOf(source, ['person'])).filter((id) => id.startsWith('c-'))).toHaveLength(450);
    expect(await eraser.erase('conversation.v1', source, ['person'])).toBe(450);
    expect(await eraser.count('conversation.v1', source, ['person'])).toBe(0);
    expect(await eraser.erase('conversation.v1', source, ['person'])).toBe(0);
    expect(await eraser.count('conversation.v1', source, ['somebody else'])).toBe(1);
    // A resend changes nothing of what was erased.
    expect((await store.write(persons.slice(0, 3))).map(({ outcome }) => outcome)).toEqual(
      Array(3).fill('stale'),
    );
    const byType = await countDocumentsByType(stream, 0);
    expect([...byType.values()].reduce((sum, count) => sum + count, 0)).toBe(451);
  } finally {
    await eraser.close();
    await store.close();
    await stream.remove();
  }
});
