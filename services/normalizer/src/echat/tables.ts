import type { Channel, ConversationKind, EndReason } from '@sluice/schemas/schemas';
import type { CodeTable } from '../codes.ts';

/** `visitorMedia`: 1 PC网页, 2 手机网页, 5 微信, 6 sdk, 200 自定义渠道. */
export const channels: CodeTable<Channel> = {
  1: 'WEB',
  2: 'MOBILE_WEB',
  5: 'WECHAT',
  6: 'APP',
  200: 'CUSTOM',
};

/** `chatType`: 1 在线对话, 2 忙碌对话, 3 离线消息, 5 机器人对话. Also the prefix of `chatRecordId`. */
export const conversationKinds: CodeTable<ConversationKind> = {
  1: 'HUMAN',
  2: 'BUSY',
  3: 'LEAVE_MESSAGE',
  5: 'ROBOT',
};

/** `chatStatus`: 1 人工对话开始, 2 人工对话结束, 3 留言开始, 4 留言结束, 5 机器人对话开始, 6 机器人对话结束. */
export const kindsOfStatus: CodeTable<ConversationKind> = {
  1: 'HUMAN',
  2: 'HUMAN',
  3: 'LEAVE_MESSAGE',
  4: 'LEAVE_MESSAGE',
  5: 'ROBOT',
  6: 'ROBOT',
};

/** `chatEndType`, by code; by text as the page's sample sends it. */
export const endReasons: CodeTable<EndReason> = {
  0: 'UNKNOWN', // 未知
  1: 'VISITOR_CLOSED', // 访客结束对话
  2: 'STAFF_CLOSED', // 客服结束对话
  3: 'VISITOR_TIMEOUT', // 访客超时
  5: 'STAFF_LEFT', // 客服退出
  6: 'SYSTEM_CLOSED', // 系统关闭
  8: 'VISITOR_IDLE', // 访客长时间未回复结束
  12: 'QUEUE_ABANDONED', // 忙碌放弃结束
  14: 'LEAVE_MESSAGE_TIMEOUT', // 留言超时结束
  15: 'TRANSFERRED_TO_HUMAN', // 机器人自动转人工结束
  16: 'TRANSFERRED_TO_HUMAN', // 机器人手动转人工结束
  18: 'SUPERSEDED', // 客服主动对话后留言/机器人对话结束
  访客关闭: 'VISITOR_CLOSED',
  访客结束对话: 'VISITOR_CLOSED',
  客服关闭: 'STAFF_CLOSED',
  客服结束对话: 'STAFF_CLOSED',
  访客超时: 'VISITOR_TIMEOUT',
  客服退出: 'STAFF_LEFT',
  系统关闭: 'SYSTEM_CLOSED',
};
