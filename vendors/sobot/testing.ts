import { createCipheriv, hash } from 'node:crypto';
import {
  decrypted,
  withoutPadding,
  type Ciphertext,
  type SentRecord,
  type SentValue,
  type TestKeys,
  type TestPush,
  type VendorTesting,
} from '../testing/vendor-testing.ts';
import { attacks } from './testing/attacks.ts';

export const testing: VendorTesting = {
  coverageNote:
    "`ticket` and `calllog` are only named by Sobot's page; their known fields are in the tables of `ticket.v1` and `call.v1`. The envelope of Sobot (`sys_code`) stays in `attributes`; its `type` is `meta.data_type`.",
  writeRecord,
  keys: [
    { token: 'appKeyOfTests', aesKey: '1234567890abcdef' },
    { token: 'anotherAppKey', aesKey: 'shortKey' },
  ],
  settings: { companyIds: ['branchOfTests', 'companyOfTests'] },
  signed: { signature: 'x-log-sign', time: 'x-log-timestamp', behindTime: 'x-log-randomcode' },
  writePush,
  ciphertextsIn,
  encryptRecord,
  namedInSchemas: true,
  attacks,
};

function writeRecord(fields: readonly (readonly [string, string])[]): SentRecord {
  const sent: SentValue[] = [];
  const members = fields.map(([sentName, value], at) => {
    // Some values as numbers, as objects and as lists: vendors send what their tables do not say.
    const name = JSON.stringify(sentName);
    // A name with a dot is one step.
    const path = sentName.includes('.') ? `[${name}]` : sentName;
    if (at % 7 === 5) {
      sent.push({ path: `${path}.inner`, value });
      return `${name}: {"inner": ${JSON.stringify(value)}}`;
    }
    if (at % 11 === 3) {
      sent.push({ path: `${path}[0]`, value });
      return `${name}: [${JSON.stringify(value)}]`;
    }
    if (/^(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value)) {
      sent.push({ path, value });
      return `${name}: ${value}`;
    }
    sent.push({ path, value });
    return `${name}: ${JSON.stringify(value)}`;
  });
  return { payload: `{"sys_code":"21","type":"x","content":[{${members.join(', ')}}]}`, sent };
}

/** The forwarding document, "在线消息转发". */
function writePush(payload: Buffer, { token, aesKey }: TestKeys, nowMs: number): TestPush {
  const timestamp = String(nowMs);
  const randomCode = '471108150042';
  const sign = hash('md5', `companyOfTests${timestamp}${randomCode}${token}`, 'hex');
  return {
    query: {},
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-log-timestamp': timestamp,
      'x-log-randomcode': randomCode,
      'x-log-sign': sign,
    },
    body: aesKey === null ? payload : encrypted(payload, aesKey),
  };
}

/** The envelope with its `content`, which is its last member, as one ciphertext: AES-128-CBC, filled up with NULs. */
function encrypted(payload: Buffer, key: string): Buffer {
  const name = '"content":';
  const start = payload.indexOf(name) + name.length;
  const end = payload.lastIndexOf('}');
  const content = payload.subarray(start, end);
  const bytes = Buffer.from((key + key).slice(0, 16));
  const cipher = createCipheriv('aes-128-cbc', bytes, bytes).setAutoPadding(false);
  const ciphertext = Buffer.concat([
    cipher.update(content),
    cipher.update(Buffer.alloc(-content.length & 15)),
    cipher.final(),
  ]);
  return Buffer.concat([
    payload.subarray(0, start),
    Buffer.from(JSON.stringify(ciphertext.toString('base64'))),
    payload.subarray(end),
  ]);
}

/** What Java's SHA1PRNG makes of the key. */
const recordKeyOf = (key: string): Buffer =>
  hash('sha1', hash('sha1', Buffer.from(key), 'buffer'), 'buffer').subarray(0, 16);

/** A record of the call log: AES-128-ECB. */
function encryptRecord(record: string, key: string): string {
  const cipher = createCipheriv('aes-128-ecb', recordKeyOf(key), null);
  return Buffer.concat([cipher.update(record), cipher.final()]).toString('hex');
}

function ciphertextsIn(body: Buffer, aesKey: string): Ciphertext[] {
  const extended = Buffer.from((aesKey + aesKey).slice(0, 16));
  const [, sealed = '""'] = /"content":("(?:[^"\\]|\\.)*")/.exec(body.toString('latin1')) ?? [];
  const plain = decrypted('aes-128-cbc', extended, extended, Buffer.from(base64In(sealed), 'base64'));
  const whole = { sent: body, isKeptIn: (payload: Buffer) => payload.includes(withoutPadding(plain)) };
  const records = Array.from(body.toString('latin1').matchAll(/"([\dA-Fa-f]{32,})"/g), ([, hex = '']) => {
    const text = decrypted('aes-128-ecb', recordKeyOf(aesKey), null, Buffer.from(hex, 'hex'));
    const record = text.subarray(0, text.length - (text.at(-1) ?? 0));
    return { sent: Buffer.from(hex), isKeptIn: (payload: Buffer) => payload.includes(record) };
  });
  return [whole, ...records];
}

/** The characters of a JSON string but those that some writers break long lines by. */
function base64In(literal: string): string {
  try {
    return String(JSON.parse(literal)).replaceAll(/&#(?:\d+|x[\da-f]+);/gi, '');
  } catch {
    return '';
  }
}
