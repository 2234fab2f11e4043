import { createCipheriv, hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Secret } from '@sluice/service/secret';
import type { EchatSource } from './settings.ts';
import type { PushHead } from '@sluice/vendor-kit/receiving/receiving';
import { receiving as echat } from './receiving.ts';

/** Made with wechat-crypto and checked with Tencent's own package: see the README next to the file. */
const proof = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../testing/e2e/vectors/echat.json'), 'utf8'),
) as {
  token: string;
  encodingAesKey: string;
  appId: string;
  vectors: {
    byteLength: number;
    plaintext: string;
    ciphertext: string;
    timestamp: string;
    nonce: string;
    signature: string;
  }[];
};
const otherKey = 'A'.repeat(43);
const key = (current: string, previous?: string) => ({
  current: new Secret(current),
  previous: previous === undefined ? null : new Secret(previous),
});
const source: EchatSource = {
  id: 'echat-test',
  vendor: 'echat',
  stream: 'sluice',
  tenant: '',
  token: key(proof.token),
  aesKey: key(proof.encodingAesKey),
  pathSecret: null,
  addresses: [],
  freshnessMs: 300_000,
  staleTimestamps: 'keep-apart',
  reusedSignatures: 'keep-apart',
  keptApartBytesPerHour: 1,
  plaintext: 'keep-apart',
  unlistedIds: 'accept',
  utcOffsetMinutes: 480,
  durationUnits: {},
  staff: null,
  settings: { timestampUnit: 'any', appIds: [proof.appId] },
};
const headOf = (query: Record<string, string>): PushHead => ({ query, header: () => undefined });
const envelope = (ciphertext: string) =>
  Buffer.from(`<xml>\n    <Encrypt><![CDATA[${ciphertext}]]></Encrypt>\n</xml>`);
const [anyVector] = proof.vectors;

describe('vectors of other implementations', () => {
  test.each(proof.vectors)('decrypts $byteLength bytes', ({ plaintext, ciphertext }) => {
    expect(echat.decode(envelope(ciphertext), headOf({ dataType: 'chatStart' }), source)).toEqual({
      payload: Buffer.from(plaintext),
      dataType: 'chatStart',
      keyUsed: 'current',
      undecodable: [],
      warnings: [],
    });
  });

  test.each(proof.vectors)('verifies the signature of $timestamp', ({ timestamp, nonce, signature }) => {
    const verify = (change: Record<string, string>) =>
      echat.verify(headOf({ timestamp, nonce, signature, ...change }), source, Number(timestamp) * 1000)
        .outcome;
    expect(verify({})).toBe('verified');
    expect(verify({ nonce: `${nonce}0` })).toBe('refused');
    expect(verify({ timestamp: String(Number(timestamp) + 1) })).toBe('refused');
    expect(verify({ signature: signature.toUpperCase() })).toBe('refused');
    expect(verify({ signature: '' })).toBe('refused');
    // The same joined text, cut elsewhere.
    expect(verify({ timestamp: timestamp + nonce.slice(0, 1), nonce: nonce.slice(1) })).toBe('refused');
  });
});

test.each([
  ['any', 'verified', 'verified'],
  ['s', 'verified', 'refused'],
  ['ms', 'refused', 'verified'],
] as const)('with timestamps of unit %s, 10 digits are %s and 13 are %s', (timestampUnit, seconds, ms) => {
  const verify = (timestamp: string, nonce: string) => {
    const text = [proof.token, timestamp, nonce].sort().join('');
    const head = headOf({ timestamp, nonce, signature: hash('sha1', text) });
    return echat.verify(
      head,
      { ...source, settings: { ...source.settings, timestampUnit } },
      1_700_000_000_000,
    ).outcome;
  };
  // One signed text, cut at two places.
  expect([verify('1700000000', '123abc'), verify('1700000000123', 'abc')]).toEqual([seconds, ms]);
});

test("the page's own example is the SHA-1 of its placeholders", () => {
  const example = { ...source, token: key('myToken') };
  const query = {
    timestamp: '1563852820',
    nonce: 'myNonce',
    signature: '81ceaac69a2f44be4f98d4adbea202d5792c62bb',
  };
  // The placeholders are no timestamp, so the example itself is refused: the form is strict.
  expect(echat.verify(headOf({ ...query, timestamp: 'myTimestamp' }), example, 0)).toEqual({
    outcome: 'refused',
  });
});

