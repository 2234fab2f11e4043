import { developmentSources } from '@sluice/start/development-sources';
import type { HostileBody } from './hostile-push.ts';

/** A text of at most so many characters, made of repetitions. */
const fill = (unit: string, chars: number): string =>
  unit.repeat(Math.max(0, Math.floor(chars / unit.length)));
const numbered = (chars: number, each: number, one: (at: number) => string, separator = ''): string =>
  Array.from({ length: Math.floor(chars / each) }, (_, at) => one(at)).join(separator);
const body = (text: string): Buffer => Buffer.from(text);
const list = (unit: string, chars: number): string => fill(`${unit},`, chars).slice(0, -1);

const echat = (name: string, text: string, dataType = 'chatEnd'): HostileBody => ({
  ...{ name, sourceId: developmentSources.plain, dataType, body: body(text) },
});
const sobot = (name: string, text: string): HostileBody => ({
  ...{ name, sourceId: developmentSources.open, body: body(text) },
});

/**
 * Bodies that become much more than they are, were each element to carry what is next to it, or each value the names
 * above it.
 * @param chars of each body
 */
export function amplifyingBodies(chars: number): HostileBody[] {
  const room = chars - 1_000;
  const half = Math.floor(room / 2);
  const sealed = (name: string, content: string, padding: number): HostileBody => ({
    ...{ name, sourceId: developmentSources.otherEncrypted },
    body: body(`{"type":"calllog","pad":"${'x'.repeat(padding)}","content":[${content}]}`),
  });
  const beside = numbered(half, 12, (at) => `"k${at}":1`, ',');
  return [
    sealed('elements that do not decrypt, next to a large member', list('"aaaaaaaaaaaaaaaaaaa"', half), half),
    sealed('the same behind one plain element', `"x",${list('"aaaaaaaaaaaaaaaaaaa"', half)}`, half),
    sealed('few elements that do not decrypt, next to a larger one', list('"aaaaaaaaaaaaaaaaaaa"', 20_000), room - 20_000), // prettier-ignore
    sobot('a large member next to 620 records', `{"type":"msg","pad":"${'x'.repeat(room - 1_300)}","content":[${list('1', 1_240)}]}`), // prettier-ignore
    sobot('a large member next to 1,000 records', `{"type":"msg","pad":"${'x'.repeat(room - 2_000)}","content":[${list('1', 2_000)}]}`), // prettier-ignore
    sobot('a large member next to as many records as there is room', `{"type":"msg","pad":"${'x'.repeat(half)}","content":[${list('1', half)}]}`), // prettier-ignore
    sobot('nothing but records', `{"type":"msg","content":[${list('1', room)}]}`),
    sobot('many members next to many records', `{"type":"msg",${beside},"content":[${list('{}', half)}]}`),
    sobot('many members next to 900 records', `{"type":"msg",${beside},"content":[${list('{}', 2_700)}]}`),
    sobot('900 records of empty texts', `{"type":"msg","content":[${list(`{"msg":[${list('""', 1_000)}]}`, room)}]}`), // prettier-ignore
    echat('empty elements under long names', `<xml><${'n'.repeat(250)}>${fill('<a/>', room)}</${'n'.repeat(250)}></xml>`), // prettier-ignore
    echat('one transcript of the shortest turns', transcriptOf('1', Math.floor(room / 34)), 'chatContent'),
    echat('one transcript at the limit of events', transcriptOf('1', Math.min(9_900, Math.floor(room / 34))), 'chatContent'), // prettier-ignore
  ];
}

/** A staff page's batch whose member next to the actions is large: the largest batch that is taken has 256 KiB. */
export function amplifyingBatch(chars: number): Buffer {
  const actions = Math.min(2_400, Math.floor(chars / 4));
  return body(`{"sdk":"${'x'.repeat(chars - 2 * actions - 100)}","actions":[${list('1', 2 * actions)}]}`);
}

