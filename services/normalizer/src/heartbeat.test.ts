import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { normalizeHeartbeat } from './heartbeat.ts';

const position = { topic: 'sluice.raw.heartbeat', partition: 2, offset: '17' };
const headers = { receivedAtMs: 1_700_000_000_000 };
const beatOf = (value: unknown) => normalizeHeartbeat(Buffer.from(JSON.stringify(value)), headers, position);

test('a beat becomes one event, which fits its schema', () => {
  const { events, rejected } = beatOf({ ingress: 'ingress-0', beat: 3 });
  expect(rejected).toEqual([]);
  expect(events).toMatchObject([
    {
      topic: 'heartbeat.v1',
      value: {
        meta: { entity_key: 'ingress-0', received_at: 1_700_000_000_000, raw_partition: 2, raw_offset: 17 },
        ingress: 'ingress-0',
        beat: 3,
      },
    },
  ]);
  const [event] = events;
  expect(createEncoder('heartbeat.v1', 7)(event!.value).length).toBeGreaterThan(50);
});

test('the beats of one ingress have one id, and those of another have another', () => {
  const idOf = (ingress: string, beat: number) => beatOf({ ingress, beat }).events[0]?.value.meta.event_id;
  expect(idOf('ingress-0', 2)).toBe(idOf('ingress-0', 1));
  expect(idOf('ingress-1', 1)).not.toBe(idOf('ingress-0', 1));
});

test.each(['', 'x', '[]', '{"ingress":"","beat":1}', '{"ingress":"a","beat":0}'])(
  'what is no beat is kept: %s',
  (text) => {
    const payload = Buffer.from(text);
    const { events, rejected } = normalizeHeartbeat(payload, headers, position);
    expect(events).toEqual([]);
    expect(rejected).toEqual([{ payload, reason: 'NOT_JSON', detail: 'Not a valid ingress heartbeat.' }]);
  },
);
