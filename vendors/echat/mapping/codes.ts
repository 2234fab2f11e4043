import type {
  Channel,
  ContactChange,
  ConversationKind,
  ConversationOpening,
  EndReason,
  Gender,
  MaritalStatus,
  Presence,
  SearchEngine,
  SearchKind,
  VisitorType,
} from '@sluice/schemas/schemas';
import { codeTable } from '@sluice/vendor-kit/mapping/codes';

/** Echat's codes: the code, the page's words, and the canonical symbol. */

/** `visitorMedia`, section 3.2.1. */
export const channels = codeTable<Channel>('channel', [
  ['1', 'PC网页', 'WEB'],
  ['2', '手机网页', 'MOBILE_WEB'],
  ['5', '微信', 'WECHAT'],
  ['6', 'sdk', 'APP'],
  ['200', '自定义渠道', 'CUSTOM'],
]);

/** `visitorType`, section 3.2.1. */
export const visitorTypes = codeTable<VisitorType>('visitor-type', [
  ['-1', '未知', 'UNKNOWN'],
  ['0', '游客(web)', 'GUEST'],
  ['1', '会员(vip)', 'MEMBER'],
  ['2', 'SDK游客(sdk)', 'SDK_GUEST'],
  ['4', '微信(wechat)', 'WECHAT'],
  ['5', '自定义接口(custom)', 'CUSTOM'],
]);

/** `chatType`, section 3.2.1; also the prefix of `chatRecordId`. */
export const conversationKinds = codeTable<ConversationKind>('conversation-kind', [
  ['1', '在线对话', 'HUMAN'],
  ['2', '忙碌对话', 'BUSY'],
  ['3', '离线消息', 'LEAVE_MESSAGE'],
  ['5', '机器人对话', 'ROBOT'],
]);

/** `chatStatus`, section 3.2.1: it says kind and phase at once. */
export const kindsOfStatus = codeTable<ConversationKind>('conversation-kind', [
  ['1', '人工对话开始', 'HUMAN'],
  ['2', '人工对话结束', 'HUMAN'],
  ['3', '留言开始', 'LEAVE_MESSAGE'],
  ['4', '留言结束', 'LEAVE_MESSAGE'],
  ['5', '机器人对话开始', 'ROBOT'],
  ['6', '机器人对话结束', 'ROBOT'],
]);

/** `chatEvent`, section 3.2.1. */
export const openings = codeTable<ConversationOpening>('opening', [
  ['1', '点击图标', 'ICON_CLICKED'],
  ['2', '接受邀请对话', 'INVITATION_ACCEPTED'],
  ['3', '客服主动对话', 'STAFF_STARTED'],
  ['4', '微信输入任意文字接入对话', 'WECHAT_TEXT'],
  ['5', '微信点击菜单接入', 'WECHAT_MENU'],
  ['6', '微信输入指定文字接入', 'WECHAT_KEYWORD'],
  ['7', '微信机器人转人工', 'WECHAT_ROBOT_TO_HUMAN'],
  ['11', '机器人转人工', 'ROBOT_TO_HUMAN'],
  ['12', '机器人转留言', 'ROBOT_TO_LEAVE_MESSAGE'],
  ['14', 'web自动弹屏自动接入', 'POPUP_OPENED'],
  ['15', 'web自动弹屏访客输入消息接入', 'POPUP_MESSAGE'],
  ['16', '商户留言转平台接入', 'MERCHANT_MESSAGE_TO_PLATFORM'],
  ['17', '微信开发者接入', 'WECHAT_DEVELOPER'],
  ['18', '自定义渠道事件接入', 'CUSTOM_CHANNEL_EVENT'],
  ['19', '自定义渠道发送消息接入', 'CUSTOM_CHANNEL_MESSAGE'],
]);

