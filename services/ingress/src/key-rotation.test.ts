import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@sluice/service/secret';
import { writeTicket } from '@sluice/sources/testing/write-ticket';
import { readSources } from '@sluice/sources/read-sources';
import { secretsOf, type SecretKind, type Source } from '@sluice/sources/source';
import { createTelemetry } from '@sluice/telemetry/telemetry';
import { vendors } from '@sluice/vendors';
import { exposeKeys } from './key-metrics.ts';
import type { Push } from '../testing/push.ts';
import { now, nowMs, startApp, type StartedApp } from '../testing/start-app.ts';
import {
  echatEnvelope,
  echatQuery,
  encodingAesKey,
  sobotAesKey,
  sobotEnvelope,
  sobotHeaders,
  token,
} from '../testing/test-sources.ts';

/** The steps of "To change a key without refusing a push" of docs/reference/configuration.md, for every kind of secret. */

interface Rotation {
  readonly kind: SecretKind;
  readonly source: 'shop-echat' | 'shop-sobot' | 'shop-open';
  readonly page: string;
  /** The file that it is in. */
  readonly file: string;
  readonly fresh: string;
  /** What a sender who has this key sends; another one each time. */
  readonly send: (key: string) => Push;
  readonly answer: number;
  /** What becomes of the sender's old key once it is removed. */
  readonly removed: 401 | 'UNDECRYPTABLE';
}

const keys = {
  'echat-token': 'a token of Echat at first',
  'echat-aes-key': encodingAesKey,
  'panel-token': 'a-token-of-the-panel-at-first',
  'panel-ticket-key': 'a ticket key of thirty-two bytes, at first',
  'sobot-token': 'anAppKeyOfSobotAtFirst',
  'sobot-aes-key': sobotAesKey,
  'sobot-path-secret': 'a-path-secret-at-first',
};
const message = () => `<xml><chatRecordId>${randomUUID()}</chatRecordId></xml>`;
const content = () => `[{"cid":"${randomUUID()}"}]`;
const echat = (change: { key?: string; aesKey?: string }): Push => ({
  path: `/v1/echat/shop-echat?${echatQuery(now, { nonce: randomUUID() }, change.key ?? keys['echat-token'])}`,
  body: echatEnvelope(message(), '520001', change.aesKey),
});
const sobot = (change: { key?: string; aesKey?: string }): Push => ({
  path: '/v1/sobot/shop-sobot',
  headers: sobotHeaders(nowMs, change.key ?? keys['sobot-token'], randomUUID()),
  body: sobotEnvelope(content(), change.aesKey),
});
const page = (bearer: string): Push => ({
  path: '/v1/echat/shop-echat/staff-actions',
  headers: { authorization: `Bearer ${bearer}` },
  body: `{"sdk":"1.0.0","actions":[{"id":"${randomUUID()}","action":"connect"}]}`,
});
const ticket = { sourceId: 'shop-echat', pageId: 'panel', staffId: '8021', expiresAtMs: nowMs + 60_000 };

const ofEchat = { source: 'shop-echat', page: '', answer: 200 } as const;
const ofSobot = { source: 'shop-sobot', page: '', answer: 200 } as const;
const ofPanel = { source: 'shop-echat', page: 'panel', answer: 204, removed: 401 } as const;
const rotations: readonly Rotation[] = [
  {
    ...ofEchat,
    kind: 'token',
    file: 'echat-token',
    fresh: token,
    send: (key) => echat({ key }),
    removed: 401,
  },
  {
    ...ofEchat,
    kind: 'aesKey',
    file: 'echat-aes-key',
    fresh: randomBytes(32).toString('base64').slice(0, 43),
    send: (aesKey) => echat({ aesKey }),
    removed: 'UNDECRYPTABLE',
  },
  {
    ...ofSobot,
    kind: 'token',
    file: 'sobot-token',
    fresh: 'anAppKeyOfSobotLater',
    send: (key) => sobot({ key }),
    removed: 401,
  },
  {
    ...ofSobot,
    kind: 'aesKey',
    file: 'sobot-aes-key',
    fresh: 'fedcba0987654321',
    send: (aesKey) => sobot({ aesKey }),
    removed: 'UNDECRYPTABLE',
  },
  {
    ...ofSobot,
    source: 'shop-open',
    kind: 'pathSecret',
    file: 'sobot-path-secret',
    fresh: 'a-path-secret-of-later',
    send: (secret) => ({
      path: `/v1/sobot/shop-open/${secret}`,
      body: `{"type":"msg","content":${content()}}`,
    }),
    removed: 401,
  },
  { ...ofPanel, kind: 'staffToken', file: 'panel-token', fresh: 'a-token-of-the-panel-later', send: page },
  {
    ...ofPanel,
    kind: 'ticketKey',
    file: 'panel-ticket-key',
    fresh: 'a ticket key of thirty-two bytes, later on',
    send: (key) => page(writeTicket(ticket, key)),
  },
];

