import { ConfigError, readConfig } from './read-config.ts';
import { registryConnectionOf, registryShape } from './registry-settings.ts';

const connect = (settings: Record<string, string>) => {
  const named = Object.entries(settings).map(([name, value]) => [`SLUICE_REGISTRY_${name}`, value] as const);
  const env = { SLUICE_REGISTRY_URL: 'https://registry/v7', ...Object.fromEntries(named) };
  return registryConnectionOf(readConfig(registryShape, env));
};

test('without a login nothing is said of it', () => {
  expect(connect({})).toEqual({ url: 'https://registry/v7', subjects: 'topic' });
});

test.each([
  [{ USERNAME: 'me', PASSWORD: 'pä:ss' }, `Basic ${Buffer.from('me:pä:ss').toString('base64')}`],
  [{ TOKEN: 'abc' }, 'Bearer abc'],
])('%j', (settings, header) => {
  expect(connect(settings).authorization?.()).toBe(header);
});

test.each([
  [
    { TOKEN: 'abc', USERNAME: 'me', PASSWORD: 'p' },
    'SLUICE_REGISTRY_TOKEN goes with no user name and no password: keep one login.',
  ],
  [{ USERNAME: 'me' }, 'SLUICE_REGISTRY_USERNAME and SLUICE_REGISTRY_PASSWORD: set both or none.'],
  [{ PASSWORD: 'p' }, 'SLUICE_REGISTRY_USERNAME and SLUICE_REGISTRY_PASSWORD: set both or none.'],
  [
    { TOKEN: 'abc', TOKEN_FILE: 'f' },
    'SLUICE_REGISTRY_TOKEN and SLUICE_REGISTRY_TOKEN_FILE are both set: keep one of them.',
  ],
])('%j: says what to do', (settings, message) => {
  expect(() => connect(settings as unknown as Record<string, string>)).toThrow(new ConfigError(message));
});
