import type {
  CallDirection,
  Channel,
  EndReason,
  ParticipantRole,
  QueueState,
  RatingInitiative,
  SearchEngine,
  SearchKind,
  Solved,
} from '@sluice/schemas/schemas';
import { codeTable } from '@sluice/vendor-kit/mapping/codes';

/** Sobot's codes: the code, the page's words, and the canonical symbol. */

/** `source`, 用户来源. */
export const channels = codeTable<Channel>('channel', [
  ['0', '桌面网站', 'WEB'],
  ['1', '微信', 'WECHAT'],
  ['2', 'App', 'APP'],
  ['3', '微博', 'WEIBO'],
  ['4', '移动网站', 'MOBILE_WEB'],
  ['6', '呼叫', 'PHONE'],
  ['7', '工单中心', 'TICKET'],
  ['8', '客户中心', 'CUSTOMER_CENTER'],
  ['9', '企业微信', 'WECHAT_WORK'],
  ['10', '小程序', 'MINI_PROGRAM'],
  ['12', '百度营销', 'BAIDU_MARKETING'],
  ['13', '今日头条', 'TOUTIAO'],
  ['14', '奇虎360', 'QIHOO_360'],
  ['15', '阿里汇川', 'ALI_HUICHUAN'],
  ['16', '搜狗', 'SOGOU'],
  ['17', '微信客服', 'WECHAT_SERVICE'],
  ['20', '广点通', 'TENCENT_ADS'],
  ['21', '知乎', 'ZHIHU'],
  ['22', 'facebook', 'FACEBOOK'],
  ['23', 'whatsApp', 'WHATSAPP'],
  ['24', 'instagram', 'INSTAGRAM'],
  ['25', 'line', 'LINE'],
  ['26', 'discord', 'DISCORD'],
  ['33', 'telegram', 'TELEGRAM'],
]);

/** `offline_type`, 会话结束方式. */
export const endReasons = codeTable<EndReason>('end-reason', [
  ['1', '客服离线', 'STAFF_LEFT'],
  ['2', '客户被客服移除', 'STAFF_REMOVED'],
  ['3', '客户被客服加入黑名单', 'VISITOR_BLOCKED'],
  ['4', '客户会话超时', 'VISITOR_TIMEOUT'],
  ['5', '客户关闭了聊天页面', 'VISITOR_CLOSED'],
  ['6', '客户打开新的页面', 'SUPERSEDED'],
]);

/** `session_queue_state`, 排队状态. */
export const queueStates = codeTable<QueueState>('queue-state', [
  ['1', '未排队接通', 'NOT_QUEUED'],
  ['2', '排队成功', 'ANSWERED'],
  ['3', '排队离开', 'ABANDONED'],
]);

/** `search_engine`, 搜索来源: the engine. */
export const searchEngines = codeTable<SearchEngine>('search-engine', [
  ['1', '百度自然搜索', 'BAIDU'],
  ['2', '百度付费搜索', 'BAIDU'],
  ['3', '360搜索', 'SO_360'],
  ['4', 'sougou', 'SOGOU'],
  ['5', '神马', 'SHENMA'],
  ['6', '必应', 'BING'],
  ['7', '谷歌', 'GOOGLE'],
  ['8', '其他搜索引擎', 'OTHER'],
  ['9', '直接访问', 'NONE_DIRECT'],
  ['10', '外部链接', 'NONE_LINK'],
  ['11', '百度未知访问', 'BAIDU'],
]);

/** `search_engine`, 搜索来源: how, which it says of Baidu alone. */
export const searchKinds = codeTable<SearchKind>('search-kind', [
  ['1', '百度自然搜索', 'ORGANIC'],
  ['2', '百度付费搜索', 'PAID'],
  ['3', '360搜索', 'UNKNOWN'],
  ['4', 'sougou', 'UNKNOWN'],
  ['5', '神马', 'UNKNOWN'],
  ['6', '必应', 'UNKNOWN'],
  ['7', '谷歌', 'UNKNOWN'],
  ['8', '其他搜索引擎', 'UNKNOWN'],
  ['9', '直接访问', 'UNKNOWN'],
  ['10', '外部链接', 'UNKNOWN'],
  ['11', '百度未知访问', 'NOT_TOLD_APART'],
]);

/** `os`, 终端: the name of the system. */
export const systems = codeTable<string>('os', [
  ['1', 'Windows XP', 'Windows XP'],
  ['2', 'Windows 7', 'Windows 7'],
  ['3', 'Windows 8', 'Windows 8'],
  ['4', 'Windows Vista', 'Windows Vista'],
  ['5', 'Windows 其他', 'Windows'],
  ['6', 'Linux', 'Linux'],
  ['7', 'macOS', 'macOS'],
  ['8', 'Android', 'Android'],
  ['9', 'iOS', 'iOS'],
  ['11', 'Windows 2000', 'Windows 2000'],
  ['12', 'Windows 10', 'Windows 10'],
]);

/** `sender_type` and `receiver_type`; 3 is 留言转离线消息. */
export const participantRoles = codeTable<ParticipantRole>('participant-role', [
  ['0', '访客', 'VISITOR'],
  ['1', '机器人', 'ROBOT'],
  ['2', '人工客服', 'STAFF'],
  ['3', '无接收方', 'NONE'],
]);

/** `is_robot`. */
export const ratedRoles = codeTable<ParticipantRole>('participant-role', [
  ['0', '人工客服', 'STAFF'],
  ['1', '机器人', 'ROBOT'],
]);

/** `solved` of an evaluation. */
export const ratedSolved = codeTable<Solved>('solved', [
  ['1', '解决', 'SOLVED'],
  ['0', '未解决', 'UNSOLVED'],
  ['-1', '未开启', 'NOT_ASKED'],
]);

/** `summary_status`. */
export const notedSolved = codeTable<Solved>('solved', [
  ['1', '已解决', 'SOLVED'],
  ['0', '未解决', 'UNSOLVED'],
  ['-1', '未勾选', 'NOT_MARKED'],
]);

/** `comment_type`. */
export const initiatives = codeTable<RatingInitiative>('initiative', [
  ['0', '邀请评价', 'INVITED'],
  ['1', '主动评价', 'VOLUNTEERED'],
]);

/** `direction` of a calllog, from an older page: 1 in, 0 out. */
export const directions = codeTable<CallDirection>('direction', [
  ['1', '呼入', 'INBOUND'],
  ['0', '呼出', 'OUTBOUND'],
]);
