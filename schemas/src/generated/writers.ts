// Generated from schemas/*/*.avsc by schemas/tools/generate.ts. Do not edit.

import {
  writeBoolean,
  writeBytes,
  writeInt,
  writeLong,
  writeString,
  indicesOf,
  recordOf,
  writeArray,
  type Write,
} from '../write-avro.ts';
import type { ValueOf } from './schemas.ts';

const indicesOfVendor = indicesOf([
  'UNKNOWN',
  'ECHAT',
  'SOBOT',
]);
function writeVendor(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfVendor.get(value));
}

function writeMeta(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.event_id;
  at = writeString(bytes, at, field);
  field = record.event_type;
  at = writeString(bytes, at, field);
  field = record.vendor;
  if (field === undefined) field = "UNKNOWN";
  at = writeVendor(bytes, at, field);
  field = record.vendor_id;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.data_type;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.source_id;
  at = writeString(bytes, at, field);
  field = record.tenant;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.entity_key;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.occurred_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.received_at;
  at = writeLong(bytes, at, field);
  field = record.raw_topic;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.raw_partition;
  if (field === undefined) field = -1;
  at = writeInt(bytes, at, field);
  field = record.raw_offset;
  if (field === undefined) field = -1;
  at = writeLong(bytes, at, field);
  field = record.mapping_version;
  if (field === undefined) field = 0;
  at = writeInt(bytes, at, field);
  field = record.vendor_message_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.vendor_sent_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.repairs;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  return at;
}

const indicesOfAssignmentSubject = indicesOf([
  'UNKNOWN',
  'LEAVE_MESSAGE',
  'CONTACT',
]);
function writeAssignmentSubject(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfAssignmentSubject.get(value));
}

const indicesOfAssigner = indicesOf([
  'UNKNOWN',
  'STAFF',
  'SYSTEM',
]);
function writeAssigner(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfAssigner.get(value));
}

const indicesOfAssignmentCause = indicesOf([
  'UNKNOWN',
  'FORM_FILLED',
  'EDITED',
  'OWNER_ASSIGNED',
]);
function writeAssignmentCause(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfAssignmentCause.get(value));
}

const indicesOfDepartmentScope = indicesOf([
  'UNKNOWN',
  'NAMED',
  'EVERYBODY',
]);
function writeDepartmentScope(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfDepartmentScope.get(value));
}

function writeAttribute(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.name;
  at = writeString(bytes, at, field);
  field = record.value;
  at = writeString(bytes, at, field);
  return at;
}

function writeAssignment(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.subject;
  if (field === undefined) field = "UNKNOWN";
  at = writeAssignmentSubject(bytes, at, field);
  field = record.conversation_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.assigner;
  if (field === undefined) field = "UNKNOWN";
  at = writeAssigner(bytes, at, field);
  field = record.cause;
  if (field === undefined) field = "UNKNOWN";
  at = writeAssignmentCause(bytes, at, field);
  field = record.cause_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.owner_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.owner_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.owner_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_scope;
  if (field === undefined) field = "UNKNOWN";
  at = writeDepartmentScope(bytes, at, field);
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfAvailabilitySubject = indicesOf([
  'UNKNOWN',
  'COMPANY',
  'DEPARTMENT',
  'STAFF',
  'ROUTE',
]);
function writeAvailabilitySubject(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfAvailabilitySubject.get(value));
}

const indicesOfPresence = indicesOf([
  'UNKNOWN',
  'ONLINE',
  'OFFLINE',
  'BUSY',
  'AWAY',
  'INVISIBLE',
  'SIGNED_OUT',
]);
function writePresence(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfPresence.get(value));
}

const indicesOfRouteScope = indicesOf([
  'UNKNOWN',
  'NAMED',
  'DEFAULT_WEB',
  'DEFAULT_WECHAT',
  'DEFAULT_SDK',
]);
function writeRouteScope(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfRouteScope.get(value));
}

