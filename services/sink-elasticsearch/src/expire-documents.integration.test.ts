import { sampleItem } from '@sluice/sink/testing/sample-items';
import type { ElasticsearchConnection } from './connection.ts';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { expireDocuments } from './expire-documents.ts';
import { eventsWithDocuments } from './find-events.ts';
import { installTemplates } from './install-templates.ts';
import { scratchStream } from '../testing/scratch-stream.ts';

jest.setTimeout(60_000);

test('documents go by when they were received, dated and undated alike, and of this stream alone', async () => {
  const [stream, other] = [scratchStream(), scratchStream()];
  const [mine, theirs] = [createElasticsearchStore(stream), createElasticsearchStore(other)];
  try {
    for (const one of [stream, other]) await installTemplates({ ...one, replicas: 0 });
    const received = (received_at: number, occurred_at: number | null = received_at) =>
      sampleItem('rating.v1', { received_at, occurred_at });
    const [old, oldUndated, kept, keptUndated] = [
      received(1_000),
      received(1_000, null),
      received(2_000),
      received(2_000, null),
    ];
    await mine.write([old, oldUndated, kept, keptUndated]);
    await theirs.write([old]);
    for (const { client, stream: name } of [stream, other])
      await client.indices.refresh({ index: `${name}-*` });
    const ids = [old, oldUndated, kept, keptUndated].map(({ id }) => id);
    const present = async (of: ElasticsearchConnection): Promise<string[]> =>
      (await eventsWithDocuments(of, 'rating.v1', { eventIds: ids }, 9)).map(({ eventId }) => eventId);
    expect((await present(stream)).sort()).toEqual([...ids].sort());

    expect(await expireDocuments(stream, 2_000)).toBe(2);
    await stream.client.indices.refresh({ index: `${stream.stream}-*` });
    expect((await present(stream)).sort()).toEqual([kept.id, keptUndated.id].sort());
    expect(await present(other)).toEqual([old.id]);
    expect(await expireDocuments(stream, 2_000)).toBe(0);
  } finally {
    await mine.close();
    await theirs.close();
    await stream.remove();
    await other.remove();
  }
});
