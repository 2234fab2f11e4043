import { formatBeijingTime } from '@sluice/simulator/beijing-time';
import type { Chat, ChatKind } from './chat.ts';
import { messageNodes, personNodes, type EchatDocument, type Visit } from './visit.ts';
import { leaveMessages, robotTurns, type Turns } from '@sluice/simulator/phrases';
import type { XmlNode } from './xml.ts';

export interface TranscriptOptions {
  /** 0 to 1: how much of what was said the transcript has. One that comes early has less than all. Default: 1. */
  readonly share?: number;
}

/**
 * chatContent, leaveMsgContent or robotChatContent (Echat push, section 3.2.5; the last is not documented but seen
 * in the field): the whole transcript in one text.
 */
export function chatContent(chat: Chat, { share = 1 }: TranscriptOptions = {}): EchatDocument {
  const { visit, kind } = chat;
  const crmData: XmlNode[] = [
    ['visitorId', visit.visitorId],
    ...personNodes(visit.customer, visit.random),
    ['c1', '商户咨询'],
  ];
  return {
    dataType: dataTypes[kind],
    nodes: [
      ...messageNodes(visit.identifiers, chat.endedAt),
      [
        'chatData',
        [
          ['chatRecordId', chat.recordId],
          ['chatContent', transcript(chat, share)],
        ],
      ],
      ['crmData', kind === 'leaveMessage' || kind === 'busy' ? crmData : undefined],
    ],
  };
}

/** What is left while everybody is busy is a message for later. */
const dataTypes = {
  ...{ human: 'chatContent', busy: 'leaveMsgContent' },
  ...{ leaveMessage: 'leaveMsgContent', robot: 'robotChatContent' },
} as const;

function transcript(chat: Chat, share: number): string {
  const { random } = chat.visit;
  const beganAt = chat.answeredAt ?? chat.requestedAt;
  // The sample separates turns by a backslash and an n.
  const separator = random.chance(0.7) ? String.raw`\n` : '\n';
  const stepMs = (chat.endedAt - beganAt) / (chat.turns.length + 1);
  const turns = chat.turns.slice(0, Math.ceil(chat.turns.length * share));
  const visitorName = random.chance(0.7) ? '访客' : chat.visit.customer.nickname;
  const lines = turns.flatMap(([speaker, text], index) => {
    const at = formatBeijingTime(beganAt + stepMs * (index + 1));
    const member = chat.staffMembers[index < chat.turns.length / 2 ? 0 : chat.staffMembers.length - 1];
    const name = speaker === 'v' ? visitorName : (member?.name ?? '机器人小洽');
    return [`${name}>${at}`, text.replaceAll('\n', separator)];
  });
  return [
    `对话开始 >>${formatBeijingTime(beganAt)}.0`,
    ...lines,
    `对话结束 >>${formatBeijingTime(chat.endedAt)}.0`,
    random.pick(['访客关闭对话', '客服关闭对话', '访客超时']),
  ].join(separator);
}

/** What is said in a conversation. */
export function inventTurns(kind: ChatKind, { random, topic }: Visit): Turns {
  switch (kind) {
    case 'human':
      return Array.from({ length: random.integer(1, 3) }, () => topic.turns).flat();
    case 'robot':
      return robotTurns.slice(0, random.integer(1, 3) * 2);
    case 'busy':
    case 'leaveMessage':
      return Array.from({ length: random.integer(1, 3) }, () => ['v', random.pick(leaveMessages)] as const);
  }
}