function writeAvailability(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.subject;
  if (field === undefined) field = "UNKNOWN";
  at = writeAvailabilitySubject(bytes, at, field);
  field = record.status;
  if (field === undefined) field = "UNKNOWN";
  at = writePresence(bytes, at, field);
  field = record.status_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.route_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.route_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.route_scope;
  if (field === undefined) field = "UNKNOWN";
  at = writeRouteScope(bytes, at, field);
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfCallDirection = indicesOf([
  'UNKNOWN',
  'INBOUND',
  'OUTBOUND',
]);
function writeCallDirection(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfCallDirection.get(value));
}

function writeCall(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.call_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.company_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.customer_phone;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.direction;
  if (field === undefined) field = "UNKNOWN";
  at = writeCallDirection(bytes, at, field);
  field = record.direction_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.started_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.ended_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.recording_url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfContactChange = indicesOf([
  'UNKNOWN',
  'FORM_FILLED',
  'EDITED',
  'OWNER_ASSIGNED',
  'RECORDED',
]);
function writeContactChange(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfContactChange.get(value));
}

const indicesOfChannel = indicesOf([
  'UNKNOWN',
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
]);
function writeChannel(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfChannel.get(value));
}

const indicesOfGender = indicesOf([
  'UNKNOWN',
  'MALE',
  'FEMALE',
]);
function writeGender(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfGender.get(value));
}

const indicesOfMaritalStatus = indicesOf([
  'UNKNOWN',
  'SINGLE',
  'MARRIED',
]);
function writeMaritalStatus(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfMaritalStatus.get(value));
}

function writeCustomField(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.group;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.value;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

function writeContact(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.contact_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_ids;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.visitor_ids_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.partner_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.company_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.change;
  if (field === undefined) field = "UNKNOWN";
  at = writeContactChange(bytes, at, field);
  field = record.change_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.cleared_fields;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.channel;
  if (field === undefined) field = "UNKNOWN";
  at = writeChannel(bytes, at, field);
  field = record.channel_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.category;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.nickname;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.gender;
  if (field === undefined) field = "UNKNOWN";
  at = writeGender(bytes, at, field);
  field = record.gender_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.age;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.birthday;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.marital_status;
  if (field === undefined) field = "UNKNOWN";
  at = writeMaritalStatus(bytes, at, field);
  field = record.marital_status_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.phone;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.qq;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.wechat;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.email;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.country;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.province;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.city;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.address;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.photo_url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.memo;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.phones;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.emails;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.area;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.company_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.custom_fields;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeCustomField);
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfConversationPhase = indicesOf([
  'UNKNOWN',
  'STARTED',
  'ANSWERED',
  'TRANSFERRED',
  'ENDED',
  'RECORDED',
]);
function writeConversationPhase(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfConversationPhase.get(value));
}

const indicesOfConversationKind = indicesOf([
  'UNKNOWN',
  'HUMAN',
  'BUSY',
  'LEAVE_MESSAGE',
  'ROBOT',
]);
function writeConversationKind(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfConversationKind.get(value));
}

const indicesOfConversationOpening = indicesOf([
  'UNKNOWN',
  'ICON_CLICKED',
  'INVITATION_ACCEPTED',
  'STAFF_STARTED',
  'WECHAT_TEXT',
  'WECHAT_MENU',
  'WECHAT_KEYWORD',
  'WECHAT_ROBOT_TO_HUMAN',
  'ROBOT_TO_HUMAN',
  'ROBOT_TO_LEAVE_MESSAGE',
  'POPUP_OPENED',
  'POPUP_MESSAGE',
  'MERCHANT_MESSAGE_TO_PLATFORM',
  'WECHAT_DEVELOPER',
  'CUSTOM_CHANNEL_EVENT',
  'CUSTOM_CHANNEL_MESSAGE',
]);
function writeConversationOpening(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfConversationOpening.get(value));
}

const indicesOfVisitorType = indicesOf([
  'UNKNOWN',
  'GUEST',
  'MEMBER',
  'SDK_GUEST',
  'WECHAT',
  'CUSTOM',
]);
function writeVisitorType(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfVisitorType.get(value));
}

