import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { boundAmplification, listed, repeated, type Shape } from '../testing/amplification.ts';

/** A batch of a staff page as ingress keeps it. */
const staffBatch = (members: string, actions: string): string =>
  `{"page":"p","batch":{${members}"actions":[${actions}]}}`;
const turns = (count: number, text = ''): string =>
  repeated(count, (index) => `a>2016-08-17 10:47:${String(index % 60).padStart(2, '0')}\\n${text}\\n`);
const transcript = (chatRecordId: string, content: string, more = ''): string =>
  `<xml>${more}<chatData><chatRecordId>${chatRecordId}</chatRecordId><chatContent>${content}</chatContent></chatData></xml>`;

const { events, depth, values, nameChars } = payloadLimits;
const xml = (inside: string): Shape => ['chatEnd', `<xml>${inside}</xml>`];
const nested = (count: number): string => repeated(count, () => '<a>') + repeated(count, () => '</a>');

boundAmplification('echat', {
  shapes: {
    'a long value above many records': [
      'staffAction',
      staffBatch(
        `"sdk":"${'x'.repeat(120_000)}",`,
        listed(1_000, () => '1'),
      ),
    ],
    'a short value above many records': [
      'staffAction',
      staffBatch(
        `"sdk":"${'中'.repeat(payloadLimits.sharedValueChars)}",`,
        listed(1_000, () => '1'),
      ),
    ],
    'an id of many events': ['chatContent', transcript('9'.repeat(5_000), turns(900))],
    'a message id of many events': [
      'chatContent',
      transcript('1', turns(900), `<msgId>${'9'.repeat(200_000)}</msgId>`),
    ],
    'a short id of many events': ['chatContent', transcript('1_5987809', turns(9_000))],
    'many page views': [
      'visitorTrackPage',
      `<xml><trackData><trackRecordId>${'9'.repeat(20_000)}</trackRecordId><visitPageDatas>${repeated(900, () => '<pageData><a/></pageData>')}</visitPageDatas></trackData></xml>`,
    ],
    'a query of many parts': [
      'visitorEnter',
      `<xml><trackData><visitTimes>1</visitTimes></trackData><myData>${repeated(19_000, () => 'a=&amp;')}</myData></xml>`,
    ],
  },
  limits: {
    events: [
      ['chatContent', transcript('1', turns(events - 1))],
      ['chatContent', transcript('1', turns(events + 1))],
    ],
    'depth of XML': [xml(nested(depth)), xml(nested(depth + 1))],
    'values of XML': [xml(repeated(values, () => '<a/>')), xml(repeated(values + 1, () => '<a/>'))],
    'names in XML': [xml(`<${'x'.repeat(nameChars)}/>`), xml(`<${'x'.repeat(nameChars + 1)}/>`)],
    'names of attributes': [
      xml(`<a ${'x'.repeat(nameChars)}="1"/>`),
      xml(`<a ${'x'.repeat(nameChars + 1)}="1"/>`),
    ],
  },
});
