import { createCipheriv, createDecipheriv, createSecretKey, hash, timingSafeEqual } from 'node:crypto';
import {
  decrypted,
  fill,
  type Ciphertext,
  type SentRecord,
  type SentValue,
  type Shape,
  type TestKeys,
  type TestPush,
  type VendorTesting,
} from '../testing/vendor-testing.ts';
import { attacks } from './testing/attacks.ts';

type Tree = [name: string, content: string | Tree][];

export const testing: VendorTesting = {
  coverageNote: '`dataType` of Echat is `meta.data_type`.',
  writeRecord,
  keys: [
    { token: 'token-of-echat-tests', aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' },
    { token: 'another-token-of-tests', aesKey: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ9876543210abcdefg' },
  ],
  settings: { appIds: ['appOfTests'] },
  signed: {
    signature: 'signature',
    time: 'timestamp',
    behindTime: 'nonce',
    strictSettings: { timestampUnit: 's' },
  },
  writePush,
  receiver,
  largePayloads: {
    turns: inTranscript('a>2016-08-17 10:47:08\\n'),
    'a half line of a turn': inTranscript('对话开始 >> '),
    'line breaks': inTranscript('\\n'),
  },
  ciphertextsIn,
  namedInSchemas: true,
  attacks,
};

function inTranscript(piece: string): Shape {
  return (bytes) =>
    `<xml><chatData><chatRecordId>1</chatRecordId><chatContent>${fill(bytes, piece)}</chatContent></chatData></xml>`;
}

function writeRecord(fields: readonly (readonly [string, string])[]): SentRecord {
  const root: Tree = [];
  for (const [path, value] of fields) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let parent = root;
    for (const name of names) {
      let child = parent.find(([known, content]) => known === name && Array.isArray(content))?.[1] as
        Tree | undefined;
      if (!child) parent.push([name, (child = [])]);
      parent = child;
    }
    parent.push([last, value]);
  }
  const sent: SentValue[] = [];
  const write = (tree: Tree, prefix: string): string => {
    const counts = new Map<string, number>();
    return tree
      .map(([name, content]) => {
        const nth = counts.get(name) ?? 0;
        counts.set(name, nth + 1);
        const path = `${prefix}${name}${nth === 0 ? '' : `[${nth}]`}`;
        if (Array.isArray(content)) return `<${name}>${write(content, `${path}.`)}</${name}>`;
        sent.push({ path, value: content });
        return `<${name}>${asText(content)}</${name}>`;
      })
      .join('\n');
  };
  const payload = `<xml>${write(root, '')}</xml>`;
  return { payload, sent };
}

/** In a CDATA section where it can be in one. */
function asText(value: string): string {
  if (!value.includes(']')) return `<![CDATA[${value}]]>`;
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The push document, sections 1 and 2. */
function writePush(payload: Buffer, { token, aesKey }: TestKeys, nowMs: number): TestPush {
  const timestamp = String(Math.floor(nowMs / 1000));
  const nonce = '4711081500';
  const signature = hash('sha1', [token, timestamp, nonce].sort().join(''), 'hex');
  return {
    query: { timestamp, nonce, signature, dataType: 'chatEnd' },
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: aesKey === null ? payload : encrypted(payload, aesKey),
  };
}

/** WeChat's scheme: 16 random bytes, length, message and app id, padded to blocks of 32. */
function encrypted(message: Buffer, encodingAesKey: string): Buffer {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const text = Buffer.concat([Buffer.from('0123456789abcdef'), length, message, Buffer.from('appOfTests')]);
  const padding = 32 - (text.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const ciphertext = Buffer.concat([
    cipher.update(text),
    cipher.update(Buffer.alloc(padding, padding)),
    cipher.final(),
  ]);
  return Buffer.from(`<xml>\n    <Encrypt><![CDATA[${ciphertext.toString('base64')}]]></Encrypt>\n</xml>`);
}

const [opening, closing] = [Buffer.from('[CDATA['), Buffer.from(']]')];

function receiver({ token, aesKey }: TestKeys): (push: Omit<TestPush, 'headers'>) => Buffer | null {
  const bytes = Buffer.from(`${aesKey ?? ''}=`, 'base64');
  const [key, iv] = [createSecretKey(bytes), bytes.subarray(0, 16)];
  return ({ query, body }) => {
    const { timestamp = '', nonce = '', signature = '' } = query;
    const expected = hash('sha1', [token, timestamp, nonce].sort().join(''), 'hex');
    const isSigned =
      signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
    if (!isSigned) return null;
    if (aesKey === null) return body;
    const from = body.indexOf(opening) + opening.length;
    const ciphertext = Buffer.from(body.toString('latin1', from, body.indexOf(closing, from)), 'base64');
    const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
    const plain = decipher.update(ciphertext);
    decipher.final();
    return plain.subarray(20, 20 + plain.readUInt32BE(16));
  };
}

function ciphertextsIn(body: Buffer, encodingAesKey: string): Ciphertext[] {
  const [, sealed = ''] = /<Encrypt>([^]*?)<\/Encrypt>/.exec(body.toString('latin1')) ?? [];
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const text = sealed.replace('<![CDATA[', '').replace(']]>', '');
  const plain = decrypted('aes-256-cbc', key, key.subarray(0, 16), Buffer.from(text, 'base64'));
  // 16 random bytes, 4 of the length, an app id of 64 at most, 32 of padding at most.
  const isKeptIn = (payload: Buffer): boolean =>
    plain.includes(payload) && plain.length - payload.length <= 16 + 4 + 64 + 32;
  return [{ sent: body, isKeptIn }];
}
