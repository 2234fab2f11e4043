import { createCipheriv, hash, randomBytes } from 'node:crypto';
import { Secret } from '@sluice/service/secret';
import type { SobotSource } from '../settings.ts';
import { sourceOf } from '../../testing/golden-source.ts';
import { decodeSobot } from './decode.ts';

const head = { query: {}, header: () => undefined };
const sealed = sourceOf('sobot') as SobotSource;
const withKeys = (current: string, previous: string): SobotSource => ({
  ...sealed,
  aesKey: { current: new Secret(current), previous: new Secret(previous) },
});
const runs = 20_000;

function encryptWhole(text: Buffer, key: string): string {
  const bytes = Buffer.from(key + key.slice(0, 16 - key.length));
  const padded = Buffer.concat([text, Buffer.alloc((16 - (text.length % 16)) % 16)]);
  const cipher = createCipheriv('aes-128-cbc', bytes, bytes).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}

function encryptElement(text: Buffer, key: string): string {
  const aesKey = hash('sha1', hash('sha1', key, 'buffer'), 'buffer').subarray(0, 16);
  const cipher = createCipheriv('aes-128-ecb', aesKey, null);
  return Buffer.concat([cipher.update(text), cipher.final()]).toString('hex');
}

/** From a few bytes to some hundred: short texts are the ones that random bytes resemble most. */
function randomRecord(at: number): object {
  const record = { cid: randomBytes(at % 16).toString('hex'), msg: '到还款日,延期3天怎么算'.repeat(at % 4) };
  return at % 3 === 0 ? { c: at % 10 } : record;
}

const schemes = [
  {
    name: 'a whole content',
    body: (records: string[], key: string) =>
      JSON.stringify({ type: 'msg', content: encryptWhole(Buffer.from(`[${records.join(',')}]`), key) }),
  },
  {
    name: 'the elements of a calllog',
    body: (records: string[], key: string) =>
      JSON.stringify({
        type: 'calllog',
        content: records.map((one) => encryptElement(Buffer.from(one), key)),
      }),
  },
] as const;

describe.each(schemes)('a key opens $name on proof', ({ name, body }) => {
  const type = name === 'a whole content' ? 'msg' : 'calllog';

  test.each(['current', 'previous', 'neither'] as const)('under %s', (under) => {
    const wrong: number[] = [];
    for (let at = 0; at < runs; at += 1) {
      const [right, other] = [randomBytes(8).toString('hex'), randomBytes(4 + (at % 5)).toString('hex')];
      const records = Array.from({ length: 1 + (at % 3) }, (_, one) =>
        JSON.stringify(randomRecord(at + one)),
      );
      const keys = {
        current: [right, other],
        previous: [other, right],
        neither: [other, `${other}1`.slice(-16)],
      } as const;
      const [current, previous] = keys[under];
      const sent = Buffer.from(body(records, right));
      const { payload, keyUsed, undecodable } = decodeSobot(sent, head, withKeys(current, previous));
      const isRight =
        under === 'neither'
          ? payload === null && undecodable.length === 1 && undecodable[0]?.payload.equals(sent) === true
          : undecodable.length === 0 &&
            keyUsed === under &&
            String(payload) === `{"type":"${type}","content":[${records.join(',')}]}`;
      if (!isRight) wrong.push(at);
    }
    expect(wrong).toEqual([]);
  });
});

const surrogates = Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x22]);
const gbk = Buffer.concat([Buffer.from('"'), Buffer.from([0xc4, 0xe3, 0x81, 0x5c]), Buffer.from('"')]);
const around = (text: Buffer) => Buffer.concat([Buffer.from('[{"cid":"1","msg":'), text, Buffer.from('}]')]);

