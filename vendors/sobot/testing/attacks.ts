import type { Content } from '@sluice/simulator/vendor-simulator';
import { forgedMark, type TypedDocument, type VendorAttacks } from '../../testing/vendor-attacks.ts';
import { jsonBombs } from '../../testing/json-bombs.ts';
import { amplifying, longNames, superlinear } from './hostile-shapes.ts';

const companyId = '5cc2c708202d4defaf72d4bcac362a55';

/** What JSON, and a list of records within it, allow. */
export const attacks: VendorAttacks = {
  bombs: () => jsonBombs(session),
  textBody: (text, id) => Buffer.from(session(JSON.stringify({ sid: `odd-${id}`, name: text }))),
  amplifying,
  superlinear,
  longNames,
  /** Messages, twenty records a push. */
  eventsAt(times) {
    const batches = Array.from({ length: Math.ceil(times.length / 20) }, (_, at) =>
      times.slice(at * 20, (at + 1) * 20),
    );
    return batches.map((some) =>
      messages(
        some.map((time) => ({
          ...{ companyid: companyId, cid: `odd-${time}`, msgid: `odd-${time}` },
          ...{ timems: String(time), sender_name: '冯建武', msg: '您好', sender_type: '0' },
        })),
      ),
    );
  },
  forgeries: () => [
    `"},{"msgid":"${forgedMark}","cid":"${forgedMark}","senderid":"${forgedMark}"},{"msg":"`,
    `\\"}],"type":"session","company_id":"${forgedMark}","x":["`,
  ],
  typedTexts: (textsFor) =>
    textsFor('msg').flatMap((typed, at) =>
      ['msg', 'sender_name', 'doc_name'].map((field): TypedDocument => {
        const record = {
          ...{ companyid: companyId, cid: `typed-${at}-${field}`, timems: String(Date.now()) },
          ...{ senderid: 'visitor-1', sender_name: '冯建武', msg: '您好' },
          ...{ sender_type: '0', receiver_type: '2', msgid: `typed-${at}-${field}`, [field]: typed },
        };
        return { name: field, content: messages([record]), typed, isWellFormed: true };
      }),
    ),
};

/** The envelope around one record, whose text is given as it stands. */
const session = (record: string): string =>
  `{"sys_code":"sobot","type":"session","company_id":"${companyId}","content":[${record}]}`;

/** A push of messages; the vendor encrypts the list of records. */
function messages(content: readonly object[]): Content {
  const text = JSON.stringify({ sys_code: '21', type: 'msg', content });
  const secretParts = [{ start: text.indexOf('['), end: text.length - 1 }];
  return { dataType: 'msg', text, secretParts, records: content.length };
}
