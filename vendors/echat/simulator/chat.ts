import { formatBeijingTime } from '@sluice/simulator/beijing-time';
import { messageNodes, routeNodes, type EchatDocument, type Visit } from './visit.ts';
import type { Identifiers } from '@sluice/simulator/identifiers';
import type { StaffMember } from '@sluice/simulator/people';
import { scoreDimensions, suggestions, type Turns } from '@sluice/simulator/phrases';
import type { XmlNode } from './xml.ts';

/** One conversation of a visit; `kind` decides the data types, `chatStatus` and `chatType`. */
export interface Chat {
  readonly visit: Visit;
  readonly kind: ChatKind;
  /** With its prefix, as in `1_5987809`. */
  readonly recordId: string;
  /** Epoch milliseconds, as all times here. */
  readonly requestedAt: number;
  /** When the conversation began; null when nobody answered. */
  readonly answeredAt: number | null;
  readonly endedAt: number;
  /** In the order in which they took part; the last one ended the chat. Nobody where nobody answered. */
  readonly staffMembers: readonly StaffMember[];
  readonly turns: Turns;
}

export type ChatKind = 'human' | 'busy' | 'leaveMessage' | 'robot';

/** Codes of the chatStatus and chatType tables (Echat push, sections 3.2.1 and 3.2.2). */
const chatCodes = {
  human: {
    started: '1',
    ended: '2',
    type: '1',
    event: ['1', '2', '3', '7', '11'],
    ending: ['1', '2', '3', '8'],
  },
  // All staff were busy: a human conversation by its status, with a type and a counter of its own.
  busy: { started: '1', ended: '2', type: '2', event: ['1', '2'], ending: ['3', '12'] },
  leaveMessage: { started: '3', ended: '4', type: '3', event: ['1', '12'], ending: ['14', '18'] },
  robot: { started: '5', ended: '6', type: '5', event: ['1', '14'], ending: ['1', '15', '16'] },
} as const;

/** The chatType is the prefix of a chatRecordId, as in visitorOut's list. */
export function newChatRecordId(kind: ChatKind, identifiers: Identifiers): string {
  const { type } = chatCodes[kind];
  return `${type}_${identifiers.chatNumber(type)}`;
}

/** The samples of chatEnd, chatAnswer and chatScore have the id without its prefix, and their tables with it. */
function mostlyBare(chat: Chat): string {
  return chat.visit.random.chance(0.9) ? chat.recordId.replace(/^\d+_/, '') : chat.recordId;
}

function staffNodes(member: StaffMember | undefined): XmlNode[] {
  if (member === undefined) return [];
  return [
    ['chatStaffId', member.number],
    ['chatStaffLogname', member.login],
    ['chatStaffName', member.name],
  ];
}

/** Echat push, section 3.2.1. */
export function chatStart(chat: Chat): EchatDocument {
  const { visit, staffMembers } = chat;
  const { random, topic } = visit;
  const codes = chatCodes[chat.kind];
  const member = staffMembers[0];
  const chatData: XmlNode[] = [
    ['chatPage', `https://www.example.com${topic.page.path}`],
    ['chatPageTitle', topic.page.title],
    ['chatTimes', String(random.integer(1, 6))],
    ['chatEvent', random.pick(codes.event)],
    ['chatRequestTime', formatBeijingTime(chat.requestedAt)],
    [
      'chatAnswerTime',
      chat.kind === 'human' && chat.answeredAt !== null ? formatBeijingTime(chat.answeredAt) : undefined,
    ],
    ['chatType', codes.type],
    ...staffNodes(member),
    ['chatStaffRole', member?.role],
    ['chatEntrance', random.chance(0.2) ? '' : random.pick(['售后', '官网右下角', 'APP>我的'])],
    ['chatRecordId', chat.recordId],
  ];
  return {
    dataType: chat.kind === 'robot' ? 'robotChatStart' : 'chatStart',
    nodes: [
      ...messageNodes(visit.identifiers, chat.requestedAt),
      ['chatStatus', codes.started],
      ...visit.profile,
      ['routeData', routeNodes(visit)],
      ['chatData', chatData],
    ],
  };
}

/** Echat push, section 3.2.3. Neither its table nor its sample has a msgId. Waiting time in seconds. */
export function chatAnswer(chat: Chat, answeredAt: number, member: StaffMember): EchatDocument {
  return {
    dataType: 'chatAnswer',
    nodes: [
      ['chatStatus', '1'],
      [
        'chatData',
        [
          ['chatAnswerTime', formatBeijingTime(answeredAt)],
          ['chatWaitTime', String(Math.floor((answeredAt - chat.requestedAt) / 1000))],
          ['chatType', '1'],
          ...staffNodes(member),
          ['chatStaffRole', member.role],
          ['chatRecordId', mostlyBare(chat)],
          ['chatDepartmentId', member.department.number],
          ['chatDepartmentName', member.department.name],
        ],
      ],
    ],
  };
}

