import { randomUUID } from 'node:crypto';
import avsc from 'avsc';
import { subjectOf } from '@sluice/schemas/topics';
import { avroSchemas } from '@sluice/schemas/avro-schemas';
import type { Meta } from '@sluice/schemas/schemas';
import { createDecoder, createEncoder, type AvroTopic } from './avro-codec.ts';
import { newerSchemaOf } from '../testing/newer-schema.ts';
import {
  avroTopics,
  findNewerSchemas,
  findSchemaIds,
  registerSchemas,
  schemaLookup,
  subjectIn,
} from './registry.ts';

jest.setTimeout(20_000);

const { registryUrl: url } = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as { registryUrl: string };
const streams: string[] = [];
function scratchStream(): string {
  const stream = `test_${randomUUID().replaceAll('-', '')}`;
  streams.push(stream);
  return stream;
}
const ask = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
const send = (path: string, body: object, method = 'POST') =>
  ask(path, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  });

afterAll(async () => {
  for (const stream of streams) {
    for (const topic of avroTopics) await ask(`/subjects/${subjectOf(stream, topic)}`, { method: 'DELETE' });
  }
});

const meta: Meta = {
  event_id: 'dfb6191c-b59f-5cc6-89cc-4a80f1249a74',
  event_type: 'message.sent',
  vendor: 'UNKNOWN',
  vendor_id: 'omega',
  data_type: 'msg',
  source_id: 'shop-east',
  tenant: '',
  entity_key: 'c1',
  occurred_at: null,
  received_at: 1_539_153_410_000,
  raw_topic: 'sluice.raw.omega',
  raw_partition: 0,
  raw_offset: 0,
  mapping_version: 1,
  vendor_message_id: null,
  vendor_sent_at: null,
  repairs: [],
};

describe('registerSchemas', () => {
  test('sets FULL_TRANSITIVE on every subject, and may run again', async () => {
    const stream = scratchStream();
    const ids = await registerSchemas({ url }, stream);
    expect([...ids.keys()]).toEqual(avroTopics);
    for (const topic of avroTopics) {
      const answer = await ask(`/config/${subjectOf(stream, topic)}`);
      expect(await answer.json()).toMatchObject({ compatibilityLevel: 'FULL_TRANSITIVE' });
    }
    expect(await registerSchemas({ url }, stream)).toEqual(ids);
    expect(await findSchemaIds({ url }, stream, avroTopics)).toEqual(ids);
  });

  test.each<['record' | 'topic-record', (stream: string) => string]>([
    ['record', () => 'sluice.Rating'],
    ['topic-record', (stream) => `${stream}.rating.v1-sluice.Rating`],
  ])('registers and finds subjects named by %s', async (subjects, nameOf) => {
    const [stream, connection] = [scratchStream(), { url, subjects }];
    const ids = await registerSchemas(connection, stream);
    expect(await findSchemaIds(connection, stream, avroTopics)).toEqual(ids);
    const answer = await ask(`/subjects/${nameOf(stream)}/versions/latest`);
    expect(await answer.json()).toMatchObject({ subject: nameOf(stream), id: ids.get('rating.v1') });
    expect((await ask(`/subjects/${subjectOf(stream, 'rating.v1')}/versions`)).status).toBe(404);
    expect(await findNewerSchemas(connection, stream, avroTopics)).toEqual([]);
    for (const topic of avroTopics)
      await ask(`/subjects/${subjectIn(connection, stream, topic)}`, { method: 'DELETE' });
  });

  const versionsOf = async (stream: string, topic: AvroTopic): Promise<string[]> => {
    const path = `/subjects/${subjectOf(stream, topic)}/versions`;
    const numbers = (await (await ask(path)).json()) as number[];
    const schemas = numbers.map(async (number) => (await ask(`${path}/${number}`)).json());
    return ((await Promise.all(schemas)) as { schema: string }[]).map(({ schema }) => plain(schema));
  };
  /** Registries write schemas in their own way. */
  const plain = (schema: string): string => JSON.stringify(avsc.Type.forSchema(JSON.parse(schema) as never));

  test('an empty registry gets every released version of every subject, in order, under the level that is set', async () => {
    const stream = scratchStream();
    await registerSchemas({ url }, stream);
    for (const topic of avroTopics)
      expect([topic, await versionsOf(stream, topic)]).toEqual([
        topic,
        avroSchemas[topic].map((schema) => plain(JSON.stringify(schema))),
      ]);
  });

  test('a subject that has a schema gets the newest one alone', async () => {
    const stream = scratchStream();
    const [, second] = avroSchemas['message.v1'];
    const subject = subjectOf(stream, 'message.v1');
    await send(`/subjects/${subject}/versions`, { schema: JSON.stringify(second) });
    await send(`/config/${subject}`, { compatibility: 'FULL_TRANSITIVE' }, 'PUT');
    await registerSchemas({ url }, stream);
    expect(await versionsOf(stream, 'message.v1')).toEqual(
      [second, avroSchemas['message.v1'].at(-1)].map((schema) => plain(JSON.stringify(schema))),
    );
  });

  test('a schema that does not fit an earlier one is refused, and its subject named', async () => {
    const stream = scratchStream();
    const subject = subjectOf(stream, 'message.v1');
    const foreign = {
      type: 'record',
      name: 'Message',
      namespace: 'foreign',
      fields: [{ name: 'meta', type: 'int' }],
    };
    await send(`/subjects/${subject}/versions`, { schema: JSON.stringify(foreign) });
    await send(`/config/${subject}`, { compatibility: 'FULL_TRANSITIVE' }, 'PUT');
    await expect(registerSchemas({ url }, stream)).rejects.toThrow(
      `The registry did not take the schema of ${subject}: `,
    );
  });

  test.each(avroTopics)(
    'every version of %s fits every other, in whichever order they come',
    async (topic) => {
      const versions: readonly object[] = avroSchemas[topic];
      for (const ordered of [versions, versions.toReversed()]) {
        const subject = subjectOf(scratchStream(), topic);
        for (const schema of ordered) {
          const answer = await send(`/subjects/${subject}/versions`, { schema: JSON.stringify(schema) });
          expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
          await send(`/config/${subject}`, { compatibility: 'FULL_TRANSITIVE' }, 'PUT');
        }
      }
    },
  );

  test('a subject that somebody made laxer is not registered into', async () => {
    const stream = scratchStream();
    await registerSchemas({ url }, stream);
    await send(`/config/${subjectOf(stream, 'rating.v1')}`, { compatibility: 'NONE' }, 'PUT');
    await expect(registerSchemas({ url }, stream)).rejects.toThrow(/rating\.v1-value: .*NONE/);
  });

  test('a registry that is unavailable is told, with the subject', async () => {
    await expect(registerSchemas({ url: 'http://127.0.0.1:2' }, scratchStream())).rejects.toThrow(
      /did not take the schema of .*conversation\.v1-value: /,
    );
  });
});