/** `chatEndType`, section 3.2.2. The page's sample sends words, and not those of its table. */
export const endReasons = codeTable<EndReason>(
  'end-reason',
  [
    ['0', '未知', 'UNKNOWN'],
    ['1', '访客结束对话', 'VISITOR_CLOSED'],
    ['2', '客服结束对话', 'STAFF_CLOSED'],
    ['3', '访客超时', 'VISITOR_TIMEOUT'],
    ['5', '客服退出', 'STAFF_LEFT'],
    ['6', '系统关闭', 'SYSTEM_CLOSED'],
    ['8', '访客长时间未回复结束', 'VISITOR_IDLE'],
    ['12', '忙碌放弃结束', 'QUEUE_ABANDONED'],
    ['14', '留言超时结束', 'LEAVE_MESSAGE_TIMEOUT'],
    ['15', '机器人自动转人工结束', 'TRANSFERRED_TO_HUMAN'],
    ['16', '机器人手动转人工结束', 'TRANSFERRED_TO_HUMAN'],
    ['18', '客服主动对话后留言/机器人对话结束', 'SUPERSEDED'],
  ],
  [
    ['访客关闭', 'VISITOR_CLOSED'],
    ['访客关闭对话', 'VISITOR_CLOSED'],
    ['客服关闭', 'STAFF_CLOSED'],
    ['客服关闭对话', 'STAFF_CLOSED'],
  ],
);

/** `gender`, sections 3.2.1 and 3.3. */
export const genders = codeTable<Gender>('gender', [
  ['0', '未知', 'UNKNOWN'],
  ['1', '男', 'MALE'],
  ['2', '女', 'FEMALE'],
]);

/** `maritalStatus`, sections 3.2.1 and 3.3. */
export const maritalStatuses = codeTable<MaritalStatus>('marital-status', [
  ['0', '未知', 'UNKNOWN'],
  ['1', '未婚', 'SINGLE'],
  ['2', '已婚', 'MARRIED'],
]);

/** `companyStatus`, `skillStatus` and `routeStatus`, sections 3.1.1, 3.1.2 and 3.1.4. */
export const serviceStates = codeTable<Presence>('presence', [
  ['1', '在线', 'ONLINE'],
  ['2', '离线', 'OFFLINE'],
]);

/** `staffStatus`, section 3.1.3. */
export const staffStates = codeTable<Presence>('presence', [
  ['1', '在线', 'ONLINE'],
  ['2', '忙碌', 'BUSY'],
  ['3', '离开', 'AWAY'],
  ['4', '隐身', 'INVISIBLE'],
  ['5', '退出', 'SIGNED_OUT'],
]);

/** `se`, sections 3.2.1 and 3.4.1: a word, of which the page shows one. */
export const searchEngines = codeTable<SearchEngine>(
  'search-engine',
  [['baidu', '百度', 'BAIDU']],
  [
    ['so', 'SO_360'],
    ['360', 'SO_360'],
    ['sogou', 'SOGOU'],
    ['sm', 'SHENMA'],
    ['bing', 'BING'],
    ['google', 'GOOGLE'],
  ],
);

/** `keywordType`: 0 in section 3.2.1 alone; 推广 there is 竞价 in section 3.4.1.1. */
export const searchKinds = codeTable<SearchKind>(
  'search-kind',
  [
    ['0', '未区分SEO、推广', 'NOT_TOLD_APART'],
    ['1', '自然优化', 'ORGANIC'],
    ['2', '推广', 'PAID'],
  ],
  [
    ['SEO', 'ORGANIC'],
    ['竞价', 'PAID'],
  ],
);

/** `crmStatus`, section 3.3. */
export const contactChanges = codeTable<Exclude<ContactChange, 'RECORDED'>>('contact-change', [
  ['1', '访客在信息收集窗口填写了数据', 'FORM_FILLED'],
  ['2', '客服手动在一洽CRM系统填写了客户信息', 'EDITED'],
  ['3', '客服将客户确认分配人后触发', 'OWNER_ASSIGNED'],
]);
