import avsc from 'avsc';
import fc from 'fast-check';
import { avroSchemas } from '@sluice/schemas/avro-schemas';
import type { Meta } from '@sluice/schemas/schemas';
import { createDecoder, createEncoder, schemaOf, unknownOf, type AvroTopic } from './avro-codec.ts';
import { encodeNewer, newerSchemaOf } from '../testing/newer-schema.ts';

const meta: Meta = {
  event_id: 'dfb6191c-b59f-5cc6-89cc-4a80f1249a74',
  event_type: 'message.sent',
  vendor: 'UNKNOWN',
  vendor_id: 'omega',
  data_type: 'msg',
  source_id: 'shop-east',
  tenant: 'demo',
  entity_key: 'c1',
  occurred_at: 1_539_153_409_792,
  received_at: 1_539_153_410_000,
  raw_topic: 'sluice.raw.omega',
  raw_partition: 3,
  raw_offset: 42,
  mapping_version: 1,
  vendor_message_id: null,
  vendor_sent_at: null,
  repairs: [],
};
const schemaId = 7;
const decode = createDecoder((id) => Promise.resolve(id === schemaId ? schemaOf('message.v1') : null));
const encode = createEncoder('message.v1', schemaId);

test('what was encoded is decoded, with defaults for what was left out', async () => {
  const bytes = encode({ meta, text: '退款😀𠮷', attributes: [{ name: '__proto__', value: 'x' }] });
  expect(bytes.subarray(0, 5)).toEqual(Buffer.from([0, 0, 0, 0, schemaId]));
  const decoded = await decode('message.v1', bytes);
  expect(decoded).toMatchObject({
    ok: true,
    value: {
      meta,
      text: '退款😀𠮷',
      sender_role: 'UNKNOWN',
      message_id: null,
      attributes: [{ name: '__proto__', value: 'x' }],
    },
  });
});

/** A value in Confluent's wire format, as a release wrote it whose schema was that version. */
function writtenAs(topic: AvroTopic, version: number, value: object): Buffer {
  const type = avsc.Type.forSchema(avroSchemas[topic][version - 1] as object as avsc.Schema);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, version]), type.toBuffer(value)]);
}

const decodeOlder = (topic: AvroTopic) =>
  createDecoder((id) => Promise.resolve((avroSchemas[topic][id - 1] as object | undefined) ?? null));

/** The vendors that the first releases named by an enumeration. */
const enumerated = (
  avroSchemas['ticket.v1'][0] as unknown as {
    fields: [{ type: { fields: { name: string; type: { symbols?: Meta['vendor'][] } }[] } }];
  }
).fields[0].type.fields
  .find(({ name }) => name === 'vendor')!
  .type.symbols!.filter((symbol) => symbol !== 'UNKNOWN');

test.each(enumerated)('an older event of %s tells its vendor by id', async (vendor) => {
  const older = writtenAs('ticket.v1', 1, { meta: { ...meta, vendor } });
  expect(await decodeOlder('ticket.v1')('ticket.v1', older)).toMatchObject({
    ok: true,
    value: { meta: { vendor, vendor_id: vendor.toLowerCase() } },
    lost: undefined,
  });
});

test.each([
  ['KILLS_PROCESSES', 'POISON_PILL'],
  ['FOREIGN_ID', 'UNLISTED_ID'],
])('an older dead letter has its vendor by id, and %s as %s', async (older, reason) => {
  const deadLetter = {
    ...{
      id: 'a',
      stage: 'NORMALIZER',
      reason: older,
      detail: '',
      payload: Buffer.of(1),
      headers: [],
    },
    ...{
      source_id: 'shop',
      vendor: enumerated[0],
      data_type: '',
      topic: '',
      partition: 0,
      offset: 0,
      key: null,
    },
    ...{ first_seen: 1, attempts: 1 },
  };
  expect(
    await decodeOlder('dead-letter')('dead-letter', writtenAs('dead-letter', 3, deadLetter)),
  ).toMatchObject({
    ok: true,
    value: { vendor_id: enumerated[0]!.toLowerCase(), reason },
  });
});