function writeVisitor(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.type;
  if (field === undefined) field = "UNKNOWN";
  at = writeVisitorType(bytes, at, field);
  field = record.type_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.channel_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.photo_url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visit_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.conversation_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.language;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.area;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.country;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.province;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.city;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.entered_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.first_visit_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.last_conversation_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.last_staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.last_staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.last_staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

function writeMember(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.level;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.category;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.nickname;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.gender;
  if (field === undefined) field = "UNKNOWN";
  at = writeGender(bytes, at, field);
  field = record.gender_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.age;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.birthday;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.marital_status;
  if (field === undefined) field = "UNKNOWN";
  at = writeMaritalStatus(bytes, at, field);
  field = record.marital_status_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.phone;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.qq;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.wechat;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.email;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.country;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.province;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.city;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.address;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.photo_url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.memo;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

function writeBrowser(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.version;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.screen_resolution;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.os_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.os_version;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.os_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

const indicesOfSearchEngine = indicesOf([
  'UNKNOWN',
  'BAIDU',
  'SO_360',
  'SOGOU',
  'SHENMA',
  'BING',
  'GOOGLE',
  'OTHER',
  'NONE_DIRECT',
  'NONE_LINK',
]);
function writeSearchEngine(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfSearchEngine.get(value));
}

const indicesOfSearchKind = indicesOf([
  'UNKNOWN',
  'ORGANIC',
  'PAID',
  'NOT_TOLD_APART',
]);
function writeSearchKind(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfSearchKind.get(value));
}

function writeSearch(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.engine;
  if (field === undefined) field = "UNKNOWN";
  at = writeSearchEngine(bytes, at, field);
  field = record.engine_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.kind;
  if (field === undefined) field = "UNKNOWN";
  at = writeSearchKind(bytes, at, field);
  field = record.kind_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.keyword;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.bidding_word;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.referrer;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

function writePage(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.title;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.alias;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

function writeRoute(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.scope;
  if (field === undefined) field = "UNKNOWN";
  at = writeRouteScope(bytes, at, field);
  field = record.style_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.style_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.status;
  if (field === undefined) field = "UNKNOWN";
  at = writePresence(bytes, at, field);
  field = record.status_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

function writeStaffShare(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.first_response_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.first_response_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.average_response_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.average_response_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.handle_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.handle_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_message_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.staff_message_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.invited_rating;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  return at;
}

const indicesOfEndReason = indicesOf([
  'UNKNOWN',
  'VISITOR_CLOSED',
  'STAFF_CLOSED',
  'VISITOR_TIMEOUT',
  'STAFF_LEFT',
  'SYSTEM_CLOSED',
  'VISITOR_IDLE',
  'QUEUE_ABANDONED',
  'LEAVE_MESSAGE_TIMEOUT',
  'TRANSFERRED_TO_HUMAN',
  'SUPERSEDED',
  'VISITOR_BLOCKED',
  'STAFF_REMOVED',
]);
function writeEndReason(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfEndReason.get(value));
}

const indicesOfQueueState = indicesOf([
  'UNKNOWN',
  'NOT_QUEUED',
  'ANSWERED',
  'ABANDONED',
]);
function writeQueueState(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfQueueState.get(value));
}

function writeConversation(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.conversation_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.company_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.phase;
  if (field === undefined) field = "UNKNOWN";
  at = writeConversationPhase(bytes, at, field);
  field = record.status_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.kind;
  if (field === undefined) field = "UNKNOWN";
  at = writeConversationKind(bytes, at, field);
  field = record.kind_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.channel;
  if (field === undefined) field = "UNKNOWN";
  at = writeChannel(bytes, at, field);
  field = record.channel_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.subchannel_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.subchannel_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.opening;
  if (field === undefined) field = "UNKNOWN";
  at = writeConversationOpening(bytes, at, field);
  field = record.opening_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.entrance;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_ip;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.partner_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeVisitor(bytes, at + 1, field);
  }
  field = record.member;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeMember(bytes, at + 1, field);
  }
  field = record.browser;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBrowser(bytes, at + 1, field);
  }
  field = record.search;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeSearch(bytes, at + 1, field);
  }
  field = record.landing_page;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writePage(bytes, at + 1, field);
  }
  field = record.page_url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.page_title;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_role_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_scope;
  if (field === undefined) field = "UNKNOWN";
  at = writeDepartmentScope(bytes, at, field);
  field = record.route_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.route_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.route;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeRoute(bytes, at + 1, field);
  }
  field = record.robot_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.robot_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.first_robot_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.first_robot_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.robot_alias;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.from_staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.from_staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.from_staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.to_staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.to_staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.to_staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_shares;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeStaffShare);
  field = record.staff_ids_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.invited_ratings_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.requested_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.started_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.answered_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.transferred_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.transferred_to_human_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.ended_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.end_reason;
  if (field === undefined) field = "UNKNOWN";
  at = writeEndReason(bytes, at, field);
  field = record.end_reason_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.total_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.total_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.wait_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.wait_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.queue_state;
  if (field === undefined) field = "UNKNOWN";
  at = writeQueueState(bytes, at, field);
  field = record.queue_state_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.first_response_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.first_response_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.average_response_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.average_response_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.response_total_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.response_total_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.response_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.human_handle_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.human_handle_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_message_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.staff_message_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.visitor_to_robot_message_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.robot_message_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.human_interaction_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.transfer_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.perfect_match_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.exact_match_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.similar_match_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.miss_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.solved_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.unsolved_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.rating_invited;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.transferred_to_human;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.human_valid;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.human_invalid;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.human_reception;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.human_reception_valid;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.human_reception_invalid;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.robot_valid;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.robot_invalid;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.transcript;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.custom_data;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.custom_fields;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeCustomField);
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfStage = indicesOf([
  'UNKNOWN',
  'INGRESS',
  'NORMALIZER',
  'SINK_CLICKHOUSE',
  'SINK_ELASTICSEARCH',
]);
function writeStage(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfStage.get(value));
}

