import { useNormalize } from '../testing/golden-source.ts';

const normalize = useNormalize();

// Ingress reads the type from the body, so no push has two: a redriven record of an older release may.
test('a record is what its body says, whatever data type was declared', () => {
  const body =
    '{"account_id":1,"detail":{"id":"1"},"id":"x","type":"zen:event-type:ticket.status_changed","time":"2025-01-08T10:12:07Z"}';
  const unknown: string[] = [];
  const { events, rejected } = normalize('zendesk', 'ticket.created', body, {}, (kind) => unknown.push(kind));
  expect([rejected, unknown]).toEqual([[], ['data-type-mismatch']]);
  expect(events).toMatchObject([
    {
      topic: 'ticket.v1',
      value: { meta: { event_type: 'ticket.status-changed', data_type: 'ticket.status_changed' } },
    },
  ]);
});