test.each([
  ['nothing', null, 'does not begin with a schema id'],
  ['no wire format', Buffer.from('hello there'), 'does not begin with a schema id'],
  ['an unknown schema', Buffer.from([0, 0, 0, 0, 99, 1]), 'knows no schema 99'],
  ['a cut value', encode({ meta }).subarray(0, 40), 'The bytes end inside'],
])('%s is not decoded, and says why', async (_name, bytes, detail) => {
  expect(await decode('message.v1', bytes)).toMatchObject({
    ok: false,
    detail: expect.stringContaining(detail) as string,
  });
});

test('a few bytes that claim a huge array do not take the process down', async () => {
  const bytes = encode({ meta });
  // The last byte is the empty attributes' end; a count of 2^41 takes its place.
  const bomb = Buffer.concat([
    bytes.subarray(0, -1),
    Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
  ]);
  expect(await decode('message.v1', bomb)).toMatchObject({ ok: false });
});

test('any change to the bytes is decoded or refused, never thrown', async () => {
  const bytes = encode({ meta, text: 'abc', attributes: [{ name: 'a', value: 'b' }] });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 5, max: bytes.length - 1 }),
      fc.integer({ min: 0, max: 255 }),
      async (at, byte) => {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        expect(typeof (await decode('message.v1', changed)).ok).toBe('boolean');
      },
    ),
    { numRuns: 500 },
  );
});

const topics = Object.keys(avroSchemas) as AvroTopic[];

test.each(topics)('%s is read as avsc reads it, also with any byte changed', async (topic) => {
  const newest = schemaOf(topic);
  const type = avsc.Type.forSchema(newest as avsc.Schema);
  const own = createDecoder(() => Promise.resolve(newest));
  // A schema with another text is read by avsc.
  const oracle = createDecoder(() => Promise.resolve({ ...newest, doc: 'another one' }));
  const text = { meta, text: '退款😀𠮷', attributes: [{ name: 'é', value: '\0' }] };
  const values = [
    ...Array.from({ length: 10 }, () => type.random() as object),
    ...(topic === 'message.v1' ? [text] : []),
  ];
  const encoded = values.map((value) =>
    Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), type.toBuffer(type.clone(value))]),
  );
  const changed = encoded.flatMap((bytes) =>
    Array.from({ length: 20 }, () => {
      const at = 5 + Math.floor(Math.random() * (bytes.length - 5));
      const byte = [0, 1, 2, 0x7f, 0x80, 0xff][Math.floor(Math.random() * 6)] ?? 0;
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + 1)]);
    }),
  );
  const longer = encoded.map((bytes) => Buffer.concat([bytes, Buffer.from([0])]));
  const all = [...encoded, ...changed, ...longer];
  const [found, expected] = await Promise.all([own.all(topic, all), oracle.all(topic, all)]);
  const told = (one: (typeof found)[number]) => (one.ok ? one.value : 'refused');
  expect(found.map(told)).toEqual(expected.map(told));
  expect(found.slice(0, encoded.length).every(({ ok }) => ok)).toBe(true);
});

test('an older writer without a field is read with its default', async () => {
  const schema = structuredClone(schemaOf('message.v1')) as { fields: { name: string }[] };
  schema.fields = schema.fields.filter(({ name }) => name !== 'ordinal');
  const readOlder = createDecoder(() => Promise.resolve(schema));
  const body = avsc.Type.forSchema(schema as never).toBuffer({ meta });
  const decoded = await readOlder('message.v1', Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), body]));
  expect(decoded).toMatchObject({ ok: true, value: { ordinal: null } });
});