const indicesOfReason = indicesOf([
  'UNKNOWN',
  'UNDECRYPTABLE',
  'NO_ENVELOPE',
  'EMPTY',
  'DOCTYPE',
  'NOT_XML',
  'NOT_JSON',
  'TOO_LARGE',
  'UNKNOWN_SOURCE',
  'MAPPING_FAILED',
  'NOT_AVRO',
  'REFUSED_BY_STORE',
  'KILLS_PROCESSES',
  'PLAINTEXT',
  'FOREIGN_ID',
  'STALE',
  'REUSED_SIGNATURE',
  'SKIPPED',
  'POISON_PILL',
  'UNLISTED_ID',
]);
function writeReason(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfReason.get(value));
}

function writeHeader(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.name;
  at = writeString(bytes, at, field);
  field = record.value;
  at = writeString(bytes, at, field);
  return at;
}

function writeDeadLetter(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.id;
  at = writeString(bytes, at, field);
  field = record.stage;
  at = writeStage(bytes, at, field);
  field = record.reason;
  at = writeReason(bytes, at, field);
  field = record.detail;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.payload;
  at = writeBytes(bytes, at, field);
  field = record.headers;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeHeader);
  field = record.source_id;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.vendor;
  if (field === undefined) field = "UNKNOWN";
  at = writeVendor(bytes, at, field);
  field = record.vendor_id;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.data_type;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.topic;
  if (field === undefined) field = "";
  at = writeString(bytes, at, field);
  field = record.partition;
  if (field === undefined) field = -1;
  at = writeInt(bytes, at, field);
  field = record.offset;
  if (field === undefined) field = -1;
  at = writeLong(bytes, at, field);
  field = record.key;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBytes(bytes, at + 1, field);
  }
  field = record.first_seen;
  at = writeLong(bytes, at, field);
  field = record.attempts;
  if (field === undefined) field = 1;
  at = writeInt(bytes, at, field);
  return at;
}

function writeHeartbeat(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.ingress;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.beat;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfMessageKind = indicesOf([
  'UNKNOWN',
  'TEXT',
  'REVOKED',
]);
function writeMessageKind(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfMessageKind.get(value));
}

const indicesOfParticipantRole = indicesOf([
  'UNKNOWN',
  'VISITOR',
  'ROBOT',
  'STAFF',
  'SYSTEM',
  'NONE',
]);
function writeParticipantRole(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfParticipantRole.get(value));
}

