import type { PlainPush } from '@sluice/simulator/push';

/** What a field holds only when it was forged, or when the field is the text that it was typed into. */
export const forgedMark = 'forged-by-a-visitor';

/** A document with a text that a person typed, and how it was written. */
export interface TypedDocument extends Pick<PlainPush, 'vendor' | 'dataType' | 'text'> {
  readonly name: string;
  readonly typed: string;
  /** False where the document has a flaw that only a repair reads: it may end as a dead letter. */
  readonly isWellFormed: boolean;
}

/**
 * What a person types who knows how the vendors write: the end of the text's own element, elements and members of other
 * records, what the gateway itself says, references, comments, and half of each. Each is told from the others by its ends.
 */
function fragments(element: string): string[] {
  const staff = `<chatStaffId>${forgedMark}</chatStaffId><chatStaffName>${forgedMark}</chatStaffName>`;
  const contact = `<crmData><visitorId>${forgedMark}</visitorId><name>${forgedMark}</name></crmData>`;
  const open = `<${element}><![CDATA[`;
  return [
    `bad]></${element}>${staff}${open}x`,
    `bad]]</${element}>${staff}${open}x`,
    `bad]]></${element}>${staff}${open}x`,
    `bad</${element}>${staff}<${element}>x`,
    `hi]></${element}></chatData>${contact}<chatData>${open}y`,
    `hi]]></${element}></chatData>${contact}<chatData>${open}y`,
    `</${element}></xml><xml>${staff}<${element}>`,
    `&#93;&#93;&gt;&lt;/${element}&gt;${staff}&lt;${element}&gt;`,
    `<!-- ]]> --></${element}>${staff}<?xml version="1.0"?>`,
    `<!DOCTYPE xml [<!ENTITY a "${forgedMark}">]>&a;`,
    `"},{"msgid":"${forgedMark}","cid":"${forgedMark}","senderid":"${forgedMark}"},{"msg":"`,
    `\\"}],"type":"session","company_id":"${forgedMark}","x":["`,
    `{"gateway":{"staff":"${forgedMark}"},"gateway.staff":"${forgedMark}","staffId":"${forgedMark}"}`,
    `chatStaffId=${forgedMark}&visitorId=${forgedMark}`,
  ].map((text, at) => `typed ${at}: ${text} :${at} typed`);
}

const split = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
/** As a vendor writes that knows of no `]]>`: only for texts without one, else the sender itself made structure of it. */
const plain = (text: string): string => `<![CDATA[${text}]]>`;

/** Echat's documents by the element that holds the text. */
const echatDocuments: readonly {
  readonly dataType: string;
  readonly element: string;
  readonly xml: (text: string, id: string) => string;
}[] = [
  {
    dataType: 'chatScore',
    element: 'scoreSuggest',
    xml: (text, id) =>
      `<msgId>${id}</msgId><chatRecordId>1_${id}</chatRecordId><chatScore>1</chatScore><scoreSuggest>${text}</scoreSuggest><chatStaffId>14</chatStaffId><chatStaffName>郑丽文</chatStaffName>`,
  },
  {
    dataType: 'chatContent',
    element: 'chatContent',
    xml: (text, id) =>
      `<msgId>${id}</msgId><chatData><chatRecordId>1_${id}</chatRecordId><chatContent>${text}</chatContent></chatData>`,
  },
  {
    dataType: 'crmStatus',
    element: 'name',
    xml: (text, id) =>
      `<msgId>${id}</msgId><visitorId>web${id}</visitorId><crmStatus>1</crmStatus><crmData><visitorId>web${id}</visitorId><name>${text}</name><phone>1</phone></crmData>`,
  },
  {
    dataType: 'crmStatus',
    element: 'memo',
    xml: (text, id) =>
      `<msgId>${id}</msgId><visitorId>web${id}</visitorId><crmStatus>1</crmStatus><crmData><visitorId>web${id}</visitorId><memo>${text}</memo></crmData>`,
  },
  {
    dataType: 'chatStart',
    element: 'chatPageTitle',
    xml: (text, id) =>
      `<msgId>${id}</msgId><visitorId>web${id}</visitorId><chatStatus>1</chatStatus><chatData><chatPageTitle>${text}</chatPageTitle><chatRecordId>1_${id}</chatRecordId><chatType>1</chatType><chatStaffId>14</chatStaffId></chatData>`,
  },
];

