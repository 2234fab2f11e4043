import { formatBeijingTime } from './beijing-time.ts';
import type { Chat } from './echat-chat.ts';
import { messageNodes, personNodes, type EchatDocument } from './echat-visit.ts';
import { leaveMessages, robotTurns, type Topic } from './phrases.ts';
import type { XmlNode } from './xml.ts';

/**
 * chatContent, leaveMsgContent or robotChatContent (Echat push, section 3.2.5; the last is not documented but seen
 * in the field): the whole transcript in one text.
 */
export function chatContent(chat: Chat): EchatDocument {
  const { visit, kind } = chat;
  const crmData: XmlNode[] = [
    ['visitorId', visit.visitorId],
    ...personNodes(visit.customer, visit.random),
    ['c1', '商户咨询'],
  ];
  return {
    dataType: { human: 'chatContent', leaveMessage: 'leaveMsgContent', robot: 'robotChatContent' }[kind],
    nodes: [
      ...messageNodes(visit.identifiers, chat.endedAt),
      [
        'chatData',
        [
          ['chatRecordId', chat.recordId],
          ['chatContent', transcript(chat)],
        ],
      ],
      ['crmData', kind === 'leaveMessage' ? crmData : undefined],
    ],
  };
}

function transcript(chat: Chat): string {
  const { random } = chat.visit;
  // The sample separates turns by a backslash and an n.
  const separator = random.chance(0.7) ? String.raw`\n` : '\n';
  const turns = turnsOf(chat);
  const stepMs = (chat.endedAt - chat.answeredAt) / (turns.length + 1);
  const visitorName = random.chance(0.7) ? '访客' : chat.visit.customer.nickname;
  const lines = turns.flatMap(([speaker, text], index) => {
    const at = formatBeijingTime(chat.answeredAt + stepMs * (index + 1));
    const member = chat.staffMembers[index < turns.length / 2 ? 0 : chat.staffMembers.length - 1];
    const name = speaker === 'v' ? visitorName : (member?.name ?? '机器人小洽');
    return [`${name}>${at}`, text.replaceAll('\n', separator)];
  });
  return [
    `对话开始 >>${formatBeijingTime(chat.answeredAt)}.0`,
    ...lines,
    `对话结束 >>${formatBeijingTime(chat.endedAt)}.0`,
    random.pick(['访客关闭对话', '客服关闭对话', '访客超时']),
  ].join(separator);
}

function turnsOf(chat: Chat): Topic['turns'] {
  const { random, topic } = chat.visit;
  switch (chat.kind) {
    case 'human':
      return Array.from({ length: random.integer(1, 3) }, () => topic.turns).flat();
    case 'robot':
      return robotTurns.slice(0, random.integer(1, 3) * 2);
    case 'leaveMessage':
      return [['v', random.pick(leaveMessages)]];
  }
}
