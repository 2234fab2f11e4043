import { fill } from '../../testing/vendor-testing.ts';
import { longNameLengths, numbered, type HostileBody } from '../../testing/vendor-attacks.ts';

const push = (name: string, text: string, dataType = 'chatEnd'): HostileBody => ({
  ...{ name, dataType, body: Buffer.from(text) },
});
/** To a source that encrypts: the document that should hold the ciphertext. */
const sealed = (name: string, text: string): HostileBody => ({
  ...{ name, body: Buffer.from(text), toEncrypted: true },
});

/** Elements that would each repeat the names above them, and transcripts of turns that each become an event. */
export function amplifying(chars: number): HostileBody[] {
  const room = chars - 1_000;
  const name = 'n'.repeat(250);
  return [
    push('empty elements under long names', `<xml><${name}>${fill(room, '<a/>')}</${name}></xml>`),
    push('one transcript of the shortest turns', transcriptOf('1', Math.floor(room / 34)), 'chatContent'),
    push('one transcript at the limit of events', transcriptOf('1', Math.min(9_900, Math.floor(room / 34))), 'chatContent'), // prettier-ignore
  ];
}

/** A chat of so many turns, which all say the same. */
function transcriptOf(id: string, turns: number, said = '好'): string {
  const lines = Array.from({ length: turns }, (_, at) => {
    const [minute, second] = [47 + (Math.floor(at / 60) % 13), String(at % 60).padStart(2, '0')];
    return `${at % 2 === 0 ? 'Ella' : '访客'}>2016-08-17 10:${minute}:${second}\\n${said}`;
  });
  return `<xml><msgId>${id}</msgId><tm>1563864914001</tm><chatData><chatRecordId>1_${id}</chatRecordId><chatContent><![CDATA[对话开始 >>2016-08-17 10:47:01.0\\n${lines.join('\\n')}]]></chatContent></chatData></xml>`;
}

/** An ordinary chat of 200 turns. */
export function manyEvents(id: string): HostileBody {
  return push('a chat', transcriptOf(id, 200, '您好,请问有什么可以帮您的'), 'chatContent');
}

/** Everything that a scanner of XML, its repairs, the reader of transcripts and the reader of envelopes go over. */
export function superlinear(chars: number): HostileBody[] {
  const room = chars - 1_000;
  const xml = Object.entries({
    elements: `<xml>${fill(room, '<a/>')}</xml>`,
    'elements next to a control character': `<xml><c>\u0001</c>${fill(room, '<a>x</a>')}</xml>`,
    'distinct elements': `<xml><c>\u0001</c>${numbered(room, 20, (at) => `<a${at}>x</a${at}>`)}</xml>`,
    attributes: `<xml><c>\u0001</c><b ${numbered(room, 12, (at) => `a${at}="x"`, ' ')}/></xml>`,
    'CDATA sections': `<xml><a>\u0001${fill(room, '<![CDATA[x]]>')}</a></xml>`,
    comments: `<xml><c>\u0001</c>${fill(room, '<!--x-->')}</xml>`,
    'processing instructions': `<xml><c>\u0001</c>${fill(room, '<?x y?>')}</xml>`,
    references: `<xml><a>${fill(room, '&amp;')}</a></xml>`,
    'bare ampersands': `<xml><a>${fill(room, '&a ')}</a></xml>`,
    'references to nothing': `<xml><a>${fill(room, '&#1;')}</a></xml>`,
    'halves of characters': `<xml><a>${fill(room, '&#55357;')}</a></xml>`,
    'mismatched end tags': `<xml>${fill(room, '<a>1</b>')}</xml>`,
    'sections that never end': `<xml>${fill(room, '<a><![CDATA[x]></a>')}</xml>`,
    'sections with one bracket': `<xml>${fill(room, '<a><![CDATA[x]</a>')}</xml>`,
    'start tags alone': fill(room, '<a>'),
    'angle brackets alone': `<xml>${fill(room, '<')}</xml>`,
    'quotes that never end': `<xml>${fill(room, '<a "')}</xml>`,
    'a section of end tags': `<xml><a><![CDATA[${fill(room, ']]</a ')}`,
    'ends of sections': `<xml><a>${fill(room, ']]>')}</a></xml>`,
    'mixed content 90 deep': `<xml>${'<a>'.repeat(90)}${fill(room, 'x<b/>')}${'</a>'.repeat(90)}</xml>`,
    deep: `<xml>${fill(room / 2, '<a>')}${fill(room / 2, '</a>')}</xml>`,
    'no root': fill(room, '<a>1</a>'),
    'comments before the root': `${fill(room, '<!---->')}<xml/>`,
    'XML declarations': `${fill(room, '<?xml version="1.0"?>')}<xml/>`,
    'spaces before the root': `${fill(room, ' ')}<xml/>`,
    'spaces in a text': `<xml><a>${fill(room, ' ')}!</a></xml>`,
    'a transcript of markers': `<xml><chatData><chatContent><![CDATA[${fill(room, '>2016-08-17 ')}]]></chatContent></chatData></xml>`,
  });
  return [
    ...xml.map(([name, text]) => push(`XML, ${name}`, text)),
    ...xml.slice(0, 3).map(([name, text]) => push(`a transcript, ${name}`, text, 'chatContent')),
    sealed('spaces in an envelope', `<xml><Encrypt>AAAA${fill(room, ' ')}!</Encrypt></xml>`),
    sealed('a section of spaces in an envelope', `<xml><Encrypt><![CDATA[AAAA${fill(room, ' ')}!]]></Encrypt></xml>`), // prettier-ignore
    sealed('envelopes alone', fill(room, '<Encrypt>')),
    sealed('empty envelopes', `<xml>${fill(room, '<Encrypt></Encrypt>')}</xml>`),
  ];
}

/** An element with a long name around as many as there is room for. */
export function longNames(chars: number): HostileBody[] {
  const room = chars - 1_000;
  return longNameLengths(room).map((length) => {
    const name = 'x'.repeat(length);
    return push(
      `a name of ${length} in XML`,
      `<xml><${name}>${fill(room - 2 * length, '<a/>')}</${name}></xml>`,
    );
  });
}
