import { enumeration, list, text, time, timestamp, type AvroField, type AvroRecord } from './avro.ts';

/** What every event begins with. */
const meta: AvroField = {
  name: 'meta',
  type: {
    type: 'record',
    name: 'Meta',
    fields: [
      {
        name: 'event_id',
        type: { type: 'string', logicalType: 'uuid' },
        doc: 'UUIDv5 of source, data type, vendor message id, content hash and role: the same for a resend, a replay and a redrive.',
      },
      { name: 'event_type', type: 'string', doc: 'What happened, e.g. conversation.started.' },
      {
        name: 'vendor',
        type: enumeration('Vendor', 'ECHAT', 'SOBOT'),
        default: 'UNKNOWN',
        doc: 'What vendor_id was before it: UNKNOWN for a vendor that was added later. Read vendor_id.',
      },
      {
        name: 'vendor_id',
        type: 'string',
        default: '',
        doc: 'The vendor that sent it, by its id in the sources file. Empty in events of older releases, which vendor names.',
      },
      {
        name: 'data_type',
        type: 'string',
        default: '',
        doc: "The vendor's own name of the data type: Echat's dataType, Sobot's type. Where the name that was sent and the content disagree, what the content is.",
      },
      {
        name: 'source_id',
        type: 'string',
        doc: 'The configured source (one vendor account). Immutable.',
      },
      { name: 'tenant', type: 'string', default: '', doc: 'The tenant that the source belongs to.' },
      {
        name: 'entity_key',
        type: 'string',
        default: '',
        doc: 'What the event is about within its source: conversation, visitor, staff, skill or route id as sent. Latest state is per (event type, entity key).',
      },
      {
        name: 'occurred_at',
        type: ['null', timestamp],
        default: null,
        doc: "When it happened by the vendor's clock, UTC. Null when the vendor gives no usable time.",
      },
      { name: 'received_at', type: timestamp, doc: 'When ingress received the push, UTC.' },
      { name: 'raw_topic', type: 'string', default: '', doc: 'Topic of the raw record.' },
      { name: 'raw_partition', type: 'int', default: -1, doc: 'Partition of the raw record.' },
      { name: 'raw_offset', type: 'long', default: -1, doc: 'Offset of the raw record.' },
      {
        name: 'mapping_version',
        type: 'int',
        default: 0,
        doc: 'Version of the mapping. Of two copies of one event the one with the higher (received_at, mapping_version) wins.',
      },
      text('vendor_message_id', "The vendor's own id of the push. Echat msgId."),
      time('vendor_sent_at', 'When the vendor made the push, UTC. Echat tm.'),
      list(
        'repairs',
        'string',
        'Repairs without which the payload could not be read, by name (docs/reference/repairs.md). Empty for a well-formed payload.',
      ),
    ],
  } satisfies AvroRecord,
  doc: 'Where the event comes from and how it is told apart.',
};

const attribute = {
  type: 'record',
  name: 'Attribute',
  fields: [
    {
      name: 'name',
      type: 'string',
      doc: 'Path within the record, e.g. chatData.chatEntrance or result_list[0].value.',
    },
    { name: 'value', type: 'string', doc: 'The value as sent; numbers keep their source text.' },
  ],
} satisfies AvroRecord;

/** What every event ends with. */
const attributes = list(
  'attributes',
  attribute,
  'Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers.',
);

/** The record of a topic: meta, its own fields, attributes. */
export const eventRecord = (name: string, doc: string, fields: readonly AvroField[]): AvroRecord => ({
  type: 'record',
  name,
  namespace: 'sluice',
  doc,
  fields: [meta, ...fields, attributes],
});