/** Echat push, section 3.2.4. */
export function chatTransfer(chat: Chat, from: StaffMember, to: StaffMember, at: number): EchatDocument {
  return {
    dataType: 'chatTransfer',
    nodes: [
      ...messageNodes(chat.visit.identifiers, at),
      [
        'transferData',
        [
          ['chatRecordId', chat.recordId],
          ['transferTime', formatBeijingTime(at)],
          ['fromStaffId', from.number],
          ['fromStaffLogname', from.login],
          ['fromStaffName', from.name],
          ['toStaffId', to.number],
          ['toStaffLogname', to.login],
          ['toStaffName', to.name],
        ],
      ],
    ],
  };
}

/** Echat push, section 3.2.2. Durations in ms, as documented; in staffKpis in seconds. The sample has no msgId. */
export function chatEnd(chat: Chat): EchatDocument {
  const { visit } = chat;
  const { random } = visit;
  const codes = chatCodes[chat.kind];
  const { answeredAt } = chat;
  const wasServed = answeredAt !== null;
  const count = () => String(wasServed ? random.integer(0, 35) : 0);
  const milliseconds = () => String(wasServed && !random.chance(0.1) ? random.integer(800, 30_000) : 0);
  const matches = [
    'perfectMatchs',
    'exactMatchs',
    'similarityMatchs',
    'misMatchCount',
    'solvedCount',
    'unsolvedCount',
  ];
  const chatData: XmlNode[] = [
    ['chatRecordId', mostlyBare(chat)],
    ['chatEndTime', formatBeijingTime(chat.endedAt)],
    // A code by its table, a text in its sample.
    ['chatEndType', endType(chat)],
    ['chatTotalTime', String(wasServed ? chat.endedAt - answeredAt : 0)],
    ['chatWaitTime', String((answeredAt ?? chat.endedAt) - chat.requestedAt)],
    ['firstAnswerTime', milliseconds()],
    ['avgAnswerTime', milliseconds()],
    ['visitorSendMsg', count()],
    ['staffSendMsg', count()],
    ...matches.map((name): XmlNode => [name, chat.kind === 'robot' ? count() : '0']),
    ['activelyInviteEvaluating', random.pick(['0', '1'])],
  ];
  const kpis = chat.staffMembers.map((member): XmlNode => ['staffKpi', kpiNodes(member, chat)]);
  return {
    dataType: chat.kind === 'robot' ? 'robotChatEnd' : 'chatEnd',
    nodes: [
      ...(random.chance(0.05) ? [] : messageNodes(visit.identifiers, chat.endedAt)),
      ['chatStatus', codes.ended],
      ['chatData', chatData],
      ['staffKpis', kpis.length > 1 ? kpis : undefined],
    ],
  };
}

/** By its table a code, in its sample a text. A visitor who was not answered left, or was unavailable for too long. */
function endType({ kind, answeredAt, visit: { random } }: Chat): string {
  if (kind === 'human' && answeredAt === null) return random.pick(['1', '3', '8', '12']);
  return kind === 'human' && random.chance(0.05) ? '客服关闭' : random.pick(chatCodes[kind].ending);
}

function kpiNodes(member: StaffMember, { visit: { random } }: Chat): XmlNode[] {
  const count = (most: number) => String(random.integer(1, most));
  return [
    ['staffId', member.number],
    ['staffLogname', member.login],
    ['staffName', member.name],
    ['firstAnswerTime', count(30)],
    ['avgAnswerTime', count(60)],
    ['visitorSendMsg', count(25)],
    ['staffSendMsg', count(35)],
    ['duration', count(600)],
  ];
}

/** Echat push, section 3.2.6. */
export function chatSubject(chat: Chat, at: number): EchatDocument {
  return {
    dataType: 'chatSubject',
    nodes: [
      ...messageNodes(chat.visit.identifiers, at),
      ['chatRecordId', chat.recordId],
      ['chatSubject', chat.visit.topic.subject],
      ['chatSubjectMemo', chat.visit.topic.memo],
    ],
  };
}

/** Echat push, section 3.2.7. Neither its table nor its sample has a msgId; the staff only while the chat lasts. */
export function chatScore(chat: Chat): EchatDocument {
  const { random } = chat.visit;
  return {
    dataType: 'chatScore',
    nodes: [
      ['chatRecordId', mostlyBare(chat)],
      ['chatScore', String(random.integer(1, 5))],
      ['scoreDimension', random.pick(scoreDimensions)],
      ['scoreSuggest', random.pick(suggestions)],
      ...(random.chance(0.7) ? staffNodes(chat.staffMembers.at(-1)) : []),
    ],
  };
}
