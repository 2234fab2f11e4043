import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEncoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import { encodeNewer, newerSchemaOf } from '@sluice/canonical-event/testing/newer-schema';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { createEventDecoder } from './decode-events.ts';
import type { NewerSchemas } from './newer-schemas.ts';
import { sampleEvent } from '../testing/sample-items.ts';

const [ownId, newerId, lostId, othersId] = [1, 2, 3, 4];

/** A registry that knows two of the schemas, and has another one by a third id. */
let registry: Server;
beforeAll(async () => {
  registry = createServer((request, response) => {
    if (request.url === `/schemas/ids/${lostId}`) {
      response.writeHead(404).end('{"error_code":40403}');
      return;
    }
    const others = new Map<string, object>([
      [`/schemas/ids/${newerId}`, newerSchemaOf('rating.v1')],
      [`/schemas/ids/${othersId}`, { type: 'string' }],
    ]);
    const schema = others.get(request.url ?? '') ?? schemaOf('rating.v1');
    response.end(JSON.stringify({ schema: JSON.stringify(schema) }));
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
});
afterAll(() => void registry.close());

const event = sampleEvent('rating.v1', { event_id: 'a' });
const recordOf = (value: Buffer, headers: Record<string, Buffer> = {}): ConsumedRecord => ({
  ...{ topic: 'sluice.rating.v1', partition: 0, offset: '0', key: null, value, headers, timestampMs: 0 },
});
const own = recordOf(createEncoder('rating.v1', ownId)(event));
const ofNewer = recordOf(encodeNewer('rating.v1', newerId, event));

function decoder(newerSchemas: NewerSchemas) {
  const told: string[] = [];
  const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const decode = createEventDecoder('sluice', { url }, newerSchemas, (problem) => void told.push(problem));
  return { decode, told };
}

test('an event of a newer schema blocks its partition: what is unknown, and what to do, is said within what a blockage shows', async () => {
  const { decode, told } = decoder('hold');
  const error = await decode([ofNewer]).then(String, (reason: unknown) => (reason as Error).message);
  expect(error).toMatch(
    /^Schema 2 of rating\.v1 is newer than this release, which does not know the symbol NEXT .* and \d more\. Its events wait for an upgrade\. SLUICE_NEWER_SCHEMAS=read stores them without the new parts\.$/,
  );
  expect(error.length).toBeLessThanOrEqual(240);
  expect(await decode([own])).toMatchObject([{ ok: true, event: { meta: { event_id: 'a' } } }]);
  expect(told).toEqual([]);
});

test('where it is read nevertheless, that is logged once', async () => {
  const { decode, told } = decoder('read');
  for (let times = 0; times < 3; times += 1)
    expect(await decode([ofNewer])).toMatchObject([{ ok: true, event: { meta: { event_id: 'a' } } }]);
  await decode([own]);
  expect(told).toEqual([
    expect.stringMatching(
      /^Schema 2 of rating\.v1 is newer .* Its events are stored without the new parts: run "sluice rebuild" with the newer release\.$/,
    ),
  ]);
});

describe('when the registry has lost the schema of an event', () => {
  const { decode } = { decode: (record: ConsumedRecord) => decoder('hold').decode([record]) };
  const value = createEncoder('rating.v1', lostId)(event);

  test.each([
    ['does not know it', lostId],
    ['has another one by its id', othersId],
  ])('it is read by a schema of this release, where the registry %s', async (_, id) => {
    const ofId = createEncoder('rating.v1', id)(event);
    expect(await decode(recordOf(ofId, { ce_id: Buffer.from('a') }))).toMatchObject([
      { ok: true, event: { meta: { event_id: 'a' } } },
    ]);
  });

  test.each([
    ['that read it as another event', value, 'b'],
    ['that do not know it', encodeNewer('rating.v1', lostId, event), 'a'],
  ])('it waits with schemas %s', async (_, bytes, id) => {
    await expect(decode(recordOf(bytes, { ce_id: Buffer.from(id) }))).rejects.toThrow(
      'The registry has lost schema 3 of rating.v1, and this release does not know it. Restore it: the partition waits.',
    );
  });

  test('what no normalizer wrote is no event', async () => {
    expect(await decode(recordOf(value))).toEqual([
      { ok: false, reason: 'NOT_AVRO', detail: 'The registry knows no schema 3.' },
    ]);
  });
});
