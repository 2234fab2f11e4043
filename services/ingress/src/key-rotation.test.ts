import { randomUUID } from 'node:crypto';
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
import type { Push } from '@sluice/service/testing/push';
import { loadSenders, type Sender, type Senders } from '../testing/senders.ts';
import { nowMs, startApp, type StartedApp } from '../testing/start-app.ts';

/** The steps of "To change a key without refusing a push" of docs/reference/configuration.md, for every kind of secret. */

interface Rotation {
  readonly kind: SecretKind;
  readonly source: 'shop' | 'shop-head' | 'shop-open';
  readonly page: string;
  /** The file that it is in. */
  readonly file: keyof Keys;
  readonly fresh: (senders: Senders) => string;
  /** What a sender who has this key sends; another one each time. */
  readonly send: (key: string) => Push;
  readonly answer: number;
  /** What becomes of the sender's old key once it is removed. */
  readonly removed: 401 | 'UNDECRYPTABLE';
}

/** The first key of each file. */
const firstKeys = ({ query, headers }: Senders) => ({
  token: query.keys.token,
  'aes-key': query.keys.aesKey ?? '',
  'panel-token': 'a-token-of-the-panel-at-first',
  'panel-ticket-key': 'a ticket key of thirty-two bytes, at first',
  'head-token': headers.keys.token,
  'head-aes-key': headers.keys.aesKey ?? '',
  'path-secret': 'a-path-secret-at-first',
});
type Keys = ReturnType<typeof firstKeys>;

let senders: Senders;
let keys: Keys;
beforeAll(async () => {
  senders = await loadSenders();
  keys = firstKeys(senders);
});

let sent = 0;
/** Another push each time, signed at another second. */
function pushOf(sender: Sender, source: string, change: { token?: string; aesKey?: string }): Push {
  sent = (sent + 1) % 100;
  return sender.push(source, {
    payload: sender.payload(randomUUID()),
    atMs: nowMs - sent * 1_000,
    keys: { ...sender.keys, ...change },
  });
}
const inQuery = (change: { token?: string; aesKey?: string }): Push => pushOf(senders.query, 'shop', change);
const inHead = (change: { token?: string; aesKey?: string }): Push =>
  pushOf(senders.headers, 'shop-head', change);
const page = (bearer: string): Push => ({
  path: `/v1/${senders.query.id}/shop/staff-actions`,
  headers: { authorization: `Bearer ${bearer}` },
  body: `{"sdk":"1.0.0","actions":[{"id":"${randomUUID()}","action":"connect"}]}`,
});
const ticket = { sourceId: 'shop', pageId: 'panel', staffId: '8021', expiresAtMs: nowMs + 60_000 };

const ofQuery = { source: 'shop', page: '', answer: 200 } as const;
const ofHead = { source: 'shop-head', page: '', answer: 200 } as const;
const ofPanel = { source: 'shop', page: 'panel', answer: 204, removed: 401 } as const;
const rotations: readonly Rotation[] = [
  {
    ...ofQuery,
    kind: 'token',
    file: 'token',
    fresh: ({ query }) => query.otherKeys.token,
    send: (token) => inQuery({ token }),
    removed: 401,
  },
  {
    ...ofQuery,
    kind: 'aesKey',
    file: 'aes-key',
    fresh: ({ query }) => query.otherKeys.aesKey ?? '',
    send: (aesKey) => inQuery({ aesKey }),
    removed: 'UNDECRYPTABLE',
  },
  {
    ...ofHead,
    kind: 'token',
    file: 'head-token',
    fresh: ({ headers }) => headers.otherKeys.token,
    send: (token) => inHead({ token }),
    removed: 401,
  },
  {
    ...ofHead,
    kind: 'aesKey',
    file: 'head-aes-key',
    fresh: ({ headers }) => headers.otherKeys.aesKey ?? '',
    send: (aesKey) => inHead({ aesKey }),
    removed: 'UNDECRYPTABLE',
  },
  {
    ...ofHead,
    source: 'shop-open',
    kind: 'pathSecret',
    file: 'path-secret',
    fresh: () => 'a-path-secret-of-later',
    send: (secret) => ({
      path: `/v1/${senders.headers.id}/shop-open/${secret}`,
      body: senders.headers.payload(randomUUID()),
    }),
    removed: 401,
  },
  {
    ...ofPanel,
    kind: 'staffToken',
    file: 'panel-token',
    fresh: () => 'a-token-of-the-panel-later',
    send: page,
  },
  {
    ...ofPanel,
    kind: 'ticketKey',
    file: 'panel-ticket-key',
    fresh: () => 'a ticket key of thirty-two bytes, later on',
    send: (key) => page(writeTicket(ticket, key)),
  },
];

const folder = mkdtempSync(join(tmpdir(), 'sluice-rotation-'));
let listed: Source[];
let app: StartedApp;
let telemetry: ReturnType<typeof createTelemetry>;

/** Writes the sources file with a `previous` for one secret, or none, and reads it. */
function writeSources(previousOf: string | null): void {
  const keysIn = (file: keyof Keys): object => ({
    current: { file },
    ...(previousOf === file ? { previous: { file: `${file}-previous` } } : {}),
  });
  const { query, headers } = senders;
  const panel = { id: 'panel', origins: ['https://panel.example.com'] };
  const sources = [
    {
      ...{ id: 'shop', vendor: query.id, ...query.testing.settings, signed: true, encrypted: true },
      ...{ token: keysIn('token'), aesKey: keysIn('aes-key') },
      staff: { pages: [{ ...panel, token: keysIn('panel-token'), ticketKey: keysIn('panel-ticket-key') }] },
    },
    {
      ...{ id: 'shop-head', vendor: headers.id, ...headers.testing.settings, signed: true, encrypted: true },
      ...{ token: keysIn('head-token'), aesKey: keysIn('head-aes-key') },
    },
    {
      ...{ id: 'shop-open', vendor: headers.id, signed: false, encrypted: false },
      access: { pathSecret: keysIn('path-secret') },
    },
  ];
  // JSON is YAML.
  writeFileSync(join(folder, 'sources.yaml'), JSON.stringify({ sources }));
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
    const series = `${name}{source="${source}",secret="${kind}",page="${ofPage}"${labels},component="ingress"} `;
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
  const { file, send, answer, removed } = rotation;
  const old = keys[file];
  const fresh = rotation.fresh(senders);
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
