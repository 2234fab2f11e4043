import { createCipheriv, randomBytes } from 'node:crypto';
import { Secret } from '@sluice/service/secret';
import type { EchatSource } from '../settings.ts';
import { sourceOf } from '../../testing/golden-source.ts';
import { decodeEchat } from './decode.ts';

const head = { query: { dataType: 'chatEnd' }, header: () => undefined };
const sealed = sourceOf('echat') as EchatSource;
const newKey = (): string => randomBytes(32).toString('base64').slice(0, 43);
const withKeys = (current: string, previous: string): EchatSource => ({
  ...sealed,
  aesKey: { current: new Secret(current), previous: new Secret(previous) },
});

/** @param length what the length field says */
function encrypt(message: Buffer, key: string, appId: string, length = message.length): Buffer {
  const aesKey = Buffer.from(`${key}=`, 'base64');
  const counted = Buffer.alloc(4);
  counted.writeUInt32BE(length);
  const plain = Buffer.concat([randomBytes(16), counted, message, Buffer.from(appId)]);
  const padding = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]);
}
const envelope = (ciphertext: Buffer): Buffer =>
  Buffer.from(`<xml><Encrypt><![CDATA[${ciphertext.toString('base64')}]]></Encrypt></xml>`);

test.each(['current', 'previous', 'neither'] as const)(
  'a key opens a message on proof: under %s',
  (under) => {
    const wrong: number[] = [];
    for (let at = 0; at < 20_000; at += 1) {
      const [right, other] = [newKey(), newKey()];
      const keys = { current: [right, other], previous: [other, right], neither: [other, newKey()] } as const;
      const message = Buffer.from(`<xml><chatContent>${'您好 '.repeat(at % 20)}${at}</chatContent></xml>`);
      // Every other one of an app that is not listed: its document is the proof.
      const sent = envelope(encrypt(message, right, at % 2 === 0 ? '520001' : `app${at}`));
      const { payload, keyUsed, undecodable } = decodeEchat(sent, head, withKeys(...keys[under]));
      const isRight =
        under === 'neither'
          ? payload === null && undecodable.length === 1 && undecodable[0]?.payload.equals(sent) === true
          : payload?.equals(message) === true && keyUsed === under && undecodable.length === 0;
      if (!isRight) wrong.push(at);
    }
    expect(wrong).toEqual([]);
  },
);

const key = newKey();
const source = withKeys(newKey(), key);
const undecryptable = (body: Buffer) => ({
  payload: null,
  undecodable: [{ payload: body, reason: 'UNDECRYPTABLE' }],
});

test.each([1, 2, 3, 4, 6, 10, 11, 60])(
  'a length that counts characters, %d too few, cuts nothing: the body is kept',
  (fewer) => {
    const message = Buffer.from(`<xml><chatContent>${'好'.repeat(fewer)}</chatContent></xml>`);
    for (const appId of ['520001', 'another', '']) {
      const body = envelope(encrypt(message, key, appId, message.length - fewer));
      expect(decodeEchat(body, head, source)).toMatchObject(undecryptable(body));
    }
  },
);

test('a length that is too long, or a tail that is no app id, opens nothing', () => {
  const message = Buffer.from('<xml/>');
  for (const body of [
    envelope(encrypt(message, key, '520001', message.length + 1)),
    envelope(encrypt(message, key, '520001', 0xffffffff)),
    envelope(encrypt(message, key, 'no app id')),
    envelope(encrypt(message, key, 'x'.repeat(65))),
    envelope(encrypt(Buffer.from('{"no":"document"}'), key, 'another')),
  ])
    expect(decodeEchat(body, head, source)).toMatchObject(undecryptable(body));
});

test.each([
  [
    'a document of GBK',
    Buffer.from([...Buffer.from('<xml><a>'), 0xc4, 0xe3, 0x81, 0x5c, ...Buffer.from('</a></xml>')]),
  ],
  ['marks and line breaks around it', Buffer.from('\ufeff\ufeff\r\n<?xml version="1.0"?><xml/>\r\n')],
  [
    'characters of CESU-8',
    Buffer.from([...Buffer.from('<xml>'), 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, ...Buffer.from('</xml>')]),
  ],
])('%s opens under the right key, byte for byte, whatever the app', (_name, message) => {
  for (const appId of ['520001', 'another', ''])
    expect(decodeEchat(envelope(encrypt(message, key, appId)), head, source)).toMatchObject({
      payload: message,
      keyUsed: 'previous',
    });
});

test('a ciphertext is found however XML and base64 writers break its lines', () => {
  const ciphertext = encrypt(Buffer.from('<xml>1</xml>'.repeat(20)), key, '520001').toString('base64');
  const lines = ciphertext.replaceAll(/(.{76})/g, '$1&#13;\n').replace('&#13;', '&#xD;');
  for (const text of [lines, `\n  ${ciphertext}\n  `, `<![CDATA[\n${ciphertext}\n]]>`])
    expect(decodeEchat(Buffer.from(`<xml><Encrypt>${text}</Encrypt></xml>`), head, source)).toMatchObject({
      keyUsed: 'previous',
    });
});
