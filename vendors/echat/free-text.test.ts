import fc from 'fast-check';
import { expectTextOnly, jsonRecords, jsonTexts, markOf, named, typed } from '../testing/free-text.ts';
import { useNormalize } from '../testing/golden-source.ts';

const normalize = useNormalize();

/** XML ends lines by `\n`, and UTF-8 holds no half of a character. */
const inXml = (text: string): string => text.toWellFormed().replaceAll(/\r\n?/g, '\n');

/** CDATA as it must be written: no section holds its own end. */
const properly = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
/** The same of a writer that drops what a section cannot hold. */
const dropping = (text: string): string => `<![CDATA[${text.replaceAll(']]', '')}]]>`;
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '&#13;');

interface Embedding {
  readonly write: (text: string) => string;
  readonly read: (text: string) => string;
}

const embeddings: readonly Embedding[] = [
  { write: properly, read: inXml },
  { write: dropping, read: (text) => inXml(text.replaceAll(']]', '')) },
  // `>` alone need not be escaped, but behind `]]`, where the reader is forgiving.
  { write: escaped, read: (text) => text.toWellFormed() },
];

/** An Echat document with the flaws of the vendor's own samples, and texts in it that a person types. */
interface Document {
  readonly dataType: string;
  readonly texts: readonly string[];
  /** @param flaws how the samples' flawed elements are written */
  readonly write: (values: Readonly<Record<string, string>>, flaws: Flaws) => string;
}

interface Flaws {
  readonly section: (name: string, value: string) => string;
  readonly misnamed: (name: string, value: string) => string;
  readonly isRootless: boolean;
}

const section =
  (end: string) =>
  (name: string, value: string): string =>
    `<${name}><![CDATA[${value}${end}</${name}>`;
const sections = [section(']]>'), section(']>'), section(']]')];
const misnamed = [
  (name: string, value: string) => `<${name}>${value}</${name}>`,
  (name: string, value: string) => `<${name}>${value}</${name.slice(0, -1)}>`,
  (name: string, value: string) => `<${name}><![CDATA[${value}]]></${name}s>`,
];

const documents: readonly Document[] = [
  {
    dataType: 'chatScore',
    texts: ['scoreSuggest', 'unheardOf', 'chatStaffName'],
    write: (t, flaws) => `<msgId><![CDATA[1]]></msgId>${flaws.section('tm', '1563864914001')}
      <chatRecordId><![CDATA[1_5987809]]></chatRecordId><chatScore><![CDATA[1]]></chatScore>
      <unheardOf>${t.unheardOf}</unheardOf><scoreSuggest>${t.scoreSuggest}</scoreSuggest>
      ${flaws.misnamed('chatStaffId', '14')}<chatStaffName>${t.chatStaffName}</chatStaffName>`,
  },
  {
    dataType: 'crmStatus',
    texts: ['name', 'memo', 'c1'],
    write: (t, flaws) => `<msgId>1</msgId><crmStatus>1</crmStatus><visitorId>web7</visitorId>
      ${flaws.section('staffId', '7')}${flaws.misnamed('staffLogname', 'abc')}
      <crmData><visitorId>web7</visitorId><name>${t.name}</name><memo>${t.memo}</memo><c1>${t.c1}</c1></crmData>`,
  },
  {
    dataType: 'visitorEnter',
    texts: ['visitorName', 'firstPageTitle', 'lastChatStaffName'],
    write: (t, flaws) => `<msgId>1</msgId><visitorData><visitorId>web7</visitorId>
      <visitorName>${t.visitorName}</visitorName>${flaws.section('screenResolution', '1920*1080')}
      <firstPageTitle>${t.firstPageTitle}</firstPageTitle><lastChatStaffName>${t.lastChatStaffName}</lastChatStaffName>
      </visitorData><routeData>${flaws.section('styleId', '201')}<routeId>1</routeId></routeData>
      <trackData>${flaws.misnamed('trackRecordId', '123456')}<visitTimes>3</visitTimes></trackData>`,
  },
  {
    dataType: 'chatContent',
    texts: ['chatContent', 'title'],
    write: (t, flaws) => `<msgId>2</msgId>${flaws.section('tm', '1563864914001')}<chatData>
      ${flaws.misnamed('chatRecordId', '1_5987809')}<chatContent>${t.chatContent}</chatContent></chatData>
      <title>${t.title}</title>`,
  },
];

