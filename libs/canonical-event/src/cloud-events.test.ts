import type { Meta } from '@sluice/schemas/schemas';
import { cloudEventHeaders, sourceOfEvent } from './cloud-events.ts';

const meta: Meta = {
  event_id: 'dfb6191c-b59f-5cc6-89cc-4a80f1249a74',
  event_type: 'conversation.started',
  vendor: 'UNKNOWN',
  vendor_id: 'acme',
  data_type: 'chatStart',
  source_id: 'shop-east',
  tenant: '',
  entity_key: '1_5987809',
  occurred_at: Date.UTC(2016, 0, 9, 9, 54, 32),
  received_at: 0,
  raw_topic: '',
  raw_partition: 0,
  raw_offset: 0,
  mapping_version: 1,
  vendor_message_id: null,
  vendor_sent_at: null,
  repairs: [],
};

test('has the required attributes of CloudEvents 1.0, and the optional ones', () => {
  expect(cloudEventHeaders(meta, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')).toEqual({
    ce_specversion: '1.0',
    ce_id: 'dfb6191c-b59f-5cc6-89cc-4a80f1249a74',
    ce_type: 'sluice.conversation.started.v1',
    ce_source: '/sluice/acme/shop-east',
    ce_subject: '1_5987809',
    ce_time: '2016-01-09T09:54:32.000Z',
    'content-type': 'application/avro',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
});

test('optional attributes that have no value are left out', () => {
  const headers = cloudEventHeaders({ ...meta, entity_key: '', occurred_at: null }, '');
  expect(Object.keys(headers)).toEqual(['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'content-type']);
});

test('the source is read again from ce_source', () => {
  const { ce_source: ceSource = '' } = cloudEventHeaders(meta, '');
  expect(sourceOfEvent(ceSource)).toEqual({ vendor: 'acme', sourceId: 'shop-east' });
});

test.each(['', '/sluice/Acme/a', '/sluice/acme/', '/sluice/acme/%', 'https://somebody/else'])(
  '%s is no source of ours',
  (ceSource) => {
    expect(sourceOfEvent(ceSource)).toBeNull();
  },
);
