import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSources, SourcesError } from './read-sources.ts';
import { vendors } from '../testing/made-up-vendors.ts';

function reading(yaml: string, env: NodeJS.ProcessEnv = {}): () => unknown {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-sources-'));
  const file = join(folder, 'sources.yaml');
  writeFileSync(file, yaml);
  writeFileSync(join(folder, 'empty'), '');
  return () => readSources(file, env, vendors);
}

const acme = '{id: a, vendor: acme, signed: true, encrypted: false, token: {current: {env: T}}}';

test('secrets come from the environment too, and two keys may live', () => {
  const sources = reading(
    'sources: [{id: a, vendor: acme, signed: true, encrypted: false, token: {current: {env: T}, previous: {env: P}}, utcOffset: "-03:30"}]',
    { T: 'a new token of Acme A', P: 'an old token of Acme A' },
  )() as ReturnType<typeof readSources>;
  expect(sources[0]?.token?.previous?.reveal()).toBe('an old token of Acme A');
  expect(sources[0]?.utcOffsetMinutes).toBe(-210);
});

test('the unit of a duration may differ from the documented one', () => {
  const [source] = reading(
    `sources: [${acme.replace('}}}', '}}, durationUnits: {chatEnd.chatTotalTime: s}}')}]`,
    {
      T: 'a token of Acme A',
    },
  )() as ReturnType<typeof readSources>;
  expect(source?.durationUnits).toEqual({ 'chatEnd.chatTotalTime': 's' });
});

test('every problem of every stage is told at once, each with its line', () => {
  const yaml = [
    'sources:',
    '  - id: shop',
    '    vendor: acme',
    '    signed: true',
    '    encrypted: true',
    '    token: { current: { env: T } }',
    '    aesKey: { current: { file: empty } }',
    '  - id: Shop',
    '    vendor: plain',
    '    signed: false',
    '    encrypted: false',
    '  - id: shop',
    '    vendor: plain',
    '    signed: false',
    '    encrypted: false',
    'other: 1',
  ];
  let message = '';
  try {
    reading(yaml.join('\n'))();
  } catch (error) {
    message = String(error);
  }
  expect(message.match(/sources\.yaml:\d+: .*/g)).toEqual([
    expect.stringMatching(/:1: sources file: Unrecognized key: "other"/),
    expect.stringMatching(
      /:6: source shop, token\.current names the environment variable T, which is not set\./,
    ),
    expect.stringMatching(
      /:7: source shop, aesKey\.current names the file empty \(.*\/empty\), which is empty\./,
    ),
    expect.stringMatching(/:8: source Shop, id: must be lower-case/),
    expect.stringMatching(/:12: source shop: is unsigned, so it needs access/),
    expect.stringMatching(/:12: Source shop is listed twice/),
  ]);
});

test.each(['sources: [', 'a: b: c', '\t- x'])('a file that is no YAML is one message: %j', (yaml) => {
  expect(reading(yaml)).toThrow(/^The sources file .* cannot be read: /);
});