const fieldsOnly = documents.filter(({ dataType }) => dataType !== 'chatContent');

test.each(fieldsOnly)(
  'Echat $dataType: a text that somebody typed is that text, and no other field changes',
  ({ dataType, texts, write }) => {
    const arbitrary = fc.record({
      values: fc.tuple(
        ...texts.map(() => typed([...texts, 'styleId', 'tm', 'staffId', 'chatStaffId', 'trackRecordId'])),
      ),
      embedding: fc.constantFrom(...embeddings),
      section: fc.constantFrom(...sections),
      misnamed: fc.constantFrom(...misnamed),
      isRootless: fc.boolean(),
    });
    let read = 0;
    fc.assert(
      fc.property(arbitrary, ({ values, embedding, ...flaws }) => {
        const written = (of: (index: number, name: string) => string): string => {
          const inside = write(
            Object.fromEntries(texts.map((name, index) => [name, embedding.write(of(index, name))])),
            flaws,
          );
          return flaws.isRootless ? `${inside}</xml>` : `<xml>${inside}</xml>`;
        };
        const payload = written((index) => values[index]!);
        const sent = normalize('echat', dataType, payload);
        const marked = normalize(
          'echat',
          dataType,
          written((_, name) => markOf(name)),
        );
        const meant = Object.fromEntries(texts.map((name, index) => [name, embedding.read(values[index]!)]));
        read += sent.events.length > 0 ? 1 : 0;
        expect(marked.events).toHaveLength(1);
        expectTextOnly(sent, marked, meant, payload);
      }),
      { numRuns: 1500 },
    );
    // Most of what people type is read, in flawed documents as well.
    expect(read).toBeGreaterThan(750);
  },
);

test('Echat chatContent: a turn is text, whatever is typed into it', () => {
  const document = documents.find(({ dataType }) => dataType === 'chatContent')!;
  const arbitrary = fc.record({
    text: typed(['chatContent', 'chatData', 'title', 'tm', 'chatRecordId']),
    embedding: fc.constantFrom(...embeddings),
    section: fc.constantFrom(...sections),
    misnamed: fc.constantFrom(...misnamed),
    isRootless: fc.boolean(),
  });
  fc.assert(
    fc.property(arbitrary, ({ text, embedding, ...flaws }) => {
      const content = (turn: string): string =>
        `访客>2016-08-17 10:47:08\\n${turn}\\nElla>2016-08-17 10:47:13\\n您好`;
      const inside = document.write(
        { chatContent: embedding.write(content(text)), title: embedding.write('T') },
        flaws,
      );
      const payload = flaws.isRootless ? `${inside}</xml>` : `<xml>${inside}</xml>`;
      const { events, rejected } = normalize('echat', 'chatContent', payload);
      if (events.length === 0) {
        expect(rejected[0]?.payload.toString()).toBe(Buffer.from(payload).toString());
        return;
      }
      expect(events.map(({ topic }) => topic)).toEqual(['conversation.v1', 'message.v1', 'message.v1']);
      const transcript = embedding.read(content(text));
      expect(events[0]?.value).toMatchObject({ conversation_id: '1_5987809', transcript });
      expect(events[0]?.value.attributes).toContainEqual({ name: 'title', value: 'T' });
      expect(events[2]?.value).toMatchObject({ text: '您好', sender_name: 'Ella' });
    }),
    { numRuns: 1500 },
  );
});

test.each([{ dataType: 'staffAction', names: ['parameter', 'reason', 'session'] }])(
  'Echat $dataType: a text in JSON is that text, and no other field or record changes',
  ({ dataType, names }) => {
    fc.assert(
      fc.property(jsonTexts(names), ({ values, ...how }) => {
        const written = (of: (index: number) => string): string =>
          `{"page":"panel","staff":"7","batch":{"sdk":"1","actions":${jsonRecords(names, how, of)}}}`;
        const payload = written((index) => values[index] ?? '');
        const sent = normalize('echat', dataType, payload);
        const marked = normalize(
          'echat',
          dataType,
          written((index) => markOf(names[index] ?? '')),
        );
        expect(sent.events).toHaveLength(3);
        expectTextOnly(sent, marked, named(names, values), payload);
      }),
      { numRuns: 1500 },
    );
  },
);
