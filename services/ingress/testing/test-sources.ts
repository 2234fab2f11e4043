import { Secret } from '@sluice/service/secret';
import type { Keys, Source } from '@sluice/sources/source';
import { vendors } from '@sluice/vendors';
import { z } from 'zod';
import { listingOthers, type Sender, type Senders } from './senders.ts';

const keysOf = (current: string, previous?: string): Keys => ({
  current: new Secret(current),
  previous: previous === undefined ? null : new Secret(previous),
});

export const pathSecret = 'a-path-secret-of-the-tests';
/** The token and the ticket key of a page in front of staff. */
export const pageToken = 'a-token-of-the-panel';
export const ticketKey = 'a ticket key of thirty-two bytes, at least';
export const panelOrigin = 'https://panel.example.com';
const otherPage = {
  id: 'other-panel',
  origins: ['https://other.example.com'],
  token: keysOf('a-token-of-another'),
  ticketKey: null,
  requestsPerMinute: 5,
};

/** A source that takes what the sender sends. */
function sourceOf({ id, testing, keys }: Sender, change: Partial<Source> & Pick<Source, 'id'>): Source {
  return {
    vendor: id,
    stream: 'test',
    tenant: 'a tenant',
    token: keysOf(keys.token),
    aesKey: keys.aesKey === null ? null : keysOf(keys.aesKey),
    pathSecret: null,
    addresses: [],
    freshnessMs: 300_000,
    staleTimestamps: 'keep-apart',
    reusedSignatures: 'keep-apart',
    keptApartBytesPerHour: 1_000,
    plaintext: 'keep-apart',
    unlistedIds: 'accept',
    utcOffsetMinutes: 480,
    durationUnits: {},
    staff: null,
    settings: z.object(vendors[id].settings).parse(testing.settings),
    ...change,
  };
}

/** Sources of vendors that sign in the query, in headers and with the body. */
export function testSources({ query, headers, body }: Senders): Source[] {
  return [
    sourceOf(query, { id: 'sealed' }),
    sourceOf(query, { id: 'plain', aesKey: null }),
    sourceOf(query, {
      id: 'strict',
      staleTimestamps: 'refuse',
      reusedSignatures: 'refuse',
      unlistedIds: 'keep-apart',
    }),
    listingOthers(
      sourceOf(query, {
        id: 'strict-for-others',
        staleTimestamps: 'refuse',
        reusedSignatures: 'refuse',
        unlistedIds: 'keep-apart',
      }),
    ),
    sourceOf(query, { id: 'lenient', staleTimestamps: 'accept', reusedSignatures: 'accept' }),
    listingOthers(sourceOf(query, { id: 'for-others' })),
    sourceOf(query, {
      id: 'staff',
      staff: {
        signatureLifeMs: 60_000,
        pages: [
          {
            id: 'panel',
            origins: [panelOrigin, 'http://localhost:8080'],
            token: keysOf(pageToken, 'an-old-token-of-it'),
            ticketKey: keysOf(ticketKey),
            requestsPerMinute: 100,
          },
          otherPage,
        ],
      },
    }),
    sourceOf(query, { id: 'inside', addresses: ['10.0.0.0/8', 'fd00::/16'] }),
    sourceOf(headers, { id: 'head-sealed' }),
    sourceOf(headers, { id: 'head-strict', staleTimestamps: 'refuse' }),
    sourceOf(headers, {
      id: 'open',
      token: null,
      aesKey: null,
      pathSecret: keysOf(pathSecret, 'an-old-one'),
    }),
    sourceOf(body, { id: 'signed-body', token: keysOf(body.keys.token, body.otherKeys.token) }),
  ];
}
