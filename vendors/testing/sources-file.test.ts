import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readSources, SourcesError } from '@sluice/sources/read-sources';
import { vendors } from '../index.ts';

const development = join(import.meta.dirname, '../../config/sources.yaml');

function reading(yaml: string, env: NodeJS.ProcessEnv = {}): () => unknown {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-sources-')), 'sources.yaml');
  writeFileSync(file, yaml);
  return () => readSources(file, env, vendors);
}

test('the development file is read, and its secrets show nowhere', () => {
  const sources = readSources(development, {}, vendors);
  expect(sources.map(({ id, vendor }) => `${vendor} ${id}`)).toEqual([
    'echat echat-demo',
    'echat echat-plain',
    'sobot sobot-demo',
    'sobot sobot-open',
    'zendesk zendesk-demo',
  ]);
  expect(sources[0]?.utcOffsetMinutes).toBe(480);
  const shown = inspect(sources, { depth: 9 }) + JSON.stringify(sources);
  for (const name of [
    'echat-token',
    'echat-plain-token',
    'echat-aes-key',
    'sobot-app-key',
    'sobot-aes-key',
    'sobot-path-secret',
    'staff-page-token',
    'staff-ticket-key',
    'zendesk-signing-secret',
  ]) {
    expect(shown).not.toContain(readFileSync(join(development, '../dev-secrets', name), 'utf8').trim());
  }
});

test('unread secrets may be missing, and what else is wrong is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-sources-'));
  const file = join(folder, 'sources.yaml');
  writeFileSync(file, readFileSync(development));
  expect(() => readSources(file, {}, vendors)).toThrow('which cannot be read');
  const sources = readSources(file, 'unread', vendors);
  expect(sources.map(({ id }) => id)).toEqual([
    'echat-demo',
    'echat-plain',
    'sobot-demo',
    'sobot-open',
    'zendesk-demo',
  ]);
  for (const { token, aesKey, pathSecret } of sources)
    for (const key of [token, aesKey, pathSecret]) expect(key?.current.reveal() ?? '').toBe('');
  writeFileSync(file, '{sources: [{id: a, vendor: echat, signed: true, encrypted: false}]}');
  expect(() => readSources(file, 'unread', vendors)).toThrow('source a: is signed, so it needs a token.');
});

test('unread secrets are not read although they are there', () => {
  const [source] = readSources(development, 'unread', vendors);
  expect(source?.token?.current.reveal()).toBe('');
  expect(source?.staff?.pages.length).toBe(1);
});

test.each([
  [
    'sources: [{id: a, vendor: sobot, signed: true, encrypted: false, token: {current: {env: HOME}}}]',
    'needs companyIds',
  ],
  [
    'sources: [{id: a, vendor: echat, signed: true, encrypted: true, token: {current: {env: T}}, aesKey: {current: {env: SHORT}}}]',
    'the 43 characters',
  ],
  [
    'sources: [{id: a, vendor: sobot, signed: false, encrypted: true, aesKey: {current: {env: SHORT}}, access: {addresses: ["::1"]}}]',
    '8 to 16 bytes',
  ],
  [
    'sources: [{id: a, vendor: sobot, signed: true, encrypted: false, companyIds: [c], token: {current: {env: SHORT}}}]',
    'source a: its token is shorter than 12 bytes',
  ],
])('%s is refused with a message', (yaml, message) => {
  const read = reading(yaml, { HOME: '/', SHORT: 'short', T: 'a token of a vendor' });
  expect(read).toThrow(SourcesError);
  expect(read).toThrow(message);
});

test('each vendor is listed under its id', () => {
  for (const [key, { id }] of Object.entries(vendors)) expect(id).toBe(key);
});
