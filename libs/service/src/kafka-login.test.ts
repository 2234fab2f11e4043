import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaLoginOf, loginShape } from './kafka-login.ts';
import { ConfigError, readConfig } from './read-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-login-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const warnings: string[] = [];
const login = (settings: Record<string, string>) =>
  kafkaLoginOf(
    readConfig(
      loginShape,
      Object.fromEntries(Object.entries(settings).map(([name, value]) => [`SLUICE_KAFKA_${name}`, value])),
    ),
    (_level, message) => warnings.push(message),
  );

test('no setting is no login', () => {
  expect(login({})).toBeNull();
});

test('a password that its file has is read for each login, and a file that cannot be read changes nothing', () => {
  const file = join(folder, 'password');
  writeFileSync(file, 'first\n');
  const found = login({ SASL_MECHANISM: 'scram-sha-512', USERNAME: 'me', PASSWORD_FILE: file });
  expect(found).toMatchObject({ mechanism: 'scram-sha-512', username: 'me', password: 'first' });
  writeFileSync(file, 'second');
  expect(found).toHaveProperty('password', 'second');
  writeFileSync(file, '');
  expect(found).toHaveProperty('password', 'second');
  expect(warnings).toEqual([
    `SLUICE_KAFKA_PASSWORD_FILE cannot be read again, and the former secret stays: ${file} is empty`,
  ]);
});

test('without a provider the password is the token, and extensions are told', async () => {
  const file = join(folder, 'token');
  writeFileSync(file, 'a.b.c\n');
  const found = login({
    SASL_MECHANISM: 'oauthbearer',
    PASSWORD_FILE: file,
    OAUTH_EXTENSIONS: 'logicalCluster=lkc-1, identityPoolId=pool=2',
  });
  if (found?.mechanism !== 'oauthbearer') throw new Error('It is another login.');
  expect(found.extensions).toEqual({ logicalCluster: 'lkc-1', identityPoolId: 'pool=2' });
  expect(await found.token()).toBe('a.b.c');
  writeFileSync(file, 'd.e.f\n');
  expect(await found.token()).toBe('d.e.f');
});

const oauth = { SASL_MECHANISM: 'oauthbearer', PASSWORD: 'p' };
test.each<[Record<string, string>, string]>([
  [{ USERNAME: 'me' }, 'SLUICE_KAFKA_USERNAME has no effect: set SLUICE_KAFKA_SASL_MECHANISM, or remove it.'],
  [{ SASL_MECHANISM: 'plain', PASSWORD: 'p' }, 'SLUICE_KAFKA_USERNAME is missing: plain needs it.'],
  [
    { SASL_MECHANISM: 'plain', USERNAME: 'me' },
    'SLUICE_KAFKA_PASSWORD or SLUICE_KAFKA_PASSWORD_FILE is missing: plain needs one.',
  ],
  [
    { SASL_MECHANISM: 'plain', USERNAME: 'me', PASSWORD: 'p', PASSWORD_FILE: 'f' },
    'SLUICE_KAFKA_PASSWORD and SLUICE_KAFKA_PASSWORD_FILE are both set: keep one of them.',
  ],
  [
    { SASL_MECHANISM: 'plain', USERNAME: 'me', PASSWORD_FILE: '/nowhere' },
    "SLUICE_KAFKA_PASSWORD_FILE cannot be used: ENOENT: no such file or directory, open '/nowhere'.",
  ],
  [
    { SASL_MECHANISM: 'plain', USERNAME: 'me', PASSWORD: 'p', OAUTH_SCOPE: 'kafka' },
    'SLUICE_KAFKA_OAUTH_SCOPE has no effect: set SLUICE_KAFKA_SASL_MECHANISM to oauthbearer.',
  ],
  [
    { ...oauth, USERNAME: 'me' },
    'SLUICE_KAFKA_USERNAME has no effect: set SLUICE_KAFKA_OAUTH_TOKEN_URL, or remove it.',
  ],
  [
    { ...oauth, OAUTH_TOKEN_URL: 'https://id.example.com/token' },
    'SLUICE_KAFKA_USERNAME is missing: it is the id by which the client asks for tokens.',
  ],
  [{ ...oauth, OAUTH_EXTENSIONS: 'auth=x' }, 'SLUICE_KAFKA_OAUTH_EXTENSIONS: "auth=x" must be name=value.'],
  [{ ...oauth, OAUTH_EXTENSIONS: 'cluster' }, 'SLUICE_KAFKA_OAUTH_EXTENSIONS: "cluster" must be name=value.'],
])('%j: says what to do', (settings, message) => {
  expect(() => login(settings)).toThrow(new ConfigError(message));
});