describe('keys and policies', () => {
  const now = Number(anyVector!.timestamp) * 1000;
  const head = headOf({
    timestamp: anyVector!.timestamp,
    nonce: anyVector!.nonce,
    signature: anyVector!.signature,
  });

  test('the previous token verifies, and the previous key opens', () => {
    const rotated = {
      ...source,
      token: key('newToken', proof.token),
      aesKey: key(otherKey, proof.encodingAesKey),
    };
    expect(echat.verify(head, rotated, now)).toEqual({ outcome: 'verified', signedWith: 'previous' });
    expect(echat.decode(envelope(anyVector!.ciphertext), head, rotated)).toMatchObject({
      keyUsed: 'previous',
    });
  });

  test('a timestamp is stale when it is older than the window, or ahead by more than five minutes', () => {
    const at = (nowMs: number) => echat.verify(head, source, nowMs).outcome;
    expect([at(now + source.freshnessMs), at(now + source.freshnessMs + 1)]).toEqual(['verified', 'stale']);
    expect([at(now - 300_000), at(now - 300_001)]).toEqual(['verified', 'stale']);
  });

  test('an unlisted app id is counted or kept apart with its id, by the policy', () => {
    const unlisted = { ...source, settings: { ...source.settings, appIds: ['another'] } };
    const body = envelope(encryptWith(proof.encodingAesKey, '<xml/>'));
    expect(echat.decode(body, head, unlisted)).toMatchObject({
      payload: Buffer.from('<xml/>'),
      warnings: ['odd-data-type', 'unlisted-id'],
      unlistedAppId: proof.appId,
    });
    expect(echat.decode(body, head, source)).not.toHaveProperty('unlistedAppId');
    expect(echat.decode(body, head, { ...unlisted, unlistedIds: 'keep-apart' })).toMatchObject({
      payload: null,
      undecodable: [
        {
          payload: body,
          reason: 'UNLISTED_ID',
          detail: `The message names the app id "${proof.appId}", which the source does not list.`,
        },
      ],
    });
  });

  test('plaintext of an encrypted source is kept apart, or continues where the source accepts it', () => {
    const body = Buffer.from('\ufeff<xml><chatScore>5</chatScore></xml>\n');
    expect(echat.decode(body, head, source)).toMatchObject({
      payload: null,
      undecodable: [{ payload: body, reason: 'PLAINTEXT' }],
    });
    expect(echat.decode(body, head, { ...source, plaintext: 'accept' })).toMatchObject({
      payload: body,
      undecodable: [],
      warnings: ['odd-data-type', 'plain-content'],
    });
  });

  test('a plain source passes the body on, byte for byte', () => {
    const body = Buffer.from([0x3c, 0x78, 0xff, 0x00, 0x3e]);
    expect(echat.decode(body, head, { ...source, aesKey: null })).toMatchObject({
      payload: body,
      keyUsed: 'none',
    });
  });
});

test.each([
  ['an empty body', Buffer.alloc(0), 'EMPTY'],
  ['no envelope', Buffer.from('msgId=1'), 'NO_ENVELOPE'],
  ['plaintext', Buffer.from('<xml><msgId>1</msgId></xml>'), 'PLAINTEXT'],
  ['an envelope that does not end', Buffer.from('<xml><Encrypt>AAAA'), 'NO_ENVELOPE'],
  ['what is not base64', envelope('*** not base64 ***'), 'UNDECRYPTABLE'],
  ['a cut ciphertext', envelope(anyVector!.ciphertext.slice(0, -8)), 'UNDECRYPTABLE'],
  ['another key', envelope(encryptWith(otherKey, 'x')), 'UNDECRYPTABLE'],
  ['an empty message', envelope(encryptWith(proof.encodingAesKey, '')), 'EMPTY'],
])('%s is kept as undecodable, with its bytes', (_name, body, reason) => {
  expect(echat.decode(body, headOf({ dataType: 'chatEnd' }), source)).toMatchObject({
    payload: null,
    undecodable: [{ payload: body, reason }],
  });
});

test('whatever was encrypted is decrypted, and no changed byte of it throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
      fc.nat(),
      fc.nat(255),
      (text, at, byte) => {
        const ciphertext = Buffer.from(encryptWith(proof.encodingAesKey, text), 'base64');
        const decoded = echat.decode(envelope(ciphertext.toString('base64')), headOf({}), source);
        expect(decoded).toMatchObject({ payload: Buffer.from(text) });
        ciphertext[at % ciphertext.length] = byte;
        echat.decode(envelope(ciphertext.toString('base64')), headOf({}), source);
      },
    ),
  );
});

/** WeChat's scheme, the other way round. */
function encryptWith(encodingAesKey: string, text: string): string {
  const aesKey = Buffer.from(`${encodingAesKey}=`, 'base64');
  const message = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const plain = Buffer.concat([Buffer.alloc(16, 7), length, message, Buffer.from(proof.appId)]);
  const padding = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]).toString('base64');
}