const folder = mkdtempSync(join(tmpdir(), 'sluice-rotation-'));
let listed: Source[];
let app: StartedApp;
let telemetry: ReturnType<typeof createTelemetry>;

/** Writes the sources file with a `previous` for one secret, or none, and reads it. */
function writeSources(previousOf: string | null): void {
  const places = (file: string): string =>
    `{current: {file: ${file}}${previousOf === file ? `, previous: {file: ${file}-previous}` : ''}}`;
  writeFileSync(
    join(folder, 'sources.yaml'),
    `sources:
  - {id: shop-echat, vendor: echat, signed: true, encrypted: true, token: ${places('echat-token')},
     aesKey: ${places('echat-aes-key')}, staff: {pages: [{id: panel, origins: ['https://panel.example.com'],
     token: ${places('panel-token')}, ticketKey: ${places('panel-ticket-key')}}]}}
  - {id: shop-sobot, vendor: sobot, signed: true, encrypted: true, companyIds: [aCompany],
     token: ${places('sobot-token')}, aesKey: ${places('sobot-aes-key')}}
  - {id: shop-open, vendor: sobot, signed: false, encrypted: false,
     access: {pathSecret: ${places('sobot-path-secret')}}}
`,
  );
  listed = readSources(join(folder, 'sources.yaml'), {}, vendors);
}

beforeEach(async () => {
  for (const [file, key] of Object.entries(keys)) writeFileSync(join(folder, file), key);
  writeSources(null);
  telemetry = createTelemetry('ingress');
  app = await startApp({
    findSource: (id) => listed.find((source) => source.id === id),
    onKeyUsed: exposeKeys(telemetry, () => listed),
  });
});
afterEach(() => app.serving.stop());
afterAll(() => rmSync(folder, { recursive: true }));

/** What the page has you look at: whether there is a previous key, and how often each was used. */
async function watched({ kind, source, page: ofPage }: Rotation) {
  const text = await telemetry.text();
  const valueOf = (name: string, labels: string): number => {
    const series = `${name}{source="${source}",secret="${kind}",page="${ofPage}"${labels},service="ingress"} `;
    const line = text.split('\n').find((one) => one.startsWith(series));
    return Number(line?.slice(series.length) ?? NaN);
  };
  return {
    hasPrevious: valueOf('sluice_ingress_previous_keys', ''),
    current: valueOf('sluice_ingress_keys_used_total', ',key="current"'),
    previous: valueOf('sluice_ingress_keys_used_total', ',key="previous"'),
  };
}

test.each(rotations)('the $kind of $source is changed without refusing a push', async (rotation) => {
  const { file, fresh, send, answer, removed } = rotation;
  const old = keys[file as keyof typeof keys];
  expect(await watched(rotation)).toEqual({ hasPrevious: 0, current: 0, previous: 0 });
  const statuses: number[] = [];
  const sendBy = async (key: string): Promise<void> => {
    statuses.push((await app.push(send(key))).status);
  };

  await sendBy(old);
  writeFileSync(join(folder, file), fresh);
  writeFileSync(join(folder, `${file}-previous`), old);
  writeSources(file);
  await sendBy(old);
  expect(await watched(rotation)).toEqual({ hasPrevious: 1, current: 1, previous: 1 });

  await sendBy(fresh);
  expect(await watched(rotation)).toEqual({ hasPrevious: 1, current: 2, previous: 1 });
  writeSources(null);
  await sendBy(fresh);
  expect(await watched(rotation)).toEqual({ hasPrevious: 0, current: 3, previous: 1 });
  expect(statuses).toEqual(statuses.map(() => answer));
  expect(app.publisher.records.map(({ topic }) => topic)).toEqual(
    statuses.map(() => expect.stringContaining('.raw.') as string),
  );

  // What the steps are for: anybody who still has the old key is no longer served, and no key is counted for it.
  const { status } = await app.push(send(old));
  const deadLetter = app.publisher.records.at(-1)?.headers['sluice-reason'];
  expect(removed === 401 ? status : deadLetter).toBe(removed);
  expect(await watched(rotation)).toEqual({ hasPrevious: 0, current: 3, previous: 1 });
});

test('every kind of secret is tried here', () => {
  const tried = rotations.map(({ kind, source, page: of }) => [source, kind, of].join(' '));
  const known = listed.flatMap((source) =>
    secretsOf(source).map(({ kind, page: of }) => [source.id, kind, of].join(' ')),
  );
  expect(tried.toSorted()).toEqual(known.toSorted());
  expect(listed.flatMap(keysWithin)).toHaveLength(known.length);
});

/** Everything within a value that has two live keys. */
function keysWithin(value: unknown): object[] {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return [];
  return 'current' in value ? [value] : Object.values(value).flatMap(keysWithin);
}
