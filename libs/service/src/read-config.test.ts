import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { z } from 'zod';
import { ConfigError, flag, list, readConfig, secret } from './read-config.ts';

const shape = {
  brokers: list,
  deadlineMs: z.coerce.number().int().positive().default(5_000),
  strict: flag.default(true),
  password: secret.optional(),
};

test('reads, converts and fills in', () => {
  const config = readConfig(shape, {
    SLUICE_BROKERS: 'a:1, b:2',
    SLUICE_DEADLINE_MS: '250',
    SLUICE_STRICT: 'false',
    HOME: '/',
  });
  expect(config).toEqual({ brokers: ['a:1', 'b:2'], deadlineMs: 250, strict: false });
  expect(Object.isFrozen(config)).toBe(true);
});

test('every error is reported at once', () => {
  const read = () =>
    readConfig(shape, { SLUICE_DEADLINE_MS: '-1', SLUICE_STRICT: 'no', SLUICE_BROKER: 'a:1' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/SLUICE_BROKER is not a setting of this service/);
  expect(read).toThrow(/SLUICE_BROKERS is missing/);
  expect(read).toThrow(/SLUICE_DEADLINE_MS: /);
  expect(read).toThrow(/SLUICE_STRICT: /);
});

test.each(['', '_FILE'])('a renamed setting is refused with its new name, once (%s)', (suffix) => {
  const read = (of: z.ZodRawShape) => () =>
    readConfig(of, { SLUICE_BROKERS: 'a:1', [`SLUICE_REJECTS_IN_A_ROW${suffix}`]: '9' });
  const renamed = `SLUICE_REJECTS_IN_A_ROW${suffix} is now called SLUICE_MAX_CONSECUTIVE_REJECTS${suffix}: rename it.`;
  expect(read({ ...shape, maxConsecutiveRejects: z.coerce.number().default(5) })).toThrow(
    new ConfigError(renamed),
  );
  expect(read(shape)).toThrow(/is not a setting of this service/);
});

test('a secret comes from a file and shows nowhere', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-')), 'password');
  writeFileSync(file, 'hunter2\n');
  const config = readConfig(shape, { SLUICE_BROKERS: 'a:1', SLUICE_PASSWORD_FILE: file });
  expect(config.password?.reveal()).toBe('hunter2');
  for (const shown of [String(config.password), JSON.stringify(config), inspect(config, { depth: 5 })]) {
    expect(shown).toContain('[secret]');
    expect(shown).not.toContain('hunter2');
  }
});

test('a file that cannot be read is named', () => {
  expect(() => readConfig(shape, { SLUICE_BROKERS: 'a:1', SLUICE_PASSWORD_FILE: '/nowhere/at/all' })).toThrow(
    /SLUICE_PASSWORD_FILE names a file that cannot be read/,
  );
});

test('settings of the development tools are not ours', () => {
  expect(() => readConfig(shape, { SLUICE_BROKERS: 'a:1', SLUICE_DEV_KAFKA_PORT: '1' })).not.toThrow();
});
