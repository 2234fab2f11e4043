import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  elasticsearchAuthorization,
  elasticsearchLoginOf,
  elasticsearchShape,
} from './elasticsearch-settings.ts';
import { ConfigError, readConfig } from './read-config.ts';
import { Secret } from './secret.ts';
import { storeLoginOf } from './store-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-login-'));
const file = join(folder, 'secret');
afterAll(() => rmSync(folder, { recursive: true }));

const warnings: string[] = [];
const loginOf = (settings: Record<string, string>) => {
  const named = Object.entries(settings).map(
    ([name, value]) => [`SLUICE_ELASTICSEARCH_${name}`, value] as const,
  );
  const env = { SLUICE_ELASTICSEARCH_URL: 'https://elasticsearch', ...Object.fromEntries(named) };
  return elasticsearchLoginOf(readConfig(elasticsearchShape, env), (_, message) => warnings.push(message));
};
const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

test.each([
  [{}, null],
  [{ USERNAME: 'me', PASSWORD: 'pä:ss' }, basic('me:pä:ss')],
  [{ API_KEY: 'aWQ6a2V5' }, 'ApiKey aWQ6a2V5'],
])('%j', (settings, header) => {
  expect(elasticsearchAuthorization(loginOf(settings))).toBe(header);
});

test.each([
  [{ API_KEY_FILE: file }, (secret: string) => `ApiKey ${secret}`],
  [{ USERNAME: 'me', PASSWORD_FILE: file }, (secret: string) => basic(`me:${secret}`)],
])('%j is read for each request, and a file that is gone leaves the former secret', (settings, header) => {
  writeFileSync(file, 'first\n');
  const login = loginOf(settings);
  expect(elasticsearchAuthorization(login)).toBe(header('first'));
  writeFileSync(file, 'second\n');
  expect(elasticsearchAuthorization(login)).toBe(header('second'));
  rmSync(file);
  expect(elasticsearchAuthorization(login)).toBe(header('second'));
  expect(warnings.at(-1)).toMatch(/^SLUICE_ELASTICSEARCH_\w+_FILE cannot be read again/);
});

test.each([
  [
    { API_KEY: 'k', USERNAME: 'me', PASSWORD: 'p' },
    'SLUICE_ELASTICSEARCH_API_KEY goes with no user name and no password: keep one login.',
  ],
  [
    { API_KEY: 'k', PASSWORD: 'p' },
    'SLUICE_ELASTICSEARCH_API_KEY goes with no user name and no password: keep one login.',
  ],
  [{ USERNAME: 'me' }, 'SLUICE_ELASTICSEARCH_USERNAME and SLUICE_ELASTICSEARCH_PASSWORD: set both or none.'],
  [{ PASSWORD: 'p' }, 'SLUICE_ELASTICSEARCH_USERNAME and SLUICE_ELASTICSEARCH_PASSWORD: set both or none.'],
  [
    { API_KEY: 'k', API_KEY_FILE: 'f' },
    'SLUICE_ELASTICSEARCH_API_KEY and SLUICE_ELASTICSEARCH_API_KEY_FILE are both set: keep one of them.',
  ],
])('%j: says what to do', (settings, message) => {
  expect(() => loginOf(settings as unknown as Record<string, string>)).toThrow(new ConfigError(message));
});

test('the default user of a store may have no password', () => {
  const clickhouse = { id: 'clickhouse', defaultUsername: 'default' };
  expect(storeLoginOf(clickhouse, { username: 'default' })).toEqual({ username: 'default' });
  const { username, password } = storeLoginOf(clickhouse, { username: 'me', password: new Secret('p') });
  expect([username, password?.()]).toEqual(['me', 'p']);
});