test.each([
  ['sources: []', 'lists no source'],
  [`sources: [${acme.replace('}}}', '}}, durationUnits: {chatEnd.chatTotalTime: h}}')}]`, 'must be ms or s'],
  [
    `sources: [${acme.replace('}}}', '}}, durationUnits: {conversation.queueTime: s}}')}]`,
    'source a, durationUnits: must name some of chatEnd.chatTotalTime.',
  ],
  [`sources: [${acme}]`, 'source a, token.current names the environment variable T, which is not set'],
  [`sources: [${acme}, ${acme}]`, 'Source a is listed twice'],
  ['sources: [{id: a, vendor: acme, encrypted: false}]', 'source a, signed: must be true or false'],
  ['sources: [{id: a, vendor: acme, signed: true}]', 'source a, encrypted: must be true or false'],
  ['sources: [{id: a, vendor: acme, signed: true, encrypted: false}]', 'is signed, so it needs a token'],
  ['sources: [{id: a, vendor: acme, signed: false, encrypted: true}]', 'is encrypted, so it needs an aesKey'],
  [
    'sources: [{id: a, vendor: acme, signed: false, encrypted: false}]',
    'needs access.pathSecret or access.addresses',
  ],
  [
    'sources: [{id: a, vendor: acme, signed: true, encrypted: false, token: {current: s3cret}}]',
    'do not write a secret itself',
  ],
  [
    'sources: [{id: a, vendor: acme, signed: true, encrypted: false, token: {current: {file: nope}}}]',
    'which cannot be read',
  ],
  [
    'sources: [{id: a, vendor: acme, signed: true, encrypted: false, token: {current: {file: empty}}}]',
    'which is empty',
  ],
  [
    'sources: [{id: a, vendor: acme, signed: false, encrypted: false, access: {addresses: ["10.0.0.0/99"]}}]',
    'neither an address nor a network',
  ],
  [`sources: [${acme.replace('env: T', 'env: SHORT')}]`, 'source a: its token is shorter than 16 bytes'],
  [
    `sources: [${acme.replace('{env: T}}', '{env: LONG}, previous: {env: SHORT}}')}]`,
    'source a: its token is shorter than 16 bytes',
  ],
  [
    'sources: [{id: a, vendor: plain, signed: true, encrypted: false, token: {current: {env: SHORT}}}]',
    'source a: its token is shorter than 12 bytes',
  ],
  [
    'sources: [{id: a, vendor: plain, signed: false, encrypted: false, access: {pathSecret: {current: {env: SHORT}}}}]',
    'source a: its access.pathSecret is shorter than 16 bytes',
  ],
  [`sources: [${acme.replace('}}}', '}}, staleTimestamps: keep}')}]`, 'source a, staleTimestamps'],
  [
    `sources: [${acme.replace('}}}', '}}, plaintext: accept}')}]`,
    'has plaintext: accept but is not encrypted',
  ],
  [`sources: [${acme.replace('}}}', '}}, unlistedAppIds: keep}')}]`, 'unlistedAppIds'],
  [`sources: [${acme.replace('}}}', '}}, foreignIds: accept}')}]`, '(foreignIds is now called unlistedIds).'],
  ['sources: [{id: A!, vendor: acme, signed: true, encrypted: true}]', 'source A!, id: must be lower-case'],
  ['sources: [{id: a, vendor: acme, signed: true, encrypted: true, colour: red}]', 'colour'],
  ['sources: [{id: a, vendor: nobody}]', 'source a, vendor: must be one of acme, plain.'],
  ['sources: [{id: a, vendor: constructor}]', 'source a, vendor: must be one of acme, plain.'],
  ['sources: [{id: a}]', 'source a, vendor: must be one of acme, plain.'],
  [`sources: [${acme.replace('}}}', '}}, appIds: [none]}')}]`, 'source a: has an app id that is forbidden.'],
  [
    'sources: [{id: a, vendor: plain, signed: false, encrypted: false, staff: {pages: []}, access: {addresses: ["::1"]}}]',
    'Unrecognized key: "staff"',
  ],
  [
    'sources: [{id: a, vendor: plain, signed: false, encrypted: false, durationUnits: {a: s}, access: {addresses: ["::1"]}}]',
    'durationUnits: must be left out',
  ],
  ['{]', 'cannot be read'],
])('%s is refused with a message', (yaml, text) => {
  const read = reading(yaml, { HOME: '/', SHORT: 'short', LONG: 'l'.repeat(16) });
  expect(read).toThrow(SourcesError);
  expect(read).toThrow(text);
});

const staff = (page: string, further = ''): string =>
  `sources: [${acme.slice(0, -1)}, staff: {${further}pages: [{id: panel, ${page}}]}}]`;

test('pages of staff have a token, tickets, or both', () => {
  const yaml = staff(
    'origins: ["https://a.example", "http://localhost:8080"], token: {current: {env: TOKEN}}, ticketKey: {current: {env: KEY}, previous: {env: KEY}}',
  );
  const [source] = reading(yaml, {
    T: 'a token of Acme A',
    TOKEN: 't'.repeat(16),
    KEY: 'k'.repeat(32),
  })() as ReturnType<typeof readSources>;
  expect(source).toMatchObject({
    staff: {
      signatureLifeMs: 300_000,
      pages: [
        { id: 'panel', origins: ['https://a.example', 'http://localhost:8080'], requestsPerMinute: 120 },
      ],
    },
  });
});