function writeMessage(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.conversation_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.company_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.message_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.ordinal;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.kind;
  if (field === undefined) field = "UNKNOWN";
  at = writeMessageKind(bytes, at, field);
  field = record.revoked;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.sent_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.sent_clock;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.sender_role;
  if (field === undefined) field = "UNKNOWN";
  at = writeParticipantRole(bytes, at, field);
  field = record.sender_role_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.sender_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.sender_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.sender_from_text;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.receiver_role;
  if (field === undefined) field = "UNKNOWN";
  at = writeParticipantRole(bytes, at, field);
  field = record.receiver_role_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.receiver_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.receiver_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.text;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.knowledge_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.knowledge_title;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.offline;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

function writeOther(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

function writePageView(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.visit_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.ordinal;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.viewed_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.page;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writePage(bytes, at + 1, field);
  }
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfSolved = indicesOf([
  'UNKNOWN',
  'SOLVED',
  'UNSOLVED',
  'NOT_ASKED',
  'NOT_MARKED',
]);
function writeSolved(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfSolved.get(value));
}

const indicesOfRatingInitiative = indicesOf([
  'UNKNOWN',
  'INVITED',
  'VOLUNTEERED',
]);
function writeRatingInitiative(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfRatingInitiative.get(value));
}

function writeRating(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.conversation_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.company_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.target_role;
  if (field === undefined) field = "UNKNOWN";
  at = writeParticipantRole(bytes, at, field);
  field = record.target_role_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_scope;
  if (field === undefined) field = "UNKNOWN";
  at = writeDepartmentScope(bytes, at, field);
  field = record.visitor_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.channel;
  if (field === undefined) field = "UNKNOWN";
  at = writeChannel(bytes, at, field);
  field = record.channel_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.rated_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.score;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.score_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.nps_score;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.nps_score_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.solved;
  if (field === undefined) field = "UNKNOWN";
  at = writeSolved(bytes, at, field);
  field = record.solved_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.initiative;
  if (field === undefined) field = "UNKNOWN";
  at = writeRatingInitiative(bytes, at, field);
  field = record.initiative_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.tags;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.tags_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.comment;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfStaffActionKind = indicesOf([
  'UNKNOWN',
  'CONNECTED',
  'PARAMETER_READ',
  'VISITOR_SELECTED',
  'CARD_PUSHED',
  'TEXT_SENT',
  'IMAGE_SENT',
  'VIDEO_SENT',
  'VOICE_SENT',
  'FILE_SENT',
  'CONVERSATION_SIGNED',
  'MESSAGE_RECEIVED',
  'CONTACT_UPDATED',
]);
function writeStaffActionKind(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfStaffActionKind.get(value));
}

const indicesOfStaffActionResult = indicesOf([
  'UNKNOWN',
  'DONE',
  'FAILED',
  'INVALID',
  'UNSUPPORTED',
]);
function writeStaffActionResult(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfStaffActionResult.get(value));
}

const indicesOfStaffChatPhase = indicesOf([
  'UNKNOWN',
  'NOT_STARTED',
  'STARTED',
  'ENDED',
]);
function writeStaffChatPhase(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfStaffChatPhase.get(value));
}

function writeStaffCard(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.title;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.content;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.image_url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.memo;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

const indicesOfStaffMessageType = indicesOf([
  'UNKNOWN',
  'TEXT',
  'IMAGE',
  'VIDEO',
  'VOICE',
  'FILE',
]);
function writeStaffMessageType(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfStaffMessageType.get(value));
}

function writeStaffMessage(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.type;
  if (field === undefined) field = "UNKNOWN";
  at = writeStaffMessageType(bytes, at, field);
  field = record.type_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.text;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.thumbnail_url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.url;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.file_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.file_bytes;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.voice_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.voice_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

function writeStaffContact(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.nickname;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.gender;
  if (field === undefined) field = "UNKNOWN";
  at = writeGender(bytes, at, field);
  field = record.gender_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.age;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.phone;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.qq;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.wechat;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.email;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.memo;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  return at;
}

function writeStaffAction(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.action_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.action;
  if (field === undefined) field = "UNKNOWN";
  at = writeStaffActionKind(bytes, at, field);
  field = record.action_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.result;
  if (field === undefined) field = "UNKNOWN";
  at = writeStaffActionResult(bytes, at, field);
  field = record.result_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.reason;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.page_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.session_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.sdk_version;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_verified;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.visitor_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.chat_phase;
  if (field === undefined) field = "UNKNOWN";
  at = writeStaffChatPhase(bytes, at, field);
  field = record.chat_phase_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.parameter;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.sign;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeInt(bytes, at + 1, field);
  }
  field = record.card;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeStaffCard(bytes, at + 1, field);
  }
  field = record.message;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeStaffMessage(bytes, at + 1, field);
  }
  field = record.contact;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeStaffContact(bytes, at + 1, field);
  }
  field = record.changed;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.hashed;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.left_out;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

