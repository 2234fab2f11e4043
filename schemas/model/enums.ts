import { enumeration } from './avro.ts';

/** The enums that topics share. Symbols are only ever added. */

export const channel = enumeration(
  'Channel',
  'WEB',
  'MOBILE_WEB',
  'APP',
  'WECHAT',
  'WECHAT_WORK',
  'WECHAT_SERVICE',
  'MINI_PROGRAM',
  'WEIBO',
  'PHONE',
  'TICKET',
  'CUSTOMER_CENTER',
  // Written by version 1 of the mapping; later ones name the network.
  'SEARCH_ADVERTISING',
  'SOCIAL',
  'CUSTOM',
  'BAIDU_MARKETING',
  'TOUTIAO',
  'QIHOO_360',
  'ALI_HUICHUAN',
  'SOGOU',
  'TENCENT_ADS',
  'ZHIHU',
  'FACEBOOK',
  'WHATSAPP',
  'INSTAGRAM',
  'LINE',
  'DISCORD',
  'TELEGRAM',
);

export const conversationKind = enumeration('ConversationKind', 'HUMAN', 'BUSY', 'LEAVE_MESSAGE', 'ROBOT');

export const participantRole = enumeration('ParticipantRole', 'VISITOR', 'ROBOT', 'STAFF', 'SYSTEM', 'NONE');

export const solved = enumeration('Solved', 'SOLVED', 'UNSOLVED', 'NOT_ASKED', 'NOT_MARKED');

export const presence = enumeration(
  'Presence',
  'ONLINE',
  'OFFLINE',
  'BUSY',
  'AWAY',
  'INVISIBLE',
  'SIGNED_OUT',
);

export const gender = enumeration('Gender', 'MALE', 'FEMALE');
export const maritalStatus = enumeration('MaritalStatus', 'SINGLE', 'MARRIED');

/** Which route an id means: Echat's -1, -2 and -3 are no ordinary routes. */
export const routeScope = enumeration('RouteScope', 'NAMED', 'DEFAULT_WEB', 'DEFAULT_WECHAT', 'DEFAULT_SDK');

/** Whether a department id means one department: Echat's 0 means everybody. */
export const departmentScope = enumeration('DepartmentScope', 'NAMED', 'EVERYBODY');
