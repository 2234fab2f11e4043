import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { createTelemetry } from '@sluice/telemetry/telemetry';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { expireDocuments } from './expire-documents.ts';
import { installTemplates } from './install-templates.ts';
import { scratchStream } from '../testing/scratch-stream.ts';
import { watchOverdue } from './watch-overdue.ts';

const dayMs = 86_400_000;
const retentionMs = 10 * dayMs;

test('a document that was kept too long is overdue until it is deleted', async () => {
  const stream = scratchStream();
  await installTemplates({ ...stream, replicas: 0 });
  const store = createElasticsearchStore(stream);
  const telemetry = createTelemetry('sink-elasticsearch');
  const warned: unknown[] = [];
  const watch = watchOverdue(stream, retentionMs, 10, {
    ...{ telemetry, log: { warn: (about: unknown) => void warned.push(about) } },
  });
  const shown = async (): Promise<number> =>
    Number(/^sluice_store_overdue_seconds\{.*\} (\S+)$/m.exec(await telemetry.text())?.[1]);
  try {
    expect(await shown()).toBe(0);
    const receivedAgo = (days: number) => sampleItem('rating.v1', { received_at: Date.now() - days * dayMs });
    await store.write([receivedAgo(9), receivedAgo(13), receivedAgo(12)]);
    await stream.client.indices.refresh({ index: `${stream.stream}-*` });
    await waitUntil('it is overdue', async () => (await shown()) > 0);
    expect((await shown()) / 86_400).toBeCloseTo(3, 2);
    await expireDocuments(stream, Date.now() - retentionMs);
    await stream.client.indices.refresh({ index: `${stream.stream}-*` });
    await waitUntil('nothing is overdue', async () => (await shown()) === 0);
    expect(warned).toEqual([]);
  } finally {
    await watch.stop();
    await store.close();
    await stream.remove();
  }
}, 60_000);

test('where Elasticsearch cannot be asked the log says so once', async () => {
  const warned: unknown[] = [];
  // Nobody listens there.
  const watch = watchOverdue({ url: 'http://127.0.0.1:9', stream: 's' }, retentionMs, 1, {
    telemetry: createTelemetry('sink-elasticsearch'),
    log: { warn: (about: unknown) => void warned.push(about) },
  });
  await waitUntil('it is told', () => warned.length > 0);
  await watch.stop();
  expect(warned).toHaveLength(1);
});