/** A chat of so many turns, which all say the same. */
export function transcriptOf(id: string, turns: number, said = '好'): string {
  const lines = Array.from({ length: turns }, (_, at) => {
    const [minute, second] = [47 + (Math.floor(at / 60) % 13), String(at % 60).padStart(2, '0')];
    return `${at % 2 === 0 ? 'Ella' : '访客'}>2016-08-17 10:${minute}:${second}\\n${said}`;
  });
  return `<xml><msgId>${id}</msgId><tm>1563864914001</tm><chatData><chatRecordId>1_${id}</chatRecordId><chatContent><![CDATA[对话开始 >>2016-08-17 10:47:01.0\\n${lines.join('\\n')}]]></chatContent></chatData></xml>`;
}

/**
 * Bodies that take long where the work grows faster than the length.
 * @param chars of each body
 */
export function superlinearBodies(chars: number): HostileBody[] {
  const room = chars - 1_000;
  const xml = Object.entries({
    elements: `<xml>${fill('<a/>', room)}</xml>`,
    'elements next to a control character': `<xml><c>\u0001</c>${fill('<a>x</a>', room)}</xml>`,
    'distinct elements': `<xml><c>\u0001</c>${numbered(room, 20, (at) => `<a${at}>x</a${at}>`)}</xml>`,
    attributes: `<xml><c>\u0001</c><b ${numbered(room, 12, (at) => `a${at}="x"`, ' ')}/></xml>`,
    'CDATA sections': `<xml><a>\u0001${fill('<![CDATA[x]]>', room)}</a></xml>`,
    comments: `<xml><c>\u0001</c>${fill('<!--x-->', room)}</xml>`,
    'processing instructions': `<xml><c>\u0001</c>${fill('<?x y?>', room)}</xml>`,
    references: `<xml><a>${fill('&amp;', room)}</a></xml>`,
    'bare ampersands': `<xml><a>${fill('&a ', room)}</a></xml>`,
    'references to nothing': `<xml><a>${fill('&#1;', room)}</a></xml>`,
    'halves of characters': `<xml><a>${fill('&#55357;', room)}</a></xml>`,
    'mismatched end tags': `<xml>${fill('<a>1</b>', room)}</xml>`,
    'sections that never end': `<xml>${fill('<a><![CDATA[x]></a>', room)}</xml>`,
    'sections with one bracket': `<xml>${fill('<a><![CDATA[x]</a>', room)}</xml>`,
    'start tags alone': fill('<a>', room),
    'angle brackets alone': `<xml>${fill('<', room)}</xml>`,
    'quotes that never end': `<xml>${fill('<a "', room)}</xml>`,
    'a section of end tags': `<xml><a><![CDATA[${fill(']]</a ', room)}`,
    'ends of sections': `<xml><a>${fill(']]>', room)}</a></xml>`,
    'mixed content 90 deep': `<xml>${'<a>'.repeat(90)}${fill('x<b/>', room)}${'</a>'.repeat(90)}</xml>`,
    deep: `<xml>${fill('<a>', room / 2)}${fill('</a>', room / 2)}</xml>`,
    'no root': fill('<a>1</a>', room),
    'comments before the root': `${fill('<!---->', room)}<xml/>`,
    'XML declarations': `${fill('<?xml version="1.0"?>', room)}<xml/>`,
    'spaces before the root': `${fill(' ', room)}<xml/>`,
    'spaces in a text': `<xml><a>${fill(' ', room)}!</a></xml>`,
    'a transcript of markers': `<xml><chatData><chatContent><![CDATA[${fill('>2016-08-17 ', room)}]]></chatContent></chatData></xml>`,
  });
  const json = Object.entries({
    'numbers without commas': `{"type":"msg","content":[{${fill('1 ', room)}}]}`,
    commas: `{"type":"msg","content":[${fill(',', room)}]}`,
    'escaped letters': `{"type":"msg","content":[{"a":"${fill('\\u00e9', room)}"}]}`,
    'a text that never ends': `{"type":"msg","content":["${fill('a', room)}`,
    backslashes: `{"type":"msg","content":["${fill('\\\\', room)}"]}`,
    'distinct names': `{"type":"msg","content":[{${numbered(room, 12, (at) => `"k${at}":1`, ',')}}]}`,
    'one name again and again': `{"type":"msg","content":[{${list('"k":1', room)}}]}`,
    'members next to the records': `{"type":"msg",${numbered(room, 12, (at) => `"k${at}":1`, ',')},"content":[{},{}]}`,
    'arrays 90 deep': `{"type":"msg","content":[${'['.repeat(90)}${list('1', room)}${']'.repeat(90)}]}`,
    deep: `{"type":"msg","content":[${fill('[', room / 2)}${fill(']', room / 2)}]}`,
    'halves of characters': `{"type":"msg","content":[{"a":"${fill('\\ud83d', room)}"}]}`,
    comments: `{"type":"msg","content":[${fill('/*x*/', room)}]}`,
    'quotes alone': fill('"', room),
    braces: `{${fill('"":{},', room)}}`,
    'spaces in a record': `{"type":"msg","content":[${fill(' ', room)}{}]}`,
    'raw line breaks in a text': `{"type":"msg","content":[{"a":"${fill('\n\t', room)}"}]}`,
    'JSON within a text': JSON.stringify({
      type: 'session',
      content: [{ params: `[${list('1', room / 2)}]` }],
    }),
  });
  const sealed: HostileBody[] = [
    [
      developmentSources.encrypted,
      'spaces in an envelope',
      `<xml><Encrypt>AAAA${fill(' ', room)}!</Encrypt></xml>`,
    ],
    [developmentSources.encrypted, 'a section of spaces in an envelope', `<xml><Encrypt><![CDATA[AAAA${fill(' ', room)}!]]></Encrypt></xml>`], // prettier-ignore
    [developmentSources.encrypted, 'envelopes alone', fill('<Encrypt>', room)],
    [developmentSources.encrypted, 'empty envelopes', `<xml>${fill('<Encrypt></Encrypt>', room)}</xml>`],
    [
      developmentSources.otherEncrypted,
      'spaces for ciphertext',
      `{"sys_code":"21","type":"msg","content":"${fill(' ', room)}!"}`,
    ],
    [
      developmentSources.otherEncrypted,
      'ciphertext and spaces',
      `{"sys_code":"21","type":"msg","content":"${fill('A ', room)}!"}`,
    ],
    [
      developmentSources.otherEncrypted,
      'escaped ciphertext',
      `{"sys_code":"21","type":"msg","content":"${fill('\\u0041', room)}"}`,
    ],
    [developmentSources.otherEncrypted, 'members next to the ciphertext', `{"type":"msg",${numbered(room, 12, (at) => `"k${at}":1`, ',')},"content":"AAAA"}`], // prettier-ignore
    [developmentSources.otherEncrypted, 'brackets alone', fill('[{"a":', room)],
  ].map(([sourceId = '', name = '', text = '']) => ({ sourceId, name, body: body(text) }));
  return [
    ...xml.map(([name, text]) => echat(`XML, ${name}`, text)),
    ...xml.slice(0, 3).map(([name, text]) => echat(`a transcript, ${name}`, text, 'chatContent')),
    ...json.map(([name, text]) => sobot(`JSON, ${name}`, text)),
    ...sealed,
  ];
}

/**
 * One long name above many values, of which every path repeats it.
 * @param chars of each body
 */
export function longNameBodies(chars: number): HostileBody[] {
  const room = chars - 1_000;
  return [20_000, 200_000, Math.floor(room / 3)]
    .filter((length) => length < room / 2)
    .flatMap((length) => {
      const name = 'x'.repeat(length);
      return [
        sobot(`a name of ${length} in JSON`, `{"type":"msg","content":[{"${name}":[${list('1', room - length)}]}]}`), // prettier-ignore
        sobot(`a name of ${length} above objects`, `{"type":"msg","content":[{"${name}":[${list('{"a":{"b":1}}', room - length)}]}]}`), // prettier-ignore
        echat(
          `a name of ${length} in XML`,
          `<xml><${name}>${fill('<a/>', room - 2 * length)}</${name}></xml>`,
        ),
      ];
    });
}