describe('text that vendors get wrong still opens under the right key', () => {
  const texts: readonly [name: string, text: Buffer | string, kept?: string][] = [
    ['a comma behind the last member', '[{"cid":"1",}]'],
    ['an element left out', '[{"cid":"1"},]'],
    ['a line break within a string', '[{"cid":"1","msg":"a\nb\u0001\u000b"}]'],
    ['a lone surrogate', '[{"cid":"1","msg":"\\ud83d"}]'],
    ['names that are not ASCII', '[{"编号":"一二三四五六七八九十","内容":"到还款日",}]'],
    ['characters of CESU-8', around(surrogates)],
    ['GBK, whose second bytes may be a backslash', around(gbk)],
    ['a character that is cut', around(Buffer.from([0x22, 0xe4, 0xbd, 0x22]))],
    ['a byte order mark', '\ufeff[{"cid":"1"}]', '[{"cid":"1"}]'],
    ['two of them', '\ufeff\ufeff [{"cid":"1"}]', '[{"cid":"1"}]'],
    ['one record without a list', '{"cid":"1"}'],
    ['an empty list', '[]'],
    ['padding of NULs', '[{"cid":"1"}]\0\0\0', '[{"cid":"1"}]'],
    ['padding of PKCS', `[{"cid":"12"}]${'\u0012'.repeat(18)}`, '[{"cid":"12"}]'],
    ['a line break at its end', '[{"cid":"1"}]\r\n', '[{"cid":"1"}]'],
  ];
  test.each(texts.map(([name, text, kept = text]) => [name, text, kept] as const))(
    '%s',
    (_name, text, kept) => {
      const bytes = Buffer.from(text);
      const body = Buffer.from(`{"type":"msg","content":"${encryptWhole(bytes, 'aKeyOfTest')}"}`);
      const { payload } = decodeSobot(body, head, withKeys('another1', 'aKeyOfTest'));
      const content = Buffer.from(kept);
      const wanted = Buffer.concat([Buffer.from('{"type":"msg","content":'), content, Buffer.from('}')]);
      expect(payload?.toString('latin1')).toBe(wanted.toString('latin1'));
    },
  );

  test('base64 in lines, in the alphabet for URLs, without its padding', () => {
    const ciphertext = encryptWhole(Buffer.from(JSON.stringify([{ cid: 'x'.repeat(300) }])), 'aKeyOfTest');
    const lines = ciphertext.replaceAll(/(.{76})/g, '$1\r\n');
    const forUrls = ciphertext.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    for (const text of [
      lines,
      forUrls,
      lines.replaceAll('\r\n', '\\r\\n'),
      ciphertext.replaceAll('/', '\\/'),
    ])
      expect(
        decodeSobot(
          Buffer.from(`{"type":"msg","content":"${text}"}`),
          head,
          withKeys('aKeyOfTest', 'another1'),
        ),
      ).toMatchObject({ keyUsed: 'current', undecodable: [] });
  });
});

test.each([
  ['text behind the value', '[{"cid":"1"}] and more'],
  ['a second value', '[{"cid":"1"}][{"cid":"2"}]'],
  ['a value that is cut', '[{"cid":"1"},{"cid":'],
  ['a text', '"a text that is long enough to be a ciphertext, and more"'],
  ['a number', '123456789012345678901234567890123456789012345678901234567890'],
  ['words', 'hello, world'],
])('%s is kept as it was received: nothing is cut', (_name, text) => {
  const body = Buffer.from(`{"type":"msg","content":"${encryptWhole(Buffer.from(text), 'aKeyOfTest')}"}`);
  expect(decodeSobot(body, head, withKeys('aKeyOfTest', 'another1'))).toMatchObject({
    payload: null,
    undecodable: [{ payload: body, reason: 'UNDECRYPTABLE' }],
  });
});

test('an envelope with marks, raw control characters, CESU-8 or GBK is found, and its bytes continue untouched', () => {
  const plain = { ...sealed, aesKey: null };
  const marks = Buffer.from('\ufeff\ufeff\r\n');
  const envelope = (text: Buffer) =>
    Buffer.concat([Buffer.from('{"type":"msg","note":'), text, Buffer.from(',"content":[{"cid":"1"}]}')]);
  for (const text of [surrogates, gbk, Buffer.from('"a\n\t\u0001b"')])
    for (const body of [envelope(text), Buffer.concat([marks, envelope(text)])])
      expect(decodeSobot(body, head, plain)).toMatchObject({
        payload: body,
        dataType: 'msg',
        undecodable: [],
      });
});
