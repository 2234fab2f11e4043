import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { findSchemaIds } from '@sluice/canonical-event/registry';
import { createPublisher } from '@sluice/kafka/publisher';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { topicOf } from '@sluice/schemas/topics';
import { startHttpServer, type TestServer } from '@sluice/service/testing/http-server';
import { sampleEvent } from '@sluice/sink/testing/sample-items';
import { jsonLines, runSluice } from '../testing/run-sluice.ts';
import { createTestStream, type TestStream } from '../testing/test-stream.ts';

jest.setTimeout(180_000);

let one: TestStream;
/** In front of Elasticsearch, as a login: it passes on what shows the valid key. */
let door: TestServer;
let validKey = 'first';
const folder = mkdtempSync(join(tmpdir(), 'sluice-api-key-'));
const file = join(folder, 'api-key');
beforeAll(async () => {
  writeFileSync(file, validKey);
  one = await createTestStream();
  door = await startHttpServer(async ({ method = '', url = '', headers }, body) => {
    const error = { type: 'security_exception', reason: 'unable to authenticate with provided credentials' };
    if (headers.authorization !== `ApiKey ${validKey}`) return { status: 401, body: { error, status: 401 } };
    const { accept = '*/*', 'content-type': type = 'application/json' } = headers;
    const answer = await fetch(`${one.servers.elasticsearchUrl}${url}`, {
      method,
      headers: { accept, 'content-type': type },
      ...(body === '' ? {} : { body }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text === '' ? {} : (JSON.parse(text) as unknown),
      headers: { 'x-elastic-product': 'Elasticsearch' },
    };
  });
});
afterAll(async () => {
  await door.close();
  await one.remove();
  rmSync(folder, { recursive: true });
});

async function publish(): Promise<void> {
  const topic = topicOf(one.stream, 'rating.v1');
  const publisher = createPublisher(one.kafka.connection, [topic]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  const ids = await findSchemaIds({ url: one.servers.registryUrl }, one.stream, ['rating.v1']);
  const value = createEncoder('rating.v1', ids.get('rating.v1') ?? 0)(sampleEvent('rating.v1'));
  await publisher.publish({ topic, key: Buffer.from('one partition'), value, headers: {} });
  await publisher.close();
}
async function stored(): Promise<number> {
  await one.elasticsearch('POST', `${one.stream}-rating-*/_refresh`);
  return Number((await one.elasticsearch('GET', `${one.stream}-rating-*/_count`)).count);
}
async function blocked(): Promise<string[]> {
  const place = [...one.place.slice(0, 2), '--stream', one.stream];
  const { stdout } = await one.sluice('partitions', 'list', '--json', ...place);
  const states = jsonLines<{ group?: string; blocked: { error: string } | null }>(stdout);
  return states.flatMap(({ group, blocked }) => (group && blocked ? [blocked.error] : []));
}
const deadLetters = async (): Promise<string> =>
  (await one.sluice('dlq', 'list', '--json', ...one.place)).stdout;

test('a sink whose API key is revoked blocks its partition, makes no dead letter, and continues with the next key', async () => {
  const settings = { SLUICE_ELASTICSEARCH_URL: door.url, SLUICE_ELASTICSEARCH_API_KEY_FILE: file };
  await one.startWith(settings, 'sink-elasticsearch');
  await publish();
  await one.settled();
  expect(await stored()).toBe(1);

  validKey = 'second';
  await publish();
  await waitUntil('the record blocks', async () => (await blocked()).length > 0, 60_000);
  expect(await blocked()).toEqual([expect.stringContaining('Elasticsearch refused the login (401): check ')]);
  expect(await stored()).toBe(1);

  writeFileSync(file, 'second\n');
  await one.settled();
  await waitUntil('no partition is blocked', async () => (await blocked()).length === 0, 60_000);
  expect(await stored()).toBe(2);
  expect(await deadLetters()).toContain('"deadLetters":0');
});

test.each([
  [{ SLUICE_ELASTICSEARCH_API_KEY: 'k', SLUICE_ELASTICSEARCH_USERNAME: 'me' }, 'SLUICE_ELASTICSEARCH_API_KEY goes with no user name and no password: keep one login.'],
  [{ SLUICE_ELASTICSEARCH_USERNAME: 'me' }, 'SLUICE_ELASTICSEARCH_USERNAME and SLUICE_ELASTICSEARCH_PASSWORD: set both or none.'],
])('%j is refused by a command and by the sink', async (settings, message) => {
  const { code, stderr } = await runSluice(['migrate', '--elasticsearch', door.url], settings);
  expect([code, stderr.trimEnd()]).toEqual([78, message]);
  await expect(one.startWith(settings, 'sink-elasticsearch')).rejects.toThrow(message);
}); // prettier-ignore

test('a server that does not say what it is is named by a command in one line', async () => {
  const server = await startHttpServer(() => ({ status: 403, body: { message: 'no GET /' } }));
  const { code, stderr } = await runSluice(['migrate', '--elasticsearch', server.url]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Elasticsearch at \S+ \(--elasticsearch\) could not complete the request: \S+ does not say whether it is Elasticsearch or OpenSearch: .*\n$/);
  await server.close();
}); // prettier-ignore
