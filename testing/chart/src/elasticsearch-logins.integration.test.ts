import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVisitor } from '@sluice/agent-panel/read-visitor';
import { sinks } from '@sluice/cli/sinks';
import { createElasticsearchStore } from '@sluice/sink-elasticsearch/elasticsearch-store';
import { elasticsearchLoginOf, elasticsearchShape } from '@sluice/service/elasticsearch-settings';
import { readConfig } from '@sluice/service/read-config';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { root } from './chart-folder.ts';
import { runSluice } from './testing/run-sluice.ts';
import {
  elasticsearchParts,
  startSecuredElasticsearch,
  type SecuredElasticsearch,
} from './testing/secured-elasticsearch.ts';

jest.setTimeout(240_000);

const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
const [, privileges = ''] = /## Users and API keys of Elasticsearch.*?```json\n(.*?)```/s.exec(page) ?? [];
const stream = 'login';
type Role = 'sink' | 'command-line' | 'agent-panel';
const roles = JSON.parse(privileges.replaceAll('"sluice', `"${stream}`)) as Record<Role, object>;

const parts = elasticsearchParts();
const withElasticsearch = parts === null ? describe.skip : describe; // the development servers run in Docker here

withElasticsearch('Elasticsearch with security', () => {
  let elasticsearch = {} as SecuredElasticsearch;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-api-key-'));
  const file = join(folder, 'api-key');
  beforeAll(async () => {
    elasticsearch = await startSecuredElasticsearch(parts!);
    await run('command-line', 'migrate', '--elasticsearch-replicas', '0');
  });
  afterAll(async () => {
    await elasticsearch.close();
    rmSync(folder, { recursive: true });
  });

  interface ApiKey {
    readonly id: string;
    readonly encoded: string;
  }
  const createKey = (role: Role): Promise<ApiKey> =>
    elasticsearch.ask('POST', '/_security/api_key', {
      name: role,
      role_descriptors: { [role]: roles[role] },
    });
  const revoke = ({ id }: ApiKey): Promise<unknown> =>
    elasticsearch.ask('DELETE', '/_security/api_key', { ids: [id] });
  const environment = (login: Record<string, string>): Record<string, string> => {
    const named = Object.entries(login).map(
      ([name, value]) => [`SLUICE_ELASTICSEARCH_${name}`, value] as const,
    );
    return { SLUICE_ELASTICSEARCH_URL: elasticsearch.url, ...Object.fromEntries(named) };
  };
  /** Runs a command with a new key of a role. @throws unless it succeeds */
  async function run(role: Role, ...args: string[]): Promise<string> {
    const env = environment({ API_KEY: (await createKey(role)).encoded });
    const { code, output } = await runSluice([...args, '--stream', stream], env);
    expect([code, output]).toEqual([0, expect.any(String)]);
    return output;
  }
  /** As the sink connects with these settings. */
  function storeWith(login: Record<string, string>) {
    const config = readConfig(elasticsearchShape, environment(login));
    return createElasticsearchStore({
      url: config.elasticsearchUrl,
      stream,
      ...elasticsearchLoginOf(config),
    });
  }

  test('a sink with the privileges of the page starts, writes and creates indices, and may delete none', async () => {
    const { encoded } = await createKey('sink');
    const store = storeWith({ API_KEY: encoded });
    expect(await store.missing()).toEqual([]);
    expect(await store.settled('rating.v1')).toBeNull();
    const items = [sampleItem('rating.v1'), sampleItem('heartbeat.v1'), sampleItem('rating.v1')];
    for (const _round of [1, 2])
      expect(await store.write(items)).toEqual(items.map(({ id }) => ({ id, outcome: 'written' })));
    const headers = { authorization: `ApiKey ${encoded}` };
    const answer = await fetch(`${elasticsearch.url}/${stream}-rating-undated`, {
      method: 'DELETE',
      headers,
    });
    expect(answer.status).toBe(403);
    await store.close();
  });

  test('a replayed event leaves one document; without the privilege to delete it leaves two, and the sink says so', async () => {
    const month = { occurred_at: Date.UTC(2026, 2, 1), received_at: Date.UTC(2026, 2, 2) };
    const documentsAfterReplay = async (apiKey: string, told: string[]): Promise<number> => {
      const at = { url: elasticsearch.url, stream, apiKey: () => apiKey };
      const store = createElasticsearchStore(at, {
        displaced: () => undefined,
        copiesStay: () => told.push('copies stay'),
      });
      const item = sampleItem('visit.v1', month);
      const moved = { ...item.event.meta, occurred_at: month.occurred_at - 1 };
      await store.write([item]);
      await elasticsearch.ask('POST', `/${stream}-*/_refresh`);
      await store.write([{ ...item, event: { ...item.event, meta: moved }, isReplayed: true }]);
      await store.close();
      await elasticsearch.ask('POST', `/${stream}-*/_refresh`);
      const ids = `/${stream}-*/_count?q=_id:${item.id}`;
      return (await elasticsearch.ask<{ count: number }>('GET', ids)).count;
    };
    const told: string[] = [];
    expect(await documentsAfterReplay((await createKey('sink')).encoded, told)).toBe(1);
    expect(told).toEqual([]);
    const { encoded } = await elasticsearch.ask<ApiKey>('POST', '/_security/api_key', {
      name: 'writer',
      role_descriptors: {
        writer: {
          cluster: ['monitor'],
          indices: [{ names: [`${stream}-*`], privileges: ['create_index', 'index'] }],
        },
      },
    });
    expect(await documentsAfterReplay(encoded, told)).toBe(2);
    expect(told).toEqual(['copies stay']);
  });

  test('commands with the privileges of the page do their work', async () => {
    const store = storeWith({ API_KEY: (await createKey('sink')).encoded });
    const item = sampleItem('conversation.v1', {}, { conversation_id: '1_77' });
    const { source_id, received_at } = item.event.meta;
    await store.write([item]);
    await store.close();
    expect(await run('command-line', 'migrate')).toContain('templates installed');

    const { encoded } = await createKey('command-line');
    const at = { url: elasticsearch.url, stream, apiKey: () => encoded };
    const commands = await sinks.find(({ takesApiKeys }) => takesApiKeys)!.commands();
    expect(await commands.find(at, 'conversation.v1', { anyId: '1_77' }, 9)).toHaveLength(1);
    expect(await commands.countByType(at, received_at - 1)).not.toEqual(new Map());
    const eraser = commands.eraser(at);
    expect(await eraser.erase('conversation.v1', source_id, ['1_77'])).toBe(1);
    await eraser.close();
    const target = commands.rebuildTarget(at);
    const rebuild = await target.begin('1', ['rating.v1']);
    await rebuild.store.write([sampleItem('rating.v1')]);
    await rebuild.swap('rating.v1', null);
    await rebuild.end();
    expect(await target.count('rating.v1')).toBe(1);
    expect(await target.orphans()).toEqual([]);
    await target.close();
    expect(await run('command-line', 'expire', 'elasticsearch', '--older-than', '1d')).toMatch(/[1-9]/);
  });

  test('the agent panel with the privileges of the page reads a visitor, and nothing else', async () => {
    const store = storeWith({ API_KEY: (await createKey('sink')).encoded });
    const item = sampleItem('conversation.v1', {}, { conversation_id: '1_88', visitor_id: 'v88' });
    await store.write([item, sampleItem('message.v1')]);
    await store.close();
    await elasticsearch.ask('POST', `/${stream}-*/_refresh`);
    const { encoded } = await createKey('agent-panel');
    const reader = { url: elasticsearch.url, apiKey: () => encoded };
    const visitor = { stream, sourceId: item.event.meta.source_id, visitorId: 'v88' };
    const { conversations } = await readVisitor(reader, visitor);
    expect(conversations.map(({ id }) => id)).toEqual(['1_88']);
    const headers = { authorization: `ApiKey ${encoded}` };
    const answer = await fetch(`${elasticsearch.url}/${stream}-message-2024-05/_search`, { headers });
    expect(answer.status).toBe(403);
  });

  test('a key that is renewed in its file is taken without a restart', async () => {
    const [former, next] = [await createKey('sink'), await createKey('sink')];
    writeFileSync(file, former.encoded);
    const store = storeWith({ API_KEY_FILE: file });
    await store.write([sampleItem('rating.v1')]);
    writeFileSync(file, `${next.encoded}\n`);
    await revoke(former);
    const item = sampleItem('rating.v1');
    expect(await store.write([item])).toEqual([{ id: item.id, outcome: 'written' }]);
    await store.close();
  });

  test('a key that was revoked is the fault of no event: the write fails, and says why', async () => {
    const key = await createKey('sink');
    const store = storeWith({ API_KEY: key.encoded });
    await store.write([sampleItem('rating.v1')]);
    await revoke(key);
    await expect(store.write([sampleItem('rating.v1')])).rejects.toThrow(
      /^Elasticsearch refused the login \(401\): check .* whether the API key was revoked/,
    );
    await store.close();
    const { code, output } = await runSluice(
      ['migrate', '--stream', stream],
      environment({ API_KEY: key.encoded }),
    );
    expect(code).toBe(1);
    expect(output).toMatch(
      /^Elasticsearch at \S+ \(--elasticsearch\) could not complete the request: Elasticsearch refused the login \(401\): check .*\.\n$/,
    );
  });

  test('a user with a password in a file may write', async () => {
    writeFileSync(file, 'secret-of-admin\n');
    const store = storeWith({ USERNAME: 'admin', PASSWORD_FILE: file });
    const item = sampleItem('rating.v1');
    expect(await store.write([item])).toEqual([{ id: item.id, outcome: 'written' }]);
    await store.close();
  });
});
