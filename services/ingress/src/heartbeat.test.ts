import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { createFakePublisher } from '@sluice/kafka/testing/fake-publisher';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { startHeartbeat } from './heartbeat.ts';

test('it beats in every stream, and continues when Kafka does not take a beat', async () => {
  const publisher = createFakePublisher();
  const beats = (topic: string): unknown[] =>
    publisher.records
      .filter((one) => one.topic === topic)
      .map(({ value }): unknown => JSON.parse(String(value)));
  publisher.answerWith(({ value }) => (String(value).includes('"beat":2}') ? 'unavailable' : undefined));
  const taken: string[] = [];
  const heartbeat = startHeartbeat({
    publisher,
    streams: () => ['shop', 'shop', 'bank'],
    everyMs: 5,
    ingress: 'ingress-0',
    nowMs: () => 1_700_000_000_000,
    onTaken: (topic) => void taken.push(topic),
  });
  await waitUntil('it beats on', () => publisher.records.length >= 4);
  await heartbeat.stop();
  const expected = [1, 3].map((beat) => ({ ingress: 'ingress-0', beat }));
  expect(beats('shop.raw.heartbeat').slice(0, 2)).toEqual(expected);
  expect(beats('bank.raw.heartbeat').slice(0, 2)).toEqual(expected);
  expect(taken).toEqual(publisher.records.map(({ topic }) => topic));
  const [first] = publisher.records;
  expect(readRawHeaders(first!.headers)).toMatchObject({ vendor: 'sluice', receivedAtMs: 1_700_000_000_000 });

  const before = publisher.records.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(publisher.records).toHaveLength(before);
});