const long = 'token: {current: {env: LONG}}';
test.each([
  [staff('origins: ["https://a.example"]'), 'staff.pages.0 needs a token or a ticketKey'],
  [staff(`origins: ["https://a.example/"], ${long}`), 'must be an origin such as https://panel.example.com'],
  [staff(`origins: ["*"], ${long}`), 'must be an origin'],
  [staff(`origins: ["null"], ${long}`), 'must be an origin'],
  [staff(`origins: [], ${long}`), 'source a, staff.pages.0.origins'],
  [staff('origins: ["https://a.example"], token: {current: {env: T}}'), 'token is shorter than 16 bytes'],
  [
    staff('origins: ["https://a.example"], ticketKey: {current: {env: T}}'),
    'ticketKey is shorter than 32 bytes',
  ],
  [
    staff(`origins: ["https://a.example"], ${long}`, 'signatureLifeMs: 0, '),
    'source a, staff.signatureLifeMs',
  ],
  [
    staff(`origins: ["https://a.example"], ${long}}, {id: panel, origins: ["https://b.example"], ${long}`),
    'staff.pages has a repeated id',
  ],
  [
    staff(`origins: ["https://a.example"], ${long}`)
      .replace('signed: true', 'signed: false, access: {addresses: ["::1"]}')
      .replace('token: {current: {env: T}}, ', '')
      .replace(', token: {current: {env: T}}', ''),
    'has staff pages, so it needs signed: true',
  ],
])('%s is refused with a message', (yaml, text) => {
  expect(reading(yaml, { T: 'short', LONG: 'l'.repeat(16) })).toThrow(text);
});

test('every problem is told at once', () => {
  const read = reading(
    'sources: [{id: a, vendor: acme, signed: true, encrypted: true}, {id: b, vendor: plain, signed: false, encrypted: false}]',
  );
  expect(read).toThrow(/a: is signed[\s\S]*a: is encrypted[\s\S]*b: is unsigned/);
});

test('what is left out is kept apart: nothing is lost, and nothing continues that somebody else may have sent', () => {
  const [source] = reading(`sources: [${acme}]`, { T: 'a token of Acme A' })() as ReturnType<
    typeof readSources
  >;
  expect(source).toMatchObject({
    freshnessMs: 86_400_000,
    staleTimestamps: 'keep-apart',
    reusedSignatures: 'keep-apart',
    keptApartBytesPerHour: 16_777_216,
    plaintext: 'keep-apart',
    unlistedIds: 'accept',
  });
});

describe('two sources that share a token', () => {
  const sealed = (id: string, change = '', token = 'T') =>
    `{id: ${id}, vendor: acme, signed: true, encrypted: true, aesKey: {current: {env: KEY}}, token: {current: {env: ${token}}, previous: {env: P}}${change}}`;
  const plain = (id: string) =>
    `{id: ${id}, vendor: acme, signed: true, encrypted: false, token: {current: {env: T}}}`;
  const env = {
    T: 'a token of Acme A',
    P: 'another of Acme A',
    OTHER: 'a third one of Acme A',
    KEY: 'A'.repeat(43),
  };

  test.each([
    [
      `${sealed('a')}, ${plain('b')}`,
      'Sources a and b share a token, but b accepts plaintext and a does not',
    ],
    [`${sealed('a', ', plaintext: accept')}, ${sealed('b')}`, 'but a accepts plaintext and b does not'],
    [
      `${sealed('a')}, ${sealed('b', ', staleTimestamps: accept', 'OTHER')}`,
      'but b accepts stale timestamps and a',
    ],
    [
      `${sealed('a')}, ${sealed('b', ', reusedSignatures: accept', 'P')}`,
      'but b accepts reused signatures and a',
    ],
  ])('are refused when one is weaker: %s', (yaml, text) => {
    expect(reading(`sources: [${yaml}]`, env)).toThrow(text);
  });

  test.each([`${sealed('a')}, ${sealed('b', ', staleTimestamps: refuse')}`, `${plain('a')}, ${plain('b')}`])(
    'are read when none is: %s',
    (yaml) => {
      expect(reading(`sources: [${yaml}]`, env)).not.toThrow();
    },
  );
});