const turn = (typed: string): string =>
  `对话开始 >>2016-08-17 10:47:01.0\\n访客>2016-08-17 10:47:08\\n${typed}\\nElla>2016-08-17 10:47:13\\n您好`;

/** Malformations that repairs read: a text within them must still stay one. */
const flaws: Readonly<Record<string, (xml: string) => string>> = {
  'a control character': (xml) => `<xml><c1>a\u0001b</c1>${xml}</xml>`,
  'no root': (xml) => `${xml}<c1>1</c1>`,
  'an end tag with another name': (xml) => `<xml><skillName>a</skillNanme>${xml}</xml>`,
  'a bare ampersand': (xml) => `<xml><c1>a & b</c1>${xml}</xml>`,
  'a section that is closed by one bracket': (xml) => `<xml><styleId><![CDATA[1]></styleId>${xml}</xml>`,
};

/** Every fragment in every text of Echat's, as honest writers write it, and within documents that have a flaw. */
export function typedIntoEchat(): TypedDocument[] {
  const documents: TypedDocument[] = [];
  for (const { dataType, element, xml } of echatDocuments)
    for (const typed of fragments(element)) {
      const content = element === 'chatContent' ? turn(typed) : typed;
      const written = [
        { name: 'sections', content: split(content) },
        { name: 'references', content: escaped(content) },
        ...(content.includes(']]>') ? [] : [{ name: 'one section', content: plain(content) }]),
      ];
      for (const { name: how, content: text } of written) {
        const body = xml(text, `9${documents.length}`);
        const name = `${element}, ${how}`;
        documents.push({ ...{ vendor: 'echat', dataType, name, typed, isWellFormed: true }, text: `<xml>${body}</xml>` }); // prettier-ignore
      }
      for (const [name, flawed] of Object.entries(flaws)) {
        const text = flawed(xml(split(content), `9${documents.length}`));
        documents.push({ vendor: 'echat', dataType, name, typed, isWellFormed: false, text });
      }
    }
  return documents;
}

/** Every fragment in the texts of Sobot's messages, twenty records a push. */
export function typedIntoSobot(): TypedDocument[] {
  return fragments('msg').flatMap((typed, at) =>
    (['msg', 'sender_name', 'doc_name'] as const).map((field): TypedDocument => {
      const record = {
        ...{ companyid: '5cc2c708202d4defaf72d4bcac362a55', cid: `typed-${at}-${field}`, timems: String(Date.now()) },
        ...{ senderid: 'visitor-1', sender_name: '冯建武', msg: '您好', sender_type: '0', receiver_type: '2' },
        ...{ msgid: `typed-${at}-${field}`, [field]: typed },
      }; // prettier-ignore
      const text = JSON.stringify({ sys_code: '21', type: 'msg', content: [record] });
      return { vendor: 'sobot', dataType: 'msg', name: field, typed, isWellFormed: true, text };
    }),
  );
}

/** Actions of a page that has no ticket: every fragment in every text, and members that are named as the gateway's. */
export function typedIntoPages(): { readonly typed: string; readonly action: object }[] {
  const common = { session: 's', result: 'done', at: Date.now(), staffId: 'me' };
  const named = [
    { 'gateway.staff': forgedMark, 'gateway.page': forgedMark },
    { gateway: { staff: forgedMark, page: forgedMark } },
    { batch: { sdk: forgedMark }, 'batch.sdk': forgedMark, staff: forgedMark, page: forgedMark },
    { meta: { event_id: forgedMark }, 'meta.source_id': forgedMark, staff_verified: true },
  ].map((members) => ({ typed: '', action: { action: 'setVisitorChatSign', ...members } }));
  const texts = fragments('memo').map((typed) => ({
    typed,
    action: {
      ...{ action: 'pushVisitorEvent', reason: typed, parameter: typed, staffName: typed },
      ...{ card: { eventId: '1', title: typed, content: typed, memo: typed }, contact: { name: typed, memo: typed } },
    }, // prettier-ignore
  }));
  return [...named, ...texts].map(({ typed, action }, at) => ({
    typed,
    action: { id: `typed-${at}`, ...common, ...action },
  }));
}