describe('findSchemaIds', () => {
  test('a schema that is not registered is named, with the command that registers it', async () => {
    const stream = scratchStream();
    await expect(findSchemaIds({ url }, stream, ['rating.v1'])).rejects.toThrow(
      new RegExp(
        `The schema of ${stream}.rating.v1-value is not registered: run "sluice schemas register --stream ${stream}" first.`,
      ),
    );
  });

  test('a subject that holds another schema is not ours', async () => {
    const stream = scratchStream();
    const foreign = { type: 'record', name: 'Other', fields: [] };
    await send(`/subjects/${subjectOf(stream, 'rating.v1')}/versions`, { schema: JSON.stringify(foreign) });
    await expect(findSchemaIds({ url }, stream, ['rating.v1'])).rejects.toThrow('is not registered');
  });
});

describe('findNewerSchemas', () => {
  test('a schema that was registered by a newer release is told, and nothing else', async () => {
    const stream = scratchStream();
    expect(await findNewerSchemas({ url }, stream, avroTopics)).toEqual([]);
    await registerSchemas({ url }, stream);
    expect(await findNewerSchemas({ url }, stream, avroTopics)).toEqual([]);
    const schema = JSON.stringify(newerSchemaOf('call.v1'));
    const answer = await send(`/subjects/${subjectOf(stream, 'call.v1')}/versions`, { schema });
    const { id } = (await answer.json()) as { id: number };
    // The older release is installed again: what it registers is there already.
    await registerSchemas({ url }, stream);
    expect(await findNewerSchemas({ url }, stream, avroTopics)).toEqual([
      expect.stringMatching(new RegExp(`^Schema ${id} of call\\.v1 is newer than this release, `)),
    ]);
  });

  test('a registry that is unavailable is told', async () => {
    await expect(findNewerSchemas({ url: 'http://127.0.0.1:2' }, 's', ['call.v1'])).rejects.toThrow(
      'cannot be reached',
    );
  });
});

describe('schemaLookup', () => {
  test('what was encoded under a registered id is decoded by looking it up', async () => {
    const ids = await registerSchemas({ url }, scratchStream());
    const decode = createDecoder(schemaLookup({ url }));
    const encode = createEncoder('message.v1', ids.get('message.v1')!);
    expect(await decode('message.v1', encode({ meta, text: '退款😀' }))).toMatchObject({
      ok: true,
      value: { meta, text: '退款😀', sender_role: 'UNKNOWN' },
    });
    const deadLetter = createEncoder(
      'dead-letter',
      ids.get('dead-letter')!,
    )({
      id: 'x',
      stage: 'INGRESS',
      reason: 'EMPTY',
      payload: Buffer.from([0xff, 0]),
      first_seen: 1,
    });
    expect(await decode('dead-letter', deadLetter)).toMatchObject({
      ok: true,
      value: { payload: Buffer.from([0xff, 0]), first_seen: 1 },
    });
  });

  test('an id that the registry does not know is an answer', async () => {
    const lookup = schemaLookup({ url });
    expect(await lookup(2_000_000_000)).toBeNull();
    const decode = createDecoder(lookup);
    expect(await decode('message.v1', createEncoder('message.v1', 2_000_000_000)({ meta }))).toEqual({
      ok: false,
      detail: 'The registry knows no schema 2000000000.',
      isSchemaWrong: true,
    });
  });

  test('a registry that is unavailable rejects: the record is not judged', async () => {
    const decode = createDecoder(schemaLookup({ url: 'http://127.0.0.1:2' }));
    await expect(decode('message.v1', createEncoder('message.v1', 1)({ meta }))).rejects.toThrow();
  });
});
