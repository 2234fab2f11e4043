import type {
  Gender,
  StaffActionKind,
  StaffActionResult,
  StaffChatPhase,
  StaffMessageType,
} from '@sluice/schemas/schemas';
import { codeTable } from '@sluice/vendor-kit/mapping/codes';

/** Codes of the staff SDK: the names of its methods, and the JS-SDK page's numbers. */

export const actions = codeTable<StaffActionKind>('staff-action', [
  ['connect', 'config, ready, error', 'CONNECTED'],
  ['getParamData', '获取页面参数', 'PARAMETER_READ'],
  ['onSelectVisitor', '监听选中的访客', 'VISITOR_SELECTED'],
  ['pushVisitorEvent', '发送图文消息给访客', 'CARD_PUSHED'],
  ['sendTxtMsgToVisitor', '发送文本消息给访客', 'TEXT_SENT'],
  ['sendImageToVisitor', '发送图片消息给访客', 'IMAGE_SENT'],
  ['sendVideoToVisitor', '发送视频消息给访客', 'VIDEO_SENT'],
  ['sendVoiceToVisitor', '发送语音消息给访客', 'VOICE_SENT'],
  ['sendFileToVisitor', '发送文件消息给访客', 'FILE_SENT'],
  ['setVisitorChatSign', '标记会话业务状态', 'CONVERSATION_SIGNED'],
  ['onReceiveMsg', '监听访客消息', 'MESSAGE_RECEIVED'],
  ['onCrmUpdate', '监听访客信息更新', 'CONTACT_UPDATED'],
]);

export const results = codeTable<StaffActionResult>('staff-action-result', [
  ['done', 'taken', 'DONE'],
  ['failed', 'refused or broken', 'FAILED'],
  ['invalid', 'bad arguments', 'INVALID'],
  ['unsupported', '未开放', 'UNSUPPORTED'],
]);

/** `msgType`, section 12. */
export const messageTypes = codeTable<StaffMessageType>('message-type', [
  ['1', '文本消息', 'TEXT'],
  ['2', '图片消息', 'IMAGE'],
  ['3', '视频消息', 'VIDEO'],
  ['4', '语音消息', 'VOICE'],
  ['5', '文件消息', 'FILE'],
]);

/** `chatStatus`, section 4. */
export const chatPhases = codeTable<StaffChatPhase>('chat-phase', [
  ['0', '未对话', 'NOT_STARTED'],
  ['1', '对话开始', 'STARTED'],
  ['2', '对话结束', 'ENDED'],
]);

/** `gender`, section 13. */
export const genders = codeTable<Gender>('gender', [
  ['0', '未知', 'UNKNOWN'],
  ['1', '男', 'MALE'],
  ['2', '女', 'FEMALE'],
]);
