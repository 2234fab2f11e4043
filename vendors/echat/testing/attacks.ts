import type { HostileBody, VendorAttacks } from '../../testing/vendor-attacks.ts';
import { amplifying, longNames, manyEvents, superlinear } from './hostile-shapes.ts';
import { forgeries, typedTexts } from './typed-texts.ts';

/** What XML, the flaws that the mapping repairs, and transcripts of turns allow. */
export const attacks: VendorAttacks = {
  bombs,
  textBody: (text, id) => Buffer.from(`<xml><msgId>${id}</msgId><chatId><![CDATA[${text}]]></chatId></xml>`),
  amplifying,
  manyEvents,
  superlinear,
  longNames,
  /** Ratings, one a push. */
  eventsAt: (times) =>
    times.map((time) => {
      const text = `<xml><msgId>odd-${time}</msgId><tm>${time}</tm><chatRecordId>1_${time}</chatRecordId><chatScore>5</chatScore></xml>`;
      return { dataType: 'chatScore', text, secretParts: [{ start: 0, end: text.length }], records: 1 };
    }),
  forgeries,
  typedTexts,
};

function bombs(): HostileBody[] {
  const xml = (name: string, body: string | Buffer): HostileBody => ({ name, body: Buffer.from(body) });
  const deep = 5_000;
  const attributes = Array.from({ length: 80_000 }, (_, at) => `a${at}="1"`).join(' ');
  const entities = Array.from(
    { length: 9 },
    (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`,
  ).join('');
  return [
    xml('5,000 levels of XML', `<xml>${'<a>'.repeat(deep)}${'</a>'.repeat(deep)}</xml>`),
    xml('80,000 attributes', `<xml><a ${attributes}/></xml>`),
    xml('a billion laughs', `<!DOCTYPE xml [<!ENTITY e0 "ha">${entities}]><xml>&e9;</xml>`),
    xml('an external entity', '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml>&x;</xml>'),
    xml('NUL in XML', '<xml><msgId>\0</msgId></xml>'),
    xml('a UTF-16 declaration', '<?xml version="1.0" encoding="UTF-16"?><xml><msgId>1</msgId></xml>'),
    xml('UTF-16 bytes', Buffer.from('\ufeff<xml><msgId>2</msgId></xml>', 'utf16le')),
    xml('a GBK declaration', '<?xml version="1.0" encoding="GBK"?><xml><msgId>3</msgId></xml>'),
    xml('a BOM', '\ufeff<xml><msgId>4</msgId></xml>'),
    xml('invalid UTF-8', Buffer.from('3c786d6c3e3c6d736749643ec328fffe3c2f6d736749643e3c2f786d6c3e', 'hex')),
  ];
}