function writeTicket(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.ticket_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.company_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.contact_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.title;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.content;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.status_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.level_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.created_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.updated_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

const indicesOfVisitPhase = indicesOf([
  'UNKNOWN',
  'ENTERED',
  'KEYWORD_FOUND',
  'LEFT',
]);
function writeVisitPhase(bytes: Buffer, at: number, value: unknown): number {
  return writeLong(bytes, at, indicesOfVisitPhase.get(value));
}

function writeVisit(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.visit_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.phase;
  if (field === undefined) field = "UNKNOWN";
  at = writeVisitPhase(bytes, at, field);
  field = record.visit_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.visitor_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_ip;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.partner_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.channel;
  if (field === undefined) field = "UNKNOWN";
  at = writeChannel(bytes, at, field);
  field = record.channel_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeVisitor(bytes, at + 1, field);
  }
  field = record.member;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeMember(bytes, at + 1, field);
  }
  field = record.browser;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBrowser(bytes, at + 1, field);
  }
  field = record.search;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeSearch(bytes, at + 1, field);
  }
  field = record.landing_page;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writePage(bytes, at + 1, field);
  }
  field = record.route_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.route_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.route;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeRoute(bytes, at + 1, field);
  }
  field = record.department_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_scope;
  if (field === undefined) field = "UNKNOWN";
  at = writeDepartmentScope(bytes, at, field);
  field = record.entered_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.left_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.total_ms;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.total_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.page_count;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.conversation_ids;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.conversation_ids_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.abandoned_request_ids;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.abandoned_request_ids_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.custom_data;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.custom_fields;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeCustomField);
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

function writeWrapUp(bytes: Buffer, start: number, value: unknown): number {
  const record = recordOf(value);
  let at = start;
  let field: unknown;
  field = record.meta;
  at = writeMeta(bytes, at, field);
  field = record.conversation_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.conversation_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.company_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.visitor_number;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.subject;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.subject_path;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.note;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.remark;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.solved;
  if (field === undefined) field = "UNKNOWN";
  at = writeSolved(bytes, at, field);
  field = record.solved_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.invalid;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeBoolean(bytes, at + 1, field);
  }
  field = record.staff_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_account;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.staff_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.department_scope;
  if (field === undefined) field = "UNKNOWN";
  at = writeDepartmentScope(bytes, at, field);
  field = record.started_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.updated_at;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeLong(bytes, at + 1, field);
  }
  field = record.business_unit_id;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.business_unit_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.request_type_ids;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.request_type_ids_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.request_type_names;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeString);
  field = record.request_type_names_sent;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.category_names;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.category_paths;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.category_codes;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.template_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.progress_code;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.progress_name;
  if (field === null || field === undefined) bytes[at++] = 0;
  else {
    bytes[at] = 2;
    at = writeString(bytes, at + 1, field);
  }
  field = record.custom_fields;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeCustomField);
  field = record.attributes;
  if (field === undefined) field = [];
  at = writeArray(bytes, at, field, writeAttribute);
  return at;
}

/** Writes a value of each topic; fields that are left out get their default. */
export const writers: Readonly<Record<keyof ValueOf, Write>> = {
  'assignment.v1': writeAssignment,
  'availability.v1': writeAvailability,
  'call.v1': writeCall,
  'contact.v1': writeContact,
  'conversation.v1': writeConversation,
  'dead-letter': writeDeadLetter,
  'heartbeat.v1': writeHeartbeat,
  'message.v1': writeMessage,
  'other.v1': writeOther,
  'page-view.v1': writePageView,
  'rating.v1': writeRating,
  'staff-action.v1': writeStaffAction,
  'ticket.v1': writeTicket,
  'visit.v1': writeVisit,
  'wrap-up.v1': writeWrapUp,
};

