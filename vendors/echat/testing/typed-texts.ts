import { forgedMark, type TypedDocument } from '../../testing/vendor-attacks.ts';

/** The end of the text's own element, elements of other records, references, comments, and half of each. */
export function forgeries(element: string): string[] {
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
    `chatStaffId=${forgedMark}&visitorId=${forgedMark}`,
  ];
}

const split = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
/** As a vendor writes that knows of no `]]>`: only for texts without one, else the sender itself made structure of it. */
const plain = (text: string): string => `<![CDATA[${text}]]>`;

/** Documents by the element that holds the text. */
const fields: readonly {
  readonly dataType: string;
  readonly element: string;
  readonly write: (text: string, id: string) => string;
}[] = [
  {
    dataType: 'chatScore',
    element: 'scoreSuggest',
    write: (text, id) =>
      `<msgId>${id}</msgId><chatRecordId>1_${id}</chatRecordId><chatScore>1</chatScore><scoreSuggest>${text}</scoreSuggest><chatStaffId>14</chatStaffId><chatStaffName>郑丽文</chatStaffName>`,
  },
  {
    dataType: 'chatContent',
    element: 'chatContent',
    write: (text, id) =>
      `<msgId>${id}</msgId><chatData><chatRecordId>1_${id}</chatRecordId><chatContent>${text}</chatContent></chatData>`,
  },
  {
    dataType: 'crmStatus',
    element: 'name',
    write: (text, id) =>
      `<msgId>${id}</msgId><visitorId>web${id}</visitorId><crmStatus>1</crmStatus><crmData><visitorId>web${id}</visitorId><name>${text}</name><phone>1</phone></crmData>`,
  },
  {
    dataType: 'crmStatus',
    element: 'memo',
    write: (text, id) =>
      `<msgId>${id}</msgId><visitorId>web${id}</visitorId><crmStatus>1</crmStatus><crmData><visitorId>web${id}</visitorId><memo>${text}</memo></crmData>`,
  },
  {
    dataType: 'chatStart',
    element: 'chatPageTitle',
    write: (text, id) =>
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

/** Every text in every element, as honest writers write it, and within documents that have a flaw. */
export function typedTexts(textsFor: (element: string) => readonly string[]): TypedDocument[] {
  const documents: TypedDocument[] = [];
  for (const { dataType, element, write } of fields)
    for (const typed of textsFor(element)) {
      const said = element === 'chatContent' ? turn(typed) : typed;
      const id = (): string => `9${documents.length}`;
      const add = (name: string, isWellFormed: boolean, text: string): void => {
        const content = { dataType, text, secretParts: [{ start: 0, end: text.length }], records: 1 };
        documents.push({ name, typed, isWellFormed, content });
      };
      add(`${element}, sections`, true, `<xml>${write(split(said), id())}</xml>`);
      add(`${element}, references`, true, `<xml>${write(escaped(said), id())}</xml>`);
      if (!said.includes(']]>'))
        add(`${element}, one section`, true, `<xml>${write(plain(said), id())}</xml>`);
      for (const [name, flawed] of Object.entries(flaws)) add(name, false, flawed(write(split(said), id())));
    }
  return documents;
}