test('a value of a newer schema says what of it this build does not know, found once for a schema', async () => {
  let asked = 0;
  const newer = newerSchemaOf('message.v1');
  const readNewer = createDecoder(() => {
    asked += 1;
    return Promise.resolve(newer);
  });
  const bytes = encodeNewer('message.v1', 9, { meta });
  const lost = expect.stringMatching(
    /^Schema 9 of message\.v1 is newer than this release, which does not know the symbol NEXT of \S+, the symbol NEXT of \S+ and \d more\.$/,
  ) as string;
  for (let times = 0; times < 2; times += 1)
    expect(await readNewer('message.v1', bytes)).toMatchObject({ ok: true, lost, value: { meta } });
  expect([asked, unknownOf('message.v1', 9, newer)]).toEqual([1, lost]);
  expect(await decode('message.v1', encode({ meta }))).toMatchObject({ ok: true, lost: undefined });
});

test('a chunk of records asks for its schema once, and a look-up that failed is repeated', async () => {
  let [asked, isAway] = [0, true];
  const decodeOnce = createDecoder(async () => {
    asked += 1;
    await Promise.resolve();
    if (isAway) throw new Error('away');
    return schemaOf('message.v1');
  });
  const bytes = encode({ meta });
  const decodeMany = () => decodeOnce.all('message.v1', Array<Buffer>(100).fill(bytes));
  await expect(decodeMany()).rejects.toThrow('away');
  expect(asked).toBe(1);
  isAway = false;
  expect((await decodeMany()).map(({ ok }) => ok)).toEqual(Array.from({ length: 100 }, () => true));
  expect(asked).toBe(2);
});

test('a cold start builds one resolver for a schema, however many records wait for it, and none once it is prepared', async () => {
  let asked = 0;
  const older = avroSchemas['message.v1'][0] as object;
  const created = jest.spyOn(avsc.Type.prototype, 'createResolver');
  const bytes = writtenAs('message.v1', 1, { meta });
  const cold = createDecoder(async () => {
    asked += 1;
    await Promise.resolve();
    return older;
  });
  await cold('message.v1', bytes);
  const ofOne = created.mock.calls.length;
  expect(ofOne).toBeGreaterThan(0);
  const prepared = createDecoder(() => Promise.resolve(older));
  await prepared.prepare('message.v1', 1);
  expect(created).toHaveBeenCalledTimes(2 * ofOne);
  const many = createDecoder(async () => {
    asked += 1;
    await Promise.resolve();
    return older;
  });
  for (const decodeOne of [prepared, many])
    await Promise.all([
      decodeOne.all('message.v1', Array<Buffer>(1_000).fill(bytes)),
      decodeOne('message.v1', bytes),
    ]);
  expect([created.mock.calls.length, asked]).toEqual([3 * ofOne, 2]);
  created.mockRestore();
});

test('values of one topic are decoded in their order, each as it is decoded alone', async () => {
  const [older, newer] = [1, avroSchemas['message.v1'].length];
  const lookup = (id: number) => Promise.resolve(avroSchemas['message.v1'][id - 1] as object);
  const values = [
    writtenAs('message.v1', older, { meta }),
    null,
    writtenAs('message.v1', newer, { meta: { ...meta, event_id: 'b' } }),
    Buffer.from('hello there'),
    writtenAs('message.v1', newer, { meta }).subarray(0, 40),
  ];
  const one = createDecoder(lookup);
  const alone = await Promise.all(values.map((value) => one('message.v1', value)));
  expect(await createDecoder(lookup).all('message.v1', values)).toEqual(alone);
  expect(alone.map(({ ok }) => ok)).toEqual([true, false, true, false, false]);
});

test('an unknown id is asked for once in a chunk', async () => {
  let asked = 0;
  const decodeUnknown = createDecoder(() => {
    asked += 1;
    return Promise.resolve(null);
  });
  const values = Array<Buffer>(100).fill(encode({ meta }));
  expect((await decodeUnknown.all('message.v1', values)).filter(({ ok }) => ok)).toEqual([]);
  expect(asked).toBe(1);
});

test('an id that the registry does not know is asked for again', async () => {
  let known: object | null = null;
  const decodeLater = createDecoder(() => Promise.resolve(known));
  const bytes = encode({ meta });
  expect(await decodeLater('message.v1', bytes)).toMatchObject({ ok: false });
  known = schemaOf('message.v1');
  expect(await decodeLater('message.v1', bytes)).toMatchObject({ ok: true });
});
