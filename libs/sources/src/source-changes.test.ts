import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSources } from './read-sources.ts';
import { sourceChanges } from './source-changes.ts';
import { vendors } from '../testing/made-up-vendors.ts';

const secrets = { OLD: 'an old token of Acme A', NEW: 'a new token of Acme A', KEY: 'k'.repeat(32) };

function read(...sources: string[]) {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-changes-')), 'sources.yaml');
  writeFileSync(file, `sources: [${sources.join(', ')}]`);
  return readSources(file, secrets, vendors);
}
const shop = (further = 'token: {current: {env: OLD}}', id = 'shop'): string =>
  `{id: ${id}, vendor: acme, signed: true, encrypted: false, ${further}}`;
const open = (further: string): string =>
  `{id: open, vendor: plain, signed: false, encrypted: false, access: {addresses: ['10.0.0.1'], ${further}}}`;
const page = (further: string): string =>
  shop(
    `token: {current: {env: OLD}}, staff: {pages: [{id: panel, origins: ['https://a.example'], ${further}}]}`,
  );

test.each([
  ['nothing', [shop()], [shop()], []],
  ['the order of the file', [shop(), open('')], [open(''), shop()], []],
  ['a token', [shop()], [shop('token: {current: {env: NEW}}')], ['shop: token.current']],
  [
    'a token, with the old one kept',
    [shop()],
    [shop('token: {current: {env: NEW}, previous: {env: OLD}}')],
    ['shop: token.current, token.previous'],
  ],
  [
    'a previous token that is removed',
    [shop('token: {current: {env: NEW}, previous: {env: OLD}}')],
    [shop('token: {current: {env: NEW}}')],
    ['shop: token.previous'],
  ],
  [
    'a path secret, and where it may come from',
    [open('')],
    [open('pathSecret: {current: {env: NEW}}').replace('10.0.0.1', '10.0.0.2')],
    ['open: access.addresses, access.pathSecret.current'],
  ],
  [
    'the token of a staff page',
    [page('token: {current: {env: KEY}}')],
    [page('token: {current: {env: KEY}}, ticketKey: {current: {env: KEY}}, requestsPerMinute: 7')],
    ['shop: staff.pages.panel.requestsPerMinute, staff.pages.panel.ticketKey.current'],
  ],
  [
    'settings without a secret',
    [shop()],
    [shop('token: {current: {env: OLD}}, utcOffset: "+00:00", appIds: ["1"]')],
    ['shop: utcOffset, appIds'],
  ],
  [
    'which sources there are',
    [shop()],
    [shop('token: {current: {env: OLD}}', 'other')],
    ['other is new', 'shop is gone'],
  ],
])('%s', (_what, before, after, expected) => {
  expect(sourceChanges(read(...before), read(...after))).toEqual(expected);
});
