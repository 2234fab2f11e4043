import type { Channel, EndReason, ParticipantRole, RatingInitiative, Solved } from '@sluice/schemas/schemas';
import type { CodeTable } from '../codes.ts';

/** `source`, 用户来源. */
export const channels: CodeTable<Channel> = {
  0: 'WEB', // 桌面网站
  1: 'WECHAT', // 微信
  2: 'APP', // App
  3: 'WEIBO', // 微博
  4: 'MOBILE_WEB', // 移动网站
  6: 'PHONE', // 呼叫
  7: 'TICKET', // 工单中心
  8: 'CUSTOMER_CENTER', // 客户中心
  9: 'WECHAT_WORK', // 企业微信
  10: 'MINI_PROGRAM', // 小程序
  12: 'SEARCH_ADVERTISING', // 百度营销
  13: 'SEARCH_ADVERTISING', // 今日头条
  14: 'SEARCH_ADVERTISING', // 奇虎360
  15: 'SEARCH_ADVERTISING', // 阿里汇川
  16: 'SEARCH_ADVERTISING', // 搜狗
  17: 'WECHAT_SERVICE', // 微信客服
  20: 'SEARCH_ADVERTISING', // 广点通
  21: 'SOCIAL', // 知乎
  22: 'SOCIAL', // facebook
  23: 'SOCIAL', // whatsApp
  24: 'SOCIAL', // instagram
  25: 'SOCIAL', // line
  26: 'SOCIAL', // discord
  33: 'SOCIAL', // telegram
};

/** `offline_type`, 会话结束方式. */
export const endReasons: CodeTable<EndReason> = {
  1: 'STAFF_LEFT', // 客服离线
  2: 'STAFF_REMOVED', // 客户被客服移除
  3: 'VISITOR_BLOCKED', // 客户被客服加入黑名单
  4: 'VISITOR_TIMEOUT', // 客户会话超时
  5: 'VISITOR_CLOSED', // 客户关闭了聊天页面
  6: 'SUPERSEDED', // 客户打开新的页面
};

/** `sender_type` and `receiver_type`: 0 访客, 1 机器人, 2 人工客服, 3 无接收方 (留言转离线消息). */
export const participantRoles: CodeTable<ParticipantRole> = {
  0: 'VISITOR',
  1: 'ROBOT',
  2: 'STAFF',
  3: 'NONE',
};

/** `is_robot`: 1 机器人, 0 人工客服. */
export const ratedRoles: CodeTable<ParticipantRole> = { 0: 'STAFF', 1: 'ROBOT' };

/** `solved`: 1 解决, 0 未解决, -1 未开启. */
export const solutions: CodeTable<Solved> = { 1: 'SOLVED', 0: 'UNSOLVED', '-1': 'NOT_ASKED' };

/** `comment_type`: 0 邀请评价, 1 主动评价. */
export const initiatives: CodeTable<RatingInitiative> = { 0: 'INVITED', 1: 'VOLUNTEERED' };
