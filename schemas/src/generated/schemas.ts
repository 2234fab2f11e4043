// Generated from schemas/*/*.avsc by schemas/tools/generate.ts. Do not edit.

export type Vendor =
  | 'UNKNOWN'
  | 'ECHAT'
  | 'SOBOT';

export interface Meta {
  /** UUIDv5 of source, data type, vendor message id, content hash and role: the same for a resend, a replay and a redrive. */
  event_id: string;
  /** What happened, e.g. conversation.started. */
  event_type: string;
  /** What vendor_id was before it: UNKNOWN for a vendor that was added later. Read vendor_id. */
  vendor: Vendor;
  /** The vendor that sent it, by its id in the sources file. Empty in events of older releases, which vendor names. */
  vendor_id: string;
  /** The vendor's own name of the data type: Echat's dataType, Sobot's type. Where the name that was sent and the content disagree, what the content is. */
  data_type: string;
  /** The configured source (one vendor account). Immutable. */
  source_id: string;
  /** The tenant that the source belongs to. */
  tenant: string;
  /** What the event is about within its source: conversation, visitor, staff, skill or route id as sent. Latest state is per (event type, entity key). */
  entity_key: string;
  /** When it happened by the vendor's clock, UTC. Null when the vendor gives no usable time. */
  occurred_at: null | number;
  /** When ingress received the push, UTC. */
  received_at: number;
  /** Topic of the raw record. */
  raw_topic: string;
  /** Partition of the raw record. */
  raw_partition: number;
  /** Offset of the raw record. */
  raw_offset: number;
  /** Version of the mapping. Of two copies of one event the one with the higher (received_at, mapping_version) wins. */
  mapping_version: number;
  /** The vendor's own id of the push. Echat msgId. */
  vendor_message_id: null | string;
  /** When the vendor made the push, UTC. Echat tm. */
  vendor_sent_at: null | number;
  /** Repairs without which the payload could not be read, by name (docs/reference/repairs.md). Empty for a well-formed payload. */
  repairs: string[];
}

export type AssignmentSubject =
  | 'UNKNOWN'
  | 'LEAVE_MESSAGE'
  | 'CONTACT';

export type Assigner =
  | 'UNKNOWN'
  | 'STAFF'
  | 'SYSTEM';

export type AssignmentCause =
  | 'UNKNOWN'
  | 'FORM_FILLED'
  | 'EDITED'
  | 'OWNER_ASSIGNED';

export type DepartmentScope =
  | 'UNKNOWN'
  | 'NAMED'
  | 'EVERYBODY';

export interface Attribute {
  /** Path within the record, e.g. chatData.chatEntrance or result_list[0].value. */
  name: string;
  /** The value as sent; numbers keep their source text. */
  value: string;
}

