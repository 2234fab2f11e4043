import { decodeText } from '@sluice/vendor-kit/mapping/decode-text';
import { parseEchat } from '../echat/mapping/parse.ts';
import { parseSobot } from '../sobot/mapping/parse.ts';

const hex = (...parts: string[]): Buffer => Buffer.from(parts.join(''), 'hex');
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
/** 中文好, and a word of it that is valid UTF-8 as well. */
const [chinese, ambiguous] = ['d6d0cec4bac3', 'c4a3'];
const declared = (encoding: string): string => ascii(`<?xml version="1.0" encoding="${encoding}"?>`);

test.each<[what: string, payload: Buffer, contentType: string, text: string, repairs: string[]]>([
  ['UTF-8', Buffer.from('中文'), '', '中文', []],
  ['UTF-8 with a byte order mark', Buffer.from('\uFEFF中'), '', '中', []],
  ['GBK by the request', hex(chinese), 'text/xml; charset=GBK', '中文好', ['declared-encoding']],
  [
    'GBK by the request, in quotes',
    hex(chinese),
    'text/xml;charset="gb2312"',
    '中文好',
    ['declared-encoding'],
  ],
  [
    'GB18030 by the document',
    hex(declared('GB18030'), chinese, '9439da33'),
    'text/xml',
    '<?xml version="1.0" encoding="GB18030"?>中文好💩',
    ['declared-encoding'],
  ],
  [
    'GBK by the document, whatever a proxy says',
    hex(declared('gbk'), chinese),
    'text/xml; charset=utf-8',
    '<?xml version="1.0" encoding="gbk"?>中文好',
    ['declared-encoding'],
  ],
  [
    'a word of GBK that is UTF-8 as well',
    hex(ambiguous),
    'text/xml; charset=gbk',
    '模',
    ['declared-encoding'],
  ],
  [
    'a word of it, where the document says so',
    hex(declared('GBK'), ambiguous),
    'text/xml',
    '<?xml version="1.0" encoding="GBK"?>模',
    ['declared-encoding'],
  ],
  ['Big5', hex('a4a4a4e5'), 'application/json; charset=big5', '中文', ['declared-encoding']],
  ['UTF-8 that says GBK', Buffer.from('请问有什么'), 'text/xml; charset=GBK', '请问有什么', []],
  ['UTF-8 that says GBK and is none', Buffer.from('<a>中</a>'), 'text/xml; charset=GBK', '<a>中</a>', []],
  ['UTF-8 that says ISO-8859-1', Buffer.from('中é'), 'text/xml;charset=ISO-8859-1', '中é', []],
  [
    'UTF-8 that says utf-16',
    Buffer.from('<?xml version="1.0" encoding="utf-16"?>中'),
    '',
    '<?xml version="1.0" encoding="utf-16"?>中',
    [],
  ],
  ['UTF-16 with a mark', hex('fffe2d4e'), '', '中', ['declared-encoding']],
  ['UTF-16 of the other order', hex('feff4e2d'), '', '中', ['declared-encoding']],
  ['UTF-16 without a mark', hex('3c0061002d4e'), '', '<a中', ['declared-encoding']],
  ['UTF-16 of the other order without one', hex('007b00224e2d'), '', '{"中', ['declared-encoding']],
  ['half a character of UTF-16', hex('fffe3dd8'), '', '\uFFFD', ['declared-encoding', 'invalid-utf-8']],
  ['CESU-8', hex('eda0bdedb880'), '', '😀', ['cesu-8']],
  ['modified UTF-8', hex(ascii('a'), 'c080', ascii('b')), '', 'a\0b', ['cesu-8']],
  ['CESU-8 beside what is nothing', hex('eda0bdedb880', 'ff'), '', '😀\uFFFD', ['cesu-8', 'invalid-utf-8']],
  ['half a character of CESU-8', hex('eda0bd'), '', '\uFFFD\uFFFD\uFFFD', ['invalid-utf-8']],
  ['an unknown encoding', hex('d6d0'), 'text/xml; charset=nonsense', '\uFFFD\uFFFD', ['invalid-utf-8']],
  [
    'bytes that are not what they say',
    hex('d6ff'),
    'text/xml; charset=gbk',
    '\uFFFD\uFFFD',
    ['invalid-utf-8'],
  ],
])('%s', (_, payload, contentType, text, repairs) => {
  expect(decodeText(payload, contentType)).toEqual({ text, repairs });
});

test('an XML document in another encoding is read, and its bytes stay its content', () => {
  const payload = hex(declared('GBK'), ascii('<xml><a>'), chinese, ascii('</a></xml>'));
  const parsed = parseEchat(payload, 'any', 'text/xml; charset=GBK');
  expect(parsed).toMatchObject({
    outcome: 'parsed',
    repairs: ['declared-encoding'],
    records: [{ content: payload }],
  });
  expect(parsed.outcome === 'parsed' && parsed.records[0]?.fields.text('a')).toBe('中文好');
});

test('a record whose bytes cannot be written again is kept with all of them', () => {
  const payload = hex(ascii('{"content":[{"cid":"'), 'eda0bdedb880', ascii('"},{"cid":}]}'));
  const parsed = parseSobot(payload, 'msg');
  if (parsed.outcome !== 'parsed') throw new Error(parsed.detail);
  expect(parsed.records[0]?.fields.text('cid')).toBe('😀');
  expect(parsed.rejected.map((record) => record.isolate())).toEqual([payload]);
});

test.each([
  ['two marks', '\uFEFF\uFEFF', '', ['surrounding-blank']],
  ['a line break and a mark', '\n\uFEFF', '', ['surrounding-blank']],
  ['white space', ' \n', ' \n', []],
  ['NUL', '', '\0\0', ['surrounding-blank']],
  ['the end of a file', '', '\n\x1a', ['surrounding-blank']],
])('JSON with %s around it is read', (_, before, behind, repairs) => {
  const parsed = parseSobot(Buffer.from(`${before}{"content":[{"cid":"1"}]}${behind}`), 'msg');
  expect(parsed).toMatchObject({ outcome: 'parsed', repairs });
});