/** A left message or a contact got an owner. */
export interface Assignment {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** What was assigned. */
  subject: AssignmentSubject;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** As sent, prefix included. Echat visitorId, Sobot visitorid. */
  visitor_id: null | string;
  /** The digits after the prefix of Echat visitorId (web377724523), by which a bare id can be joined. */
  visitor_number: null | string;
  /** SYSTEM: Echat staffId -1, assigned automatically. */
  assigner: Assigner;
  /** Of a contact: what made the vendor send it. Echat crmStatus. */
  cause: AssignmentCause;
  /** Echat crmStatus, as sent. */
  cause_code: null | string;
  /** As sent. Who assigned it. Echat staffId. */
  staff_id: null | string;
  /** Login name. Echat staffLogname. */
  staff_account: null | string;
  /** Echat staffName. */
  staff_name: null | string;
  /** Who owns it now. Echat ownerId. */
  owner_id: null | string;
  /** Echat ownerLogname. */
  owner_account: null | string;
  /** Echat ownerName. */
  owner_name: null | string;
  /** Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid. */
  department_id: null | string;
  /** Name of the skill group. Echat chatDepartmentName, Sobot lastgroup_name or group_name. */
  department_name: null | string;
  /** What the department id means: Echat chatDepartmentId 0 is everybody. */
  department_scope: DepartmentScope;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type AvailabilitySubject =
  | 'UNKNOWN'
  | 'COMPANY'
  | 'DEPARTMENT'
  | 'STAFF'
  | 'ROUTE';

export type Presence =
  | 'UNKNOWN'
  | 'ONLINE'
  | 'OFFLINE'
  | 'BUSY'
  | 'AWAY'
  | 'INVISIBLE'
  | 'SIGNED_OUT';

export type RouteScope =
  | 'UNKNOWN'
  | 'NAMED'
  | 'DEFAULT_WEB'
  | 'DEFAULT_WECHAT'
  | 'DEFAULT_SDK';

/** Whether the company, a department, a route or an agent can take conversations. */
export interface Availability {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Whose state it is. */
  subject: AvailabilitySubject;
  /** The state from now on. Echat companyStatus, skillStatus, staffStatus or routeStatus. */
  status: Presence;
  /** Echat companyStatus, skillStatus, staffStatus or routeStatus, as sent. */
  status_code: null | string;
  /** Echat skillId. */
  department_id: null | string;
  /** Echat skillName; the page also writes skillNanme. */
  department_name: null | string;
  /** As sent. Echat staffId. */
  staff_id: null | string;
  /** Login name. Echat staffLogname. */
  staff_account: null | string;
  /** Echat staffName. */
  staff_name: null | string;
  /** Echat routeId. */
  route_id: null | string;
  /** Echat routeName. */
  route_name: null | string;
  /** What kind of route the id means: Echat routeId -1, -2, -3 are defaults. */
  route_scope: RouteScope;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type CallDirection =
  | 'UNKNOWN'
  | 'INBOUND'
  | 'OUTBOUND';

/** A telephone call. The vendor documents few of its fields: look into attributes. */
export interface Call {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Sobot callId or callid, where it is sent. */
  call_id: null | string;
  /** The company account, which may be a branch. Sobot companyid (calllog: companyId). */
  company_id: null | string;
  /** As sent. Sobot staffId, where it is sent. */
  staff_id: null | string;
  /** Login name. Sobot staffEmail. */
  staff_account: null | string;
  /** Sobot staffName. */
  staff_name: null | string;
  /** Sobot customerPhoneNo. */
  customer_phone: null | string;
  /** Who called. Sobot direction. */
  direction: CallDirection;
  /** Sobot direction, as sent. */
  direction_code: null | string;
  /** UTC. Sobot startTime, as epoch ms or clock time. */
  started_at: null | number;
  /** UTC. Sobot endTime, as epoch ms or clock time. */
  ended_at: null | number;
  /** Sobot recordURL. */
  recording_url: null | string;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type ContactChange =
  | 'UNKNOWN'
  | 'FORM_FILLED'
  | 'EDITED'
  | 'OWNER_ASSIGNED'
  | 'RECORDED';

export type Channel =
  | 'UNKNOWN'
  | 'WEB'
  | 'MOBILE_WEB'
  | 'APP'
  | 'WECHAT'
  | 'WECHAT_WORK'
  | 'WECHAT_SERVICE'
  | 'MINI_PROGRAM'
  | 'WEIBO'
  | 'PHONE'
  | 'TICKET'
  | 'CUSTOMER_CENTER'
  | 'SEARCH_ADVERTISING'
  | 'SOCIAL'
  | 'CUSTOM'
  | 'BAIDU_MARKETING'
  | 'TOUTIAO'
  | 'QIHOO_360'
  | 'ALI_HUICHUAN'
  | 'SOGOU'
  | 'TENCENT_ADS'
  | 'ZHIHU'
  | 'FACEBOOK'
  | 'WHATSAPP'
  | 'INSTAGRAM'
  | 'LINE'
  | 'DISCORD'
  | 'TELEGRAM';

export type Gender =
  | 'UNKNOWN'
  | 'MALE'
  | 'FEMALE';

export type MaritalStatus =
  | 'UNKNOWN'
  | 'SINGLE'
  | 'MARRIED';

/** A field of the customer's own. */
export interface CustomField {
  /** The vendor's element that held it: custom, myData, params, summary_params, result_list, customer_fields, field. */
  group: null | string;
  /** The vendor's id of the field. Echat c1 to c20, Sobot fieldid. */
  id: null | string;
  /** Sobot field_name; the key in Echat myData and Sobot params. */
  name: null | string;
  /** As sent; a structure as JSON. Echat c1-c20 and myData, Sobot field_value, params and summary_params. */
  value: null | string;
}

/** What is known of a visitor or customer, whole or one changed field. Null: not sent, so unchanged. */
export interface Contact {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** The vendor's id of the contact. Echat crmData visitorId, Sobot userid. */
  contact_id: null | string;
  /** As sent, prefix included. Echat visitorId, Sobot visitorid. */
  visitor_id: null | string;
  /** The digits after the prefix of Echat visitorId (web377724523), by which a bare id can be joined. */
  visitor_number: null | string;
  /** Several visitors that are this contact, split at commas. Sobot visitorids. */
  visitor_ids: string[];
  /** As sent. Sobot visitorids. */
  visitor_ids_sent: null | string;
  /** The customer's own id. Sobot partnerid. */
  partner_id: null | string;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** The company account, which may be a branch. Sobot companyid (calllog: companyId). */
  company_id: null | string;
  /** FORM_FILLED: the visitor filled a form; EDITED: staff changed it, one event for each field; RECORDED: sent as it is. Echat crmStatus. */
  change: ContactChange;
  /** Echat crmStatus, as sent. */
  change_code: null | string;
  /** Fields that staff emptied, by their names in this record, custom fields as custom_fields.c1: Echat crmStatus 2 with an empty element. */
  cleared_fields: string[];
  /** Where the visitor is. Sobot source. */
  channel: Channel;
  /** Sobot source, as sent. */
  channel_code: null | string;
  /** As sent. Who sent or serves it. Echat staffId, Sobot serviceid. */
  staff_id: null | string;
  /** Login name. Echat staffLogname. */
  staff_account: null | string;
  /** Echat staffName. */
  staff_name: null | string;
  /** The agent's number in the company. Sobot service_no. */
  staff_number: null | string;
  /** Class of customer in words. Echat category. */
  category: null | string;
  /** Echat name, Sobot user_name. */
  name: null | string;
  /** Echat nickName, Sobot nick. */
  nickname: null | string;
  /** By code or by text. Echat gender. */
  gender: Gender;
  /** Echat gender, as sent. */
  gender_code: null | string;
  /** In years. Echat age. */
  age: null | number;
  /** As sent, yyyy-MM-dd. Echat birthday. */
  birthday: null | string;
  /** By code. Echat maritalStatus. */
  marital_status: MaritalStatus;
  /** Echat maritalStatus, as sent. */
  marital_status_code: null | string;
  /** As sent; Sobot sends several separated by commas. Echat phone, Sobot user_tels. */
  phone: null | string;
  /** Echat qq, Sobot qq. */
  qq: null | string;
  /** Echat wechat. */
  wechat: null | string;
  /** As sent; Sobot sends several separated by commas. Echat email, Sobot user_emails. */
  email: null | string;
  /** Echat nation, Sobot country_name. */
  country: null | string;
  /** Echat province, Sobot province_name. */
  province: null | string;
  /** Echat city, Sobot city_name. */
  city: null | string;
  /** Echat address. */
  address: null | string;
  /** Echat photo, Sobot img. */
  photo_url: null | string;
  /** Note about the person. Echat memo, Sobot remark. */
  memo: null | string;
  /** phone split at commas. Echat phone, Sobot user_tels. */
  phones: string[];
  /** email split at commas. Echat email, Sobot user_emails. */
  emails: string[];
  /** County or district. Sobot area_name. */
  area: null | string;
  /** Where the contact works. Sobot enterprise_name. */
  company_name: null | string;
  /** Echat c1 to c20; Sobot params, summary_params and result_list. */
  custom_fields: CustomField[];
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type ConversationPhase =
  | 'UNKNOWN'
  | 'STARTED'
  | 'ANSWERED'
  | 'TRANSFERRED'
  | 'ENDED'
  | 'RECORDED';

export type ConversationKind =
  | 'UNKNOWN'
  | 'HUMAN'
  | 'BUSY'
  | 'LEAVE_MESSAGE'
  | 'ROBOT';

export type ConversationOpening =
  | 'UNKNOWN'
  | 'ICON_CLICKED'
  | 'INVITATION_ACCEPTED'
  | 'STAFF_STARTED'
  | 'WECHAT_TEXT'
  | 'WECHAT_MENU'
  | 'WECHAT_KEYWORD'
  | 'WECHAT_ROBOT_TO_HUMAN'
  | 'ROBOT_TO_HUMAN'
  | 'ROBOT_TO_LEAVE_MESSAGE'
  | 'POPUP_OPENED'
  | 'POPUP_MESSAGE'
  | 'MERCHANT_MESSAGE_TO_PLATFORM'
  | 'WECHAT_DEVELOPER'
  | 'CUSTOM_CHANNEL_EVENT'
  | 'CUSTOM_CHANNEL_MESSAGE';

export type VisitorType =
  | 'UNKNOWN'
  | 'GUEST'
  | 'MEMBER'
  | 'SDK_GUEST'
  | 'WECHAT'
  | 'CUSTOM';

/** Who visits, as the vendor knows them. */
export interface Visitor {
  /** How the visitor is identified. Echat visitorType. */
  type: VisitorType;
  /** Echat visitorType, as sent. */
  type_code: null | string;
  /** Id of the custom channel, where the type is CUSTOM. Echat mediaId. */
  channel_id: null | string;
  /** Echat visitorPhoto. */
  photo_url: null | string;
  /** Visits so far. Echat visitTimes. */
  visit_count: null | number;
  /** Conversations so far. Echat chatTimes. */
  conversation_count: null | number;
  /** As sent, e.g. zh_CN. Echat visitorLan. */
  language: null | string;
  /** As sent. Sobot area. */
  area: null | string;
  /** By IP. Echat visitorCountry. */
  country: null | string;
  /** By IP. Echat visitorProvince, Sobot province_name. */
  province: null | string;
  /** By IP. Echat visitorCity, Sobot city_name. */
  city: null | string;
  /** When this visit began, UTC. Echat visitorEnterTime. */
  entered_at: null | number;
  /** When the visitor entered the site, UTC. Echat firstTime. */
  first_visit_at: null | number;
  /** The conversation before, UTC. Echat lastChatTime. */
  last_conversation_at: null | number;
  /** Who served the conversation before. Echat lastChatStaffId. */
  last_staff_id: null | string;
  /** Echat lastChatStaffLogname. */
  last_staff_account: null | string;
  /** Echat lastChatStaffName. */
  last_staff_name: null | string;
}

/** The visitor as a member of the customer's own system. */
export interface Member {
  /** Above 0. Echat grade. */
  level: null | number;
  /** Class of customer in words. Echat category. */
  category: null | string;
  /** Echat name, Sobot user_name. */
  name: null | string;
  /** Echat nickName, Sobot nick. */
  nickname: null | string;
  /** By code or by text. Echat gender. */
  gender: Gender;
  /** Echat gender, as sent. */
  gender_code: null | string;
  /** In years. Echat age. */
  age: null | number;
  /** As sent, yyyy-MM-dd. Echat birthday. */
  birthday: null | string;
  /** By code. Echat maritalStatus. */
  marital_status: MaritalStatus;
  /** Echat maritalStatus, as sent. */
  marital_status_code: null | string;
  /** As sent; Sobot sends several separated by commas. Echat phone, Sobot user_tels. */
  phone: null | string;
  /** Echat qq, Sobot qq. */
  qq: null | string;
  /** Echat wechat. */
  wechat: null | string;
  /** As sent; Sobot sends several separated by commas. Echat email, Sobot user_emails. */
  email: null | string;
  /** Echat nation, Sobot country_name. */
  country: null | string;
  /** Echat province, Sobot province_name. */
  province: null | string;
  /** Echat city, Sobot city_name. */
  city: null | string;
  /** Echat address. */
  address: null | string;
  /** Echat photo, Sobot img. */
  photo_url: null | string;
  /** Note about the person. Echat memo, Sobot remark. */
  memo: null | string;
}

/** What the visitor uses. Absent for WeChat. */
export interface Browser {
  /** Echat browserName. */
  name: null | string;
  /** Echat browserVersion. */
  version: null | string;
  /** As sent, e.g. 1920*1080. Echat screenResolution. */
  screen_resolution: null | string;
  /** In words. Echat osName; of Sobot os what its code means. */
  os_name: null | string;
  /** Echat osVersion. */
  os_version: null | string;
  /** Sobot os */
  os_code: null | string;
}

export type SearchEngine =
  | 'UNKNOWN'
  | 'BAIDU'
  | 'SO_360'
  | 'SOGOU'
  | 'SHENMA'
  | 'BING'
  | 'GOOGLE'
  | 'OTHER'
  | 'NONE_DIRECT'
  | 'NONE_LINK';

export type SearchKind =
  | 'UNKNOWN'
  | 'ORGANIC'
  | 'PAID'
  | 'NOT_TOLD_APART';

/** How the visitor found the site. */
export interface Search {
  /** NONE_DIRECT: typed in; NONE_LINK: by a link from elsewhere. Echat se (a word), Sobot search_engine (a code). */
  engine: SearchEngine;
  /** Echat se (a word), Sobot search_engine (a code), as sent. */
  engine_code: null | string;
  /** ORGANIC: SEO; PAID: advertising. Also from what Sobot search_engine means. Echat keywordType. */
  kind: SearchKind;
  /** Echat keywordType, as sent. */
  kind_code: null | string;
  /** What was searched for. Echat keyword, Sobot search_word. */
  keyword: null | string;
  /** The word that was advertised on. Echat biddingWord. */
  bidding_word: null | string;
  /** URL the visitor came from; for WeChat the name of the account. Echat referPage. */
  referrer: null | string;
}

/** A page of the site. */
export interface Page {
  /** Echat firstPage or pageUrl, Sobot land_page_url. */
  url: null | string;
  /** Echat firstPageTitle or pageTitle, Sobot land_page_title. */
  title: null | string;
  /** A name the customer gave it. Echat pageUrlAlias. */
  alias: null | string;
}

/** The way in which conversations are distributed, beside its id and name. */
export interface Route {
  /** What kind of route the id means: Echat routeId -1, -2, -3 are defaults. */
  scope: RouteScope;
  /** The look of the chat window. Echat styleId. */
  style_id: null | string;
  /** Echat styleName. */
  style_name: null | string;
  /** Whether somebody of it is there. Echat routeStatus. */
  status: Presence;
  /** Echat routeStatus, as sent. */
  status_code: null | string;
}

/** One agent's part in a conversation. */
export interface StaffShare {
  /** As sent. Echat staffId, Sobot staffids. */
  staff_id: null | string;
  /** Echat staffLogname. */
  staff_account: null | string;
  /** Echat staffName. */
  staff_name: null | string;
  /** Until the first answer of this agent. Echat staffKpi firstAnswerTime. In ms. */
  first_response_ms: null | number;
  /** Until the first answer of this agent. Echat staffKpi firstAnswerTime. The vendor's number as sent, before its unit was applied. */
  first_response_sent: null | string;
  /** Mean time of this agent to answer. Echat staffKpi avgAnswerTime. In ms. */
  average_response_ms: null | number;
  /** Mean time of this agent to answer. Echat staffKpi avgAnswerTime. The vendor's number as sent, before its unit was applied. */
  average_response_sent: null | string;
  /** How long this agent served. Echat staffKpi duration. In ms. */
  handle_ms: null | number;
  /** How long this agent served. Echat staffKpi duration. The vendor's number as sent, before its unit was applied. */
  handle_sent: null | string;
  /** Messages of the visitor to this agent. Echat visitorSendMsg. */
  visitor_message_count: null | number;
  /** Messages of this agent. Echat staffSendMsg. */
  staff_message_count: null | number;
  /** Whether this agent asked for a rating. Sobot invite_evaluation_flags. */
  invited_rating: null | boolean;
}

export type EndReason =
  | 'UNKNOWN'
  | 'VISITOR_CLOSED'
  | 'STAFF_CLOSED'
  | 'VISITOR_TIMEOUT'
  | 'STAFF_LEFT'
  | 'SYSTEM_CLOSED'
  | 'VISITOR_IDLE'
  | 'QUEUE_ABANDONED'
  | 'LEAVE_MESSAGE_TIMEOUT'
  | 'TRANSFERRED_TO_HUMAN'
  | 'SUPERSEDED'
  | 'VISITOR_BLOCKED'
  | 'STAFF_REMOVED';

export type QueueState =
  | 'UNKNOWN'
  | 'NOT_QUEUED'
  | 'ANSWERED'
  | 'ABANDONED';

/** A step in the life of one conversation, or its final record. */
export interface Conversation {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** The company account, which may be a branch. Sobot companyid (calllog: companyId). */
  company_id: null | string;
  /** Which step. RECORDED: a record or transcript of the whole conversation. */
  phase: ConversationPhase;
  /** Echat chatStatus as sent: it says phase and kind at once. */
  status_code: null | string;
  /** Who answers. Echat chatType, or chatStatus where there is no chatType; Sobot human_recep_flag. */
  kind: ConversationKind;
  /** Echat chatType, as sent. */
  kind_code: null | string;
  /** Where the visitor is. Echat visitorMedia, Sobot source. */
  channel: Channel;
  /** Echat visitorMedia, Sobot source, as sent. */
  channel_code: null | string;
  /** Sobot channel_flag. */
  subchannel_id: null | string;
  /** Sobot channel_name. */
  subchannel_name: null | string;
  /** How it was begun. Echat chatEvent. */
  opening: ConversationOpening;
  /** Echat chatEvent, as sent. */
  opening_code: null | string;
  /** The customer's own name of the entrance. Echat chatEntrance. */
  entrance: null | string;
  /** As sent, prefix included. Echat visitorId, Sobot visitorid. */
  visitor_id: null | string;
  /** The digits after the prefix of Echat visitorId (web377724523), by which a bare id can be joined. */
  visitor_number: null | string;
  /** Echat visitorName. */
  visitor_name: null | string;
  /** As sent, may be cut. Echat visitorIp, Sobot ip. */
  visitor_ip: null | string;
  /** The customer's own id of the visitor. Echat metaData uid, Sobot partnerid. */
  partner_id: null | string;
  /** What else is known of the visitor. Echat visitorData, Sobot area and city. */
  visitor: null | Visitor;
  /** The visitor as a member of the customer's own system. Echat metaData. */
  member: null | Member;
  /** What the visitor uses. Echat visitorData, Sobot os. */
  browser: null | Browser;
  /** How the visitor found the site. Echat visitorData, Sobot search_engine and search_word. */
  search: null | Search;
  /** The first page of the visit. Echat firstPage, Sobot land_page_url. */
  landing_page: null | Page;
  /** Page where it was opened. Echat chatPage, Sobot conversation_page_url. */
  page_url: null | string;
  /** Its title. Echat chatPageTitle, Sobot conversation_page_title. */
  page_title: null | string;
  /** As sent. Echat chatStaffId. */
  staff_id: null | string;
  /** Login name. Echat chatStaffLogname, Sobot staff_emails. */
  staff_account: null | string;
  /** Echat chatStaffName, Sobot staff_name. */
  staff_name: null | string;
  /** The agent's role in words. Echat chatStaffRole. */
  staff_role_name: null | string;
  /** Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid. */
  department_id: null | string;
  /** Name of the skill group. Echat chatDepartmentName, Sobot lastgroup_name or group_name. */
  department_name: null | string;
  /** What the department id means: Echat chatDepartmentId 0 is everybody. */
  department_scope: DepartmentScope;
  /** Echat routeId; -1, -2, -3 are the default routes of web, WeChat and SDK. */
  route_id: null | string;
  /** Echat routeName. */
  route_name: null | string;
  /** What else is known of the route. Echat routeData. */
  route: null | Route;
  /** The last robot. Sobot lastrobotid. */
  robot_id: null | string;
  /** The last robot. Sobot lastrobot_name. */
  robot_name: null | string;
  /** Sobot robotid. */
  first_robot_id: null | string;
  /** Sobot robot_name. */
  first_robot_name: null | string;
  /** Sobot robot_alias. */
  robot_alias: null | string;
  /** TRANSFERRED: who gave it away. Echat fromStaffId. */
  from_staff_id: null | string;
  /** Echat fromStaffLogname. */
  from_staff_account: null | string;
  /** Echat fromStaffName. */
  from_staff_name: null | string;
  /** TRANSFERRED: who took it. Echat toStaffId. */
  to_staff_id: null | string;
  /** Echat toStaffLogname. */
  to_staff_account: null | string;
  /** Echat toStaffName. */
  to_staff_name: null | string;
  /** Each agent's part. Echat staffKpis (only when it was transferred: else the whole is the one agent's), Sobot staffids. */
  staff_shares: StaffShare[];
  /** The list as sent. Sobot staffids. */
  staff_ids_sent: null | string;
  /** The list as sent, parallel to staff_ids_sent. Sobot invite_evaluation_flags. */
  invited_ratings_sent: null | string;
  /** When the visitor asked for it, UTC. Echat chatRequestTime. */
  requested_at: null | number;
  /** When it began, UTC. The frame of Echat chatContent, Sobot start_time. */
  started_at: null | number;
  /** When a human answered, UTC. Echat chatAnswerTime, Sobot access_human_time. */
  answered_at: null | number;
  /** TRANSFERRED: when, UTC. Echat transferTime. */
  transferred_at: null | number;
  /** From the robot, UTC. Sobot transfer_tohuman_time. */
  transferred_to_human_at: null | number;
  /** When it ended, UTC. Echat chatEndTime or the frame of chatContent, Sobot end_time. */
  ended_at: null | number;
  /** Why it ended. Echat chatEndType, Sobot offline_type. */
  end_reason: EndReason;
  /** Echat chatEndType, Sobot offline_type, as sent. */
  end_reason_code: null | string;
  /** Length of the conversation. Echat chatTotalTime, Sobot conversation_duration. In ms. */
  total_ms: null | number;
  /** Length of the conversation. Echat chatTotalTime, Sobot conversation_duration. The vendor's number as sent, before its unit was applied. */
  total_sent: null | string;
  /** Time in the queue. Echat chatWaitTime, Sobot queue_time. In ms. */
  wait_ms: null | number;
  /** Time in the queue. Echat chatWaitTime, Sobot queue_time. The vendor's number as sent, before its unit was applied. */
  wait_sent: null | string;
  /** How the queue ended. Sobot session_queue_state. */
  queue_state: QueueState;
  /** Sobot session_queue_state, as sent. */
  queue_state_code: null | string;
  /** Until the first human answer. Echat firstAnswerTime, Sobot first_response_time. In ms. */
  first_response_ms: null | number;
  /** Until the first human answer. Echat firstAnswerTime, Sobot first_response_time. The vendor's number as sent, before its unit was applied. */
  first_response_sent: null | string;
  /** Mean time to answer. Echat avgAnswerTime, Sobot response_avg. In ms. */
  average_response_ms: null | number;
  /** Mean time to answer. Echat avgAnswerTime, Sobot response_avg. The vendor's number as sent, before its unit was applied. */
  average_response_sent: null | string;
  /** Sum of the times to answer. Sobot response_duration. In ms. */
  response_total_ms: null | number;
  /** Sum of the times to answer. Sobot response_duration. The vendor's number as sent, before its unit was applied. */
  response_total_sent: null | string;
  /** Answers that the sum is of. Sobot response_count. */
  response_count: null | number;
  /** How long humans served. Sobot session_human_duration. In ms. */
  human_handle_ms: null | number;
  /** How long humans served. Sobot session_human_duration. The vendor's number as sent, before its unit was applied. */
  human_handle_sent: null | string;
  /** Messages of the visitor to humans. Echat visitorSendMsg, Sobot consult_staff_msg_count. */
  visitor_message_count: null | number;
  /** Messages of staff. Echat staffSendMsg, Sobot staff_reply_msg_count. */
  staff_message_count: null | number;
  /** Sobot consult_robot_msg_count. */
  visitor_to_robot_message_count: null | number;
  /** Sobot robot_reply_msg_count. */
  robot_message_count: null | number;
  /** Sobot asHuman_interactive_count. */
  human_interaction_count: null | number;
  /** Sobot human_transfer_count. */
  transfer_count: null | number;
  /** Questions that the robot met perfectly. Echat perfectMatchs. */
  perfect_match_count: null | number;
  /** Echat exactMatchs. */
  exact_match_count: null | number;
  /** Echat similarityMatchs. */
  similar_match_count: null | number;
  /** Questions that the robot did not meet. Echat misMatchCount. */
  miss_count: null | number;
  /** Times the visitor clicked solved. Echat solvedCount. */
  solved_count: null | number;
  /** Times the visitor clicked unsolved. Echat unsolvedCount. */
  unsolved_count: null | number;
  /** Whether staff asked for a rating. Echat activelyInviteEvaluating. */
  rating_invited: null | boolean;
  /** Whether the robot could hand over. Sobot transfer_human_succ_flag. */
  transferred_to_human: null | boolean;
  /** A conversation with a human in which both spoke. Sobot human_valid_flag. */
  human_valid: null | boolean;
  /** Sobot human_invalid_flag. */
  human_invalid: null | boolean;
  /** A human received it. Sobot human_recep_flag. */
  human_reception: null | boolean;
  /** Sobot human_valid_recep_flag. */
  human_reception_valid: null | boolean;
  /** Sobot human_invalid_recep_flag. */
  human_reception_invalid: null | boolean;
  /** Sobot robot_valid_flag. */
  robot_valid: null | boolean;
  /** Sobot robot_invalid_flag. */
  robot_invalid: null | boolean;
  /** The whole conversation as one text, as it came. Echat chatContent. */
  transcript: null | string;
  /** The customer's own data, as sent. Echat myData. */
  custom_data: null | string;
  /** The pairs of custom_data, where it is a query string. Echat myData. */
  custom_fields: CustomField[];
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type Stage =
  | 'UNKNOWN'
  | 'INGRESS'
  | 'NORMALIZER'
  | 'SINK_CLICKHOUSE'
  | 'SINK_ELASTICSEARCH';

export type Reason =
  | 'UNKNOWN'
  | 'UNDECRYPTABLE'
  | 'NO_ENVELOPE'
  | 'EMPTY'
  | 'DOCTYPE'
  | 'NOT_XML'
  | 'NOT_JSON'
  | 'TOO_LARGE'
  | 'UNKNOWN_SOURCE'
  | 'MAPPING_FAILED'
  | 'NOT_AVRO'
  | 'REFUSED_BY_STORE'
  | 'KILLS_PROCESSES'
  | 'PLAINTEXT'
  | 'FOREIGN_ID'
  | 'STALE'
  | 'REUSED_SIGNATURE'
  | 'SKIPPED'
  | 'POISON_PILL'
  | 'UNLISTED_ID';

export interface Header {
  name: string;
  value: string;
}

/** A record that could not go on, with everything needed to try it again. */
export interface DeadLetter {
  /** Hash of the original bytes, or the id of the event. */
  id: string;
  /** Where it stopped. */
  stage: Stage;
  /** Why: see docs/reference/dead-letters.md. POISON_PILL was KILLS_PROCESSES before, UNLISTED_ID was FOREIGN_ID. */
  reason: Reason;
  /** For people. Never holds a secret or a payload. */
  detail: string;
  /** The original bytes, whole. */
  payload: Buffer;
  /** Headers of the original record, or those that a raw record would have had. */
  headers: Header[];
  source_id: string;
  /** What vendor_id was before it: UNKNOWN for a vendor that was added later. Read vendor_id. */
  vendor: Vendor;
  /** The vendor that sent the record, by its id in the sources file. Empty in dead letters of older releases and where no vendor is known. */
  vendor_id: string;
  data_type: string;
  /** Topic of the original record; empty when it never reached one. */
  topic: string;
  partition: number;
  offset: number;
  /** Key of the original record. */
  key: null | Buffer;
  /** When the record was received first, UTC. */
  first_seen: number;
  /** How often it was tried, redrives included. */
  attempts: number;
}

/** Made by ingress every few seconds, to see that the whole pipeline works also when no vendor sends. No vendor sent it, and no other topic, table or index has it. */
export interface Heartbeat {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Host name of the ingress that made it. */
  ingress: null | string;
  /** Which one it is since that ingress began, from 1. */
  beat: null | number;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type MessageKind =
  | 'UNKNOWN'
  | 'TEXT'
  | 'REVOKED';

export type ParticipantRole =
  | 'UNKNOWN'
  | 'VISITOR'
  | 'ROBOT'
  | 'STAFF'
  | 'SYSTEM'
  | 'NONE';

/** One message of a conversation, or the revocation of one. */
export interface Message {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** The company account, which may be a branch. Sobot companyid (calllog: companyId). */
  company_id: null | string;
  /** Sobot msgid. Echat turns have none. */
  message_id: null | string;
  /** Place within the transcript, Echat chatContent, from 0. Null where messages come one by one. */
  ordinal: null | number;
  /** REVOKED: a message was withdrawn; the vendor does not say which. Sobot revoke_flag. */
  kind: MessageKind;
  /** Sobot revoke_flag. */
  revoked: null | boolean;
  /** UTC. The time of the turn in Echat chatContent, Sobot timems. */
  sent_at: null | number;
  /** The same time as a clock text, as sent. Sobot format_time. */
  sent_clock: null | string;
  /** Who sent it. Of Echat chatContent: 访客 is the visitor, the frames are SYSTEM. Sobot sender_type. */
  sender_role: ParticipantRole;
  /** Sobot sender_type, as sent. */
  sender_role_code: null | string;
  /** As sent. Sobot senderid. */
  sender_id: null | string;
  /** As sent. The name before the > in Echat chatContent, Sobot sender_name. */
  sender_name: null | string;
  /** True where role, name and time of the sender were read from a line of a transcript, which a participant can type as well: they are not proven. Null where the vendor sends them as fields. Echat chatContent. */
  sender_from_text: null | boolean;
  /** Who it was for. NONE: an offline message without receiver. Sobot receiver_type. */
  receiver_role: ParticipantRole;
  /** Sobot receiver_type, as sent. */
  receiver_role_code: null | string;
  /** As sent. Sobot receiverid. */
  receiver_id: null | string;
  /** As sent. Sobot receiver_name. */
  receiver_name: null | string;
  /** The content as sent; may hold HTML. Sobot msg, one turn of Echat chatContent. */
  text: null | string;
  /** Knowledge base entry that a robot answered with. Sobot docid. */
  knowledge_id: null | string;
  /** Its title. Sobot doc_name. */
  knowledge_title: null | string;
  /** Sent while nobody was there. Sobot msg_offline. */
  offline: null | boolean;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

/** An event of a data type that nobody knows yet: all of its values are attributes. */
export interface Other {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

/** A page that was looked at during a visit. */
export interface PageView {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Echat trackRecordId. */
  visit_id: null | string;
  /** Place within the pages that were sent together, from 0. */
  ordinal: null | number;
  /** UTC. Echat visitTime. */
  viewed_at: null | number;
  /** The page. Echat pageUrl, pageTitle, pageUrlAlias. */
  page: null | Page;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type Solved =
  | 'UNKNOWN'
  | 'SOLVED'
  | 'UNSOLVED'
  | 'NOT_ASKED'
  | 'NOT_MARKED';

export type RatingInitiative =
  | 'UNKNOWN'
  | 'INVITED'
  | 'VOLUNTEERED';

/** A visitor's rating of a conversation. */
export interface Rating {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** The company account, which may be a branch. Sobot companyid (calllog: companyId). */
  company_id: null | string;
  /** Who was rated: STAFF or ROBOT. Sobot is_robot. */
  target_role: ParticipantRole;
  /** Sobot is_robot, as sent. */
  target_role_code: null | string;
  /** As sent. Of a robot its id. Echat chatStaffId, Sobot staffid. */
  staff_id: null | string;
  /** Login name. Echat chatStaffLogname. */
  staff_account: null | string;
  /** Echat chatStaffName, Sobot admin_name. */
  staff_name: null | string;
  /** Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid. */
  department_id: null | string;
  /** Name of the skill group. Echat chatDepartmentName, Sobot lastgroup_name or group_name. */
  department_name: null | string;
  /** What the department id means: Echat chatDepartmentId 0 is everybody. */
  department_scope: DepartmentScope;
  /** As sent, prefix included. Echat visitorId, Sobot visitorid. */
  visitor_id: null | string;
  /** The digits after the prefix of Echat visitorId (web377724523), by which a bare id can be joined. */
  visitor_number: null | string;
  /** Where the visitor is. Sobot source. */
  channel: Channel;
  /** Sobot source, as sent. */
  channel_code: null | string;
  /** UTC. Sobot date_time. */
  rated_at: null | number;
  /** 1 (worst) to 5 (best). Echat chatScore, Sobot score. */
  score: null | number;
  /** As sent. */
  score_sent: null | string;
  /** 0 to 10. Sobot nps_score. */
  nps_score: null | number;
  /** As sent. */
  nps_score_sent: null | string;
  /** Whether the visitor says it was solved. Sobot solved. */
  solved: Solved;
  /** Sobot solved, as sent. */
  solved_code: null | string;
  /** Whether somebody asked for it. Sobot comment_type. */
  initiative: RatingInitiative;
  /** Sobot comment_type, as sent. */
  initiative_code: null | string;
  /** What was rated, split. Echat scoreDimension, Sobot tag. */
  tags: string[];
  /** As sent, before it was split. */
  tags_sent: null | string;
  /** The visitor's words. Echat scoreSuggest, Sobot remark. */
  comment: null | string;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type StaffActionKind =
  | 'UNKNOWN'
  | 'CONNECTED'
  | 'PARAMETER_READ'
  | 'VISITOR_SELECTED'
  | 'CARD_PUSHED'
  | 'TEXT_SENT'
  | 'IMAGE_SENT'
  | 'VIDEO_SENT'
  | 'VOICE_SENT'
  | 'FILE_SENT'
  | 'CONVERSATION_SIGNED'
  | 'MESSAGE_RECEIVED'
  | 'CONTACT_UPDATED';

export type StaffActionResult =
  | 'UNKNOWN'
  | 'DONE'
  | 'FAILED'
  | 'INVALID'
  | 'UNSUPPORTED';

export type StaffChatPhase =
  | 'UNKNOWN'
  | 'NOT_STARTED'
  | 'STARTED'
  | 'ENDED';

/** What was pushed to the visitor. */
export interface StaffCard {
  /** The company's own id of the card. Staff SDK card.eventId. */
  id: null | string;
  /** Staff SDK card.title. */
  title: null | string;
  /** HTML, as the page gave it. Staff SDK card.content. */
  content: null | string;
  /** Staff SDK card.imageUrl. */
  image_url: null | string;
  /** A URL, or what the vendor runs: apiUrl(…). Staff SDK card.url. */
  url: null | string;
  /** Staff SDK card.memo. */
  memo: null | string;
}

export type StaffMessageType =
  | 'UNKNOWN'
  | 'TEXT'
  | 'IMAGE'
  | 'VIDEO'
  | 'VOICE'
  | 'FILE';

/** A message to the visitor, or from them. */
export interface StaffMessage {
  /** By code. Staff SDK message.msgType. */
  type: StaffMessageType;
  /** Staff SDK message.msgType, as sent. */
  type_code: null | string;
  /** Kept, hashed or left out by the page: see hashed. Staff SDK message.content. */
  text: null | string;
  /** Of an image or a video. Staff SDK message.smallImg or message.videoThumbUrl. */
  thumbnail_url: null | string;
  /** Of an image, video, voice or file. Staff SDK message.sourceImg or message.fileUrl. */
  url: null | string;
  /** Staff SDK message.fileName. */
  file_name: null | string;
  /** Staff SDK message.fileSize. */
  file_bytes: null | number;
  /** How long it plays. Staff SDK message.voiceDuration, in seconds. In ms. */
  voice_ms: null | number;
  /** How long it plays. Staff SDK message.voiceDuration, in seconds. The vendor's number as sent, before its unit was applied. */
  voice_sent: null | string;
}

/** What staff changed about the visitor. */
export interface StaffContact {
  /** Staff SDK contact.name. */
  name: null | string;
  /** Staff SDK contact.nickName. */
  nickname: null | string;
  /** By code. Staff SDK contact.gender. */
  gender: Gender;
  /** Staff SDK contact.gender, as sent. */
  gender_code: null | string;
  /** In years. Staff SDK contact.age. */
  age: null | number;
  /** Staff SDK contact.phone. */
  phone: null | string;
  /** Staff SDK contact.qq. */
  qq: null | string;
  /** Staff SDK contact.wechat. */
  wechat: null | string;
  /** Staff SDK contact.email. */
  email: null | string;
  /** Staff SDK contact.memo. */
  memo: null | string;
}

/** What staff did, or were told, on a page within the vendor's workbench. What neither the vendor's script nor the page knows is null. */
export interface StaffAction {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Made by the page: one for each action. Staff SDK id. */
  action_id: null | string;
  /** What was done, or came. Staff SDK action. */
  action: StaffActionKind;
  /** Staff SDK action, as sent. */
  action_code: null | string;
  /** DONE: the vendor took it; FAILED: it refused, or broke; INVALID: the arguments were refused; UNSUPPORTED: its script does not have it. Staff SDK result. */
  result: StaffActionResult;
  /** Staff SDK result, as sent. */
  result_code: null | string;
  /** Why it was not done, in the vendor's or the SDK's words. Staff SDK reason. */
  reason: null | string;
  /** The page that sent it, as the gateway authenticated it. Gateway page. */
  page_id: null | string;
  /** One opening of the page. Staff SDK session. */
  session_id: null | string;
  /** Staff SDK sdk. */
  sdk_version: null | string;
  /** As sent. Staff SDK staffId, or Gateway staff. */
  staff_id: null | string;
  /** Login name. Staff SDK staffAccount. */
  staff_account: null | string;
  /** Staff SDK staffName. */
  staff_name: null | string;
  /** Whether the staff id comes from a signed ticket; else the page says it, and nobody vouches for it. Gateway staff. */
  staff_verified: null | boolean;
  /** As sent, prefix included. Echat visitorId, Sobot visitorid. */
  visitor_id: null | string;
  /** The digits after the prefix of Echat visitorId (web377724523), by which a bare id can be joined. */
  visitor_number: null | string;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** Of the visitor who was selected. Staff SDK selected.chatStatus. */
  chat_phase: StaffChatPhase;
  /** Staff SDK selected.chatStatus, as sent. */
  chat_phase_code: null | string;
  /** Which parameter of the page was read; its value is not. Staff SDK parameter. */
  parameter: null | string;
  /** The business state that the conversation was given, 0 or 1. Staff SDK sign. */
  sign: null | number;
  /** Null unless a card was pushed. */
  card: null | StaffCard;
  /** Null unless a message was sent or received. */
  message: null | StaffMessage;
  /** Null unless a contact was changed. */
  contact: null | StaffContact;
  /** Which fields of the contact were changed, also those whose values were left out. Staff SDK changed. */
  changed: string[];
  /** Fields that the page sent as the SHA-256 of their value. Staff SDK hashed. */
  hashed: string[];
  /** Fields that the page did not send. Staff SDK leftOut. */
  left_out: string[];
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

/** A ticket. The vendor does not document its push: the fields are named as in the vendor's ticket interface, and everything else is in attributes. */
export interface Ticket {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Sobot ticketid. */
  ticket_id: null | string;
  /** The company account, which may be a branch. Sobot companyid (calllog: companyId). */
  company_id: null | string;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** Sobot userid. */
  contact_id: null | string;
  /** The number that people see. Sobot ticket_code. */
  number: null | string;
  /** Sobot ticket_title. */
  title: null | string;
  /** May hold HTML. Sobot ticket_content. */
  content: null | string;
  /** Sobot ticket_status. */
  status_code: null | string;
  /** Sobot ticket_level. */
  level_code: null | string;
  /** As sent. Who works on it. Sobot deal_agentid. */
  staff_id: null | string;
  /** Login name. Not sent by a vendor yet. */
  staff_account: null | string;
  /** Sobot deal_agent_name. */
  staff_name: null | string;
  /** Sobot deal_groupid. */
  department_id: null | string;
  /** Sobot deal_group_name. */
  department_name: null | string;
  /** UTC. Sobot create_time, as epoch ms or clock time. */
  created_at: null | number;
  /** UTC. Sobot update_time, as epoch ms or clock time. */
  updated_at: null | number;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type VisitPhase =
  | 'UNKNOWN'
  | 'ENTERED'
  | 'KEYWORD_FOUND'
  | 'LEFT';

/** A visitor entered or left the site, or what they had searched became known. */
export interface Visit {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Echat trackRecordId. */
  visit_id: null | string;
  /** Which step of the visit. KEYWORD_FOUND: only visit_id and search are sent. */
  phase: VisitPhase;
  /** Which visit of this visitor it is. Echat trackData visitTimes. */
  visit_number: null | number;
  /** As sent, prefix included. Echat visitorId, Sobot visitorid. */
  visitor_id: null | string;
  /** The digits after the prefix of Echat visitorId (web377724523), by which a bare id can be joined. */
  visitor_number: null | string;
  /** Echat visitorName. */
  visitor_name: null | string;
  /** As sent. Echat visitorIp. */
  visitor_ip: null | string;
  /** The customer's own id of the visitor. Echat metaData uid. */
  partner_id: null | string;
  /** Where the visitor is. Echat visitorMedia. */
  channel: Channel;
  /** Echat visitorMedia, as sent. */
  channel_code: null | string;
  /** What else is known of the visitor. Echat visitorData. */
  visitor: null | Visitor;
  /** The visitor as a member of the customer's own system. Echat metaData. */
  member: null | Member;
  /** What the visitor uses. Echat visitorData. */
  browser: null | Browser;
  /** How the visitor found the site. Echat visitorData and keywordReturn. */
  search: null | Search;
  /** The first page of the visit. Echat firstPage. */
  landing_page: null | Page;
  /** Echat routeId; -1, -2, -3 are the default routes of web, WeChat and SDK. */
  route_id: null | string;
  /** Echat routeName. */
  route_name: null | string;
  /** What else is known of the route. Echat routeData; in visitorOut routeStatus alone. */
  route: null | Route;
  /** Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid. */
  department_id: null | string;
  /** Name of the skill group. Echat chatDepartmentName, Sobot lastgroup_name or group_name. */
  department_name: null | string;
  /** What the department id means: Echat chatDepartmentId 0 is everybody. */
  department_scope: DepartmentScope;
  /** When the visit began, UTC. Echat visitorEnterTime. */
  entered_at: null | number;
  /** When it ended, UTC. Echat visitorOutTime. */
  left_at: null | number;
  /** How long pages were looked at. Echat visitTotalTime. In ms. */
  total_ms: null | number;
  /** How long pages were looked at. Echat visitTotalTime. The vendor's number as sent, before its unit was applied. */
  total_sent: null | string;
  /** Pages looked at. Echat visitPageCount. */
  page_count: null | number;
  /** Conversations of the visit, by human, robot or left message. Echat chatRecordId, split at commas. */
  conversation_ids: string[];
  /** As sent. Echat chatRecordId. */
  conversation_ids_sent: null | string;
  /** Clicks that led to no conversation; no conversation ids. Echat giveupRecordId, split at commas. */
  abandoned_request_ids: string[];
  /** As sent. Echat giveupRecordId. */
  abandoned_request_ids_sent: null | string;
  /** The customer's own data, as sent. Echat myData. */
  custom_data: null | string;
  /** The pairs of custom_data, where it is a query string. Echat myData. */
  custom_fields: CustomField[];
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

/** What staff noted about a conversation: what it was about, and whether it is solved. */
export interface WrapUp {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** The company account, which may be a branch. Sobot companyid (calllog: companyId). */
  company_id: null | string;
  /** As sent, prefix included. Echat visitorId, Sobot visitorid. */
  visitor_id: null | string;
  /** The digits after the prefix of Echat visitorId (web377724523), by which a bare id can be joined. */
  visitor_number: null | string;
  /** As sent, e.g. 售后>订单>物流. Echat chatSubject. */
  subject: null | string;
  /** The subject from the general to the special. Echat chatSubject, split at >. */
  subject_path: string[];
  /** In words. Echat chatSubjectMemo, Sobot summary_description. */
  note: null | string;
  /** Sobot summary_remark. */
  remark: null | string;
  /** Whether staff say it is solved. Sobot summary_status. */
  solved: Solved;
  /** Sobot summary_status, as sent. */
  solved_code: null | string;
  /** Whether the conversation is marked as void. Sobot invalid_flag. */
  invalid: null | boolean;
  /** As sent. Who noted it. Sobot update_staffId. */
  staff_id: null | string;
  /** Login name. Not sent by a vendor yet. */
  staff_account: null | string;
  /** Sobot update_staff_name. */
  staff_name: null | string;
  /** Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid. */
  department_id: null | string;
  /** Name of the skill group. Echat chatDepartmentName, Sobot lastgroup_name or group_name. */
  department_name: null | string;
  /** What the department id means: Echat chatDepartmentId 0 is everybody. */
  department_scope: DepartmentScope;
  /** When the conversation began, UTC. Sobot start_time or chat_start_time. */
  started_at: null | number;
  /** When it was noted, UTC. Sobot update_time. */
  updated_at: null | number;
  /** Sobot operationid. */
  business_unit_id: null | string;
  /** Sobot operation_name. */
  business_unit_name: null | string;
  /** From the general to the special. Sobot req_type, split at -. */
  request_type_ids: string[];
  /** Sobot req_type */
  request_type_ids_sent: null | string;
  /** Sobot req_type_name, split at -; a name that holds a - is taken apart. */
  request_type_names: string[];
  /** Sobot req_type_name */
  request_type_names_sent: null | string;
  /** Sobot summary_classify_names. */
  category_names: null | string;
  /** Sobot summary_classify_paths. */
  category_paths: null | string;
  /** Sobot summary_classify_codes. */
  category_codes: null | string;
  /** Sobot summary_template_name. */
  template_name: null | string;
  /** Sobot summary_handle_progress. */
  progress_code: null | string;
  /** Sobot summary_handle_progress_name. */
  progress_name: null | string;
  /** Sobot fieldid, field_name and field_value (parallel lists), and customer_fields. */
  custom_fields: CustomField[];
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

/** The type of a value of each topic. */
export interface ValueOf {
  "assignment.v1": Assignment;
  "availability.v1": Availability;
  "call.v1": Call;
  "contact.v1": Contact;
  "conversation.v1": Conversation;
  "dead-letter": DeadLetter;
  "heartbeat.v1": Heartbeat;
  "message.v1": Message;
  "other.v1": Other;
  "page-view.v1": PageView;
  "rating.v1": Rating;
  "staff-action.v1": StaffAction;
  "ticket.v1": Ticket;
  "visit.v1": Visit;
  "wrap-up.v1": WrapUp;
}

