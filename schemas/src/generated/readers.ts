// Generated from schemas/*/*.avsc by schemas/tools/generate.ts. Do not edit.

import {
  readBoolean,
  readBytes,
  readInt,
  readLong,
  readString,
  isPresent,
  readArray,
  readSymbol,
  type Cursor,
  type Read,
} from '../read-avro.ts';
import type {
  Assigner,
  Assignment,
  AssignmentCause,
  AssignmentSubject,
  Attribute,
  Availability,
  AvailabilitySubject,
  Browser,
  Call,
  CallDirection,
  Channel,
  Contact,
  ContactChange,
  Conversation,
  ConversationKind,
  ConversationOpening,
  ConversationPhase,
  CustomField,
  DeadLetter,
  DepartmentScope,
  EndReason,
  Gender,
  Header,
  Heartbeat,
  MaritalStatus,
  Member,
  Message,
  MessageKind,
  Meta,
  Other,
  Page,
  PageView,
  ParticipantRole,
  Presence,
  QueueState,
  Rating,
  RatingInitiative,
  Reason,
  Route,
  RouteScope,
  Search,
  SearchEngine,
  SearchKind,
  Solved,
  StaffAction,
  StaffActionKind,
  StaffActionResult,
  StaffCard,
  StaffChatPhase,
  StaffContact,
  StaffMessage,
  StaffMessageType,
  StaffShare,
  Stage,
  Ticket,
  ValueOf,
  Vendor,
  Visit,
  VisitPhase,
  Visitor,
  VisitorType,
  WrapUp,
} from './schemas.ts';

const symbolsOfVendor: readonly Vendor[] = [
  'UNKNOWN',
  'ECHAT',
  'SOBOT',
];
function readVendor(cursor: Cursor): Vendor {
  return readSymbol(cursor, symbolsOfVendor);
}

function readMeta(cursor: Cursor): Meta {
  return {
    event_id: readString(cursor),
    event_type: readString(cursor),
    vendor: readVendor(cursor),
    vendor_id: readString(cursor),
    data_type: readString(cursor),
    source_id: readString(cursor),
    tenant: readString(cursor),
    entity_key: readString(cursor),
    occurred_at: isPresent(cursor) ? readLong(cursor) : null,
    received_at: readLong(cursor),
    raw_topic: readString(cursor),
    raw_partition: readInt(cursor),
    raw_offset: readLong(cursor),
    mapping_version: readInt(cursor),
    vendor_message_id: isPresent(cursor) ? readString(cursor) : null,
    vendor_sent_at: isPresent(cursor) ? readLong(cursor) : null,
    repairs: readArray(cursor, readString),
  };
}

const symbolsOfAssignmentSubject: readonly AssignmentSubject[] = [
  'UNKNOWN',
  'LEAVE_MESSAGE',
  'CONTACT',
];
function readAssignmentSubject(cursor: Cursor): AssignmentSubject {
  return readSymbol(cursor, symbolsOfAssignmentSubject);
}

const symbolsOfAssigner: readonly Assigner[] = [
  'UNKNOWN',
  'STAFF',
  'SYSTEM',
];
function readAssigner(cursor: Cursor): Assigner {
  return readSymbol(cursor, symbolsOfAssigner);
}

const symbolsOfAssignmentCause: readonly AssignmentCause[] = [
  'UNKNOWN',
  'FORM_FILLED',
  'EDITED',
  'OWNER_ASSIGNED',
];
function readAssignmentCause(cursor: Cursor): AssignmentCause {
  return readSymbol(cursor, symbolsOfAssignmentCause);
}

const symbolsOfDepartmentScope: readonly DepartmentScope[] = [
  'UNKNOWN',
  'NAMED',
  'EVERYBODY',
];
function readDepartmentScope(cursor: Cursor): DepartmentScope {
  return readSymbol(cursor, symbolsOfDepartmentScope);
}

function readAttribute(cursor: Cursor): Attribute {
  return {
    name: readString(cursor),
    value: readString(cursor),
  };
}

function readAssignment(cursor: Cursor): Assignment {
  return {
    meta: readMeta(cursor),
    subject: readAssignmentSubject(cursor),
    conversation_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_number: isPresent(cursor) ? readString(cursor) : null,
    visitor_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_number: isPresent(cursor) ? readString(cursor) : null,
    assigner: readAssigner(cursor),
    cause: readAssignmentCause(cursor),
    cause_code: isPresent(cursor) ? readString(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    owner_id: isPresent(cursor) ? readString(cursor) : null,
    owner_account: isPresent(cursor) ? readString(cursor) : null,
    owner_name: isPresent(cursor) ? readString(cursor) : null,
    department_id: isPresent(cursor) ? readString(cursor) : null,
    department_name: isPresent(cursor) ? readString(cursor) : null,
    department_scope: readDepartmentScope(cursor),
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfAvailabilitySubject: readonly AvailabilitySubject[] = [
  'UNKNOWN',
  'COMPANY',
  'DEPARTMENT',
  'STAFF',
  'ROUTE',
];
function readAvailabilitySubject(cursor: Cursor): AvailabilitySubject {
  return readSymbol(cursor, symbolsOfAvailabilitySubject);
}

const symbolsOfPresence: readonly Presence[] = [
  'UNKNOWN',
  'ONLINE',
  'OFFLINE',
  'BUSY',
  'AWAY',
  'INVISIBLE',
  'SIGNED_OUT',
];
function readPresence(cursor: Cursor): Presence {
  return readSymbol(cursor, symbolsOfPresence);
}

const symbolsOfRouteScope: readonly RouteScope[] = [
  'UNKNOWN',
  'NAMED',
  'DEFAULT_WEB',
  'DEFAULT_WECHAT',
  'DEFAULT_SDK',
];
function readRouteScope(cursor: Cursor): RouteScope {
  return readSymbol(cursor, symbolsOfRouteScope);
}

function readAvailability(cursor: Cursor): Availability {
  return {
    meta: readMeta(cursor),
    subject: readAvailabilitySubject(cursor),
    status: readPresence(cursor),
    status_code: isPresent(cursor) ? readString(cursor) : null,
    department_id: isPresent(cursor) ? readString(cursor) : null,
    department_name: isPresent(cursor) ? readString(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    route_id: isPresent(cursor) ? readString(cursor) : null,
    route_name: isPresent(cursor) ? readString(cursor) : null,
    route_scope: readRouteScope(cursor),
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfCallDirection: readonly CallDirection[] = [
  'UNKNOWN',
  'INBOUND',
  'OUTBOUND',
];
function readCallDirection(cursor: Cursor): CallDirection {
  return readSymbol(cursor, symbolsOfCallDirection);
}

function readCall(cursor: Cursor): Call {
  return {
    meta: readMeta(cursor),
    call_id: isPresent(cursor) ? readString(cursor) : null,
    company_id: isPresent(cursor) ? readString(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    customer_phone: isPresent(cursor) ? readString(cursor) : null,
    direction: readCallDirection(cursor),
    direction_code: isPresent(cursor) ? readString(cursor) : null,
    started_at: isPresent(cursor) ? readLong(cursor) : null,
    ended_at: isPresent(cursor) ? readLong(cursor) : null,
    recording_url: isPresent(cursor) ? readString(cursor) : null,
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfContactChange: readonly ContactChange[] = [
  'UNKNOWN',
  'FORM_FILLED',
  'EDITED',
  'OWNER_ASSIGNED',
  'RECORDED',
];
function readContactChange(cursor: Cursor): ContactChange {
  return readSymbol(cursor, symbolsOfContactChange);
}

const symbolsOfChannel: readonly Channel[] = [
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
];
function readChannel(cursor: Cursor): Channel {
  return readSymbol(cursor, symbolsOfChannel);
}

const symbolsOfGender: readonly Gender[] = [
  'UNKNOWN',
  'MALE',
  'FEMALE',
];
function readGender(cursor: Cursor): Gender {
  return readSymbol(cursor, symbolsOfGender);
}

const symbolsOfMaritalStatus: readonly MaritalStatus[] = [
  'UNKNOWN',
  'SINGLE',
  'MARRIED',
];
function readMaritalStatus(cursor: Cursor): MaritalStatus {
  return readSymbol(cursor, symbolsOfMaritalStatus);
}

function readCustomField(cursor: Cursor): CustomField {
  return {
    group: isPresent(cursor) ? readString(cursor) : null,
    id: isPresent(cursor) ? readString(cursor) : null,
    name: isPresent(cursor) ? readString(cursor) : null,
    value: isPresent(cursor) ? readString(cursor) : null,
  };
}

function readContact(cursor: Cursor): Contact {
  return {
    meta: readMeta(cursor),
    contact_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_number: isPresent(cursor) ? readString(cursor) : null,
    visitor_ids: readArray(cursor, readString),
    visitor_ids_sent: isPresent(cursor) ? readString(cursor) : null,
    partner_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_number: isPresent(cursor) ? readString(cursor) : null,
    company_id: isPresent(cursor) ? readString(cursor) : null,
    change: readContactChange(cursor),
    change_code: isPresent(cursor) ? readString(cursor) : null,
    cleared_fields: readArray(cursor, readString),
    channel: readChannel(cursor),
    channel_code: isPresent(cursor) ? readString(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    staff_number: isPresent(cursor) ? readString(cursor) : null,
    category: isPresent(cursor) ? readString(cursor) : null,
    name: isPresent(cursor) ? readString(cursor) : null,
    nickname: isPresent(cursor) ? readString(cursor) : null,
    gender: readGender(cursor),
    gender_code: isPresent(cursor) ? readString(cursor) : null,
    age: isPresent(cursor) ? readInt(cursor) : null,
    birthday: isPresent(cursor) ? readString(cursor) : null,
    marital_status: readMaritalStatus(cursor),
    marital_status_code: isPresent(cursor) ? readString(cursor) : null,
    phone: isPresent(cursor) ? readString(cursor) : null,
    qq: isPresent(cursor) ? readString(cursor) : null,
    wechat: isPresent(cursor) ? readString(cursor) : null,
    email: isPresent(cursor) ? readString(cursor) : null,
    country: isPresent(cursor) ? readString(cursor) : null,
    province: isPresent(cursor) ? readString(cursor) : null,
    city: isPresent(cursor) ? readString(cursor) : null,
    address: isPresent(cursor) ? readString(cursor) : null,
    photo_url: isPresent(cursor) ? readString(cursor) : null,
    memo: isPresent(cursor) ? readString(cursor) : null,
    phones: readArray(cursor, readString),
    emails: readArray(cursor, readString),
    area: isPresent(cursor) ? readString(cursor) : null,
    company_name: isPresent(cursor) ? readString(cursor) : null,
    custom_fields: readArray(cursor, readCustomField),
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfConversationPhase: readonly ConversationPhase[] = [
  'UNKNOWN',
  'STARTED',
  'ANSWERED',
  'TRANSFERRED',
  'ENDED',
  'RECORDED',
];
function readConversationPhase(cursor: Cursor): ConversationPhase {
  return readSymbol(cursor, symbolsOfConversationPhase);
}

const symbolsOfConversationKind: readonly ConversationKind[] = [
  'UNKNOWN',
  'HUMAN',
  'BUSY',
  'LEAVE_MESSAGE',
  'ROBOT',
];
function readConversationKind(cursor: Cursor): ConversationKind {
  return readSymbol(cursor, symbolsOfConversationKind);
}

const symbolsOfConversationOpening: readonly ConversationOpening[] = [
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
];
function readConversationOpening(cursor: Cursor): ConversationOpening {
  return readSymbol(cursor, symbolsOfConversationOpening);
}

const symbolsOfVisitorType: readonly VisitorType[] = [
  'UNKNOWN',
  'GUEST',
  'MEMBER',
  'SDK_GUEST',
  'WECHAT',
  'CUSTOM',
];
function readVisitorType(cursor: Cursor): VisitorType {
  return readSymbol(cursor, symbolsOfVisitorType);
}

function readVisitor(cursor: Cursor): Visitor {
  return {
    type: readVisitorType(cursor),
    type_code: isPresent(cursor) ? readString(cursor) : null,
    channel_id: isPresent(cursor) ? readString(cursor) : null,
    photo_url: isPresent(cursor) ? readString(cursor) : null,
    visit_count: isPresent(cursor) ? readLong(cursor) : null,
    conversation_count: isPresent(cursor) ? readLong(cursor) : null,
    language: isPresent(cursor) ? readString(cursor) : null,
    area: isPresent(cursor) ? readString(cursor) : null,
    country: isPresent(cursor) ? readString(cursor) : null,
    province: isPresent(cursor) ? readString(cursor) : null,
    city: isPresent(cursor) ? readString(cursor) : null,
    entered_at: isPresent(cursor) ? readLong(cursor) : null,
    first_visit_at: isPresent(cursor) ? readLong(cursor) : null,
    last_conversation_at: isPresent(cursor) ? readLong(cursor) : null,
    last_staff_id: isPresent(cursor) ? readString(cursor) : null,
    last_staff_account: isPresent(cursor) ? readString(cursor) : null,
    last_staff_name: isPresent(cursor) ? readString(cursor) : null,
  };
}

function readMember(cursor: Cursor): Member {
  return {
    level: isPresent(cursor) ? readInt(cursor) : null,
    category: isPresent(cursor) ? readString(cursor) : null,
    name: isPresent(cursor) ? readString(cursor) : null,
    nickname: isPresent(cursor) ? readString(cursor) : null,
    gender: readGender(cursor),
    gender_code: isPresent(cursor) ? readString(cursor) : null,
    age: isPresent(cursor) ? readInt(cursor) : null,
    birthday: isPresent(cursor) ? readString(cursor) : null,
    marital_status: readMaritalStatus(cursor),
    marital_status_code: isPresent(cursor) ? readString(cursor) : null,
    phone: isPresent(cursor) ? readString(cursor) : null,
    qq: isPresent(cursor) ? readString(cursor) : null,
    wechat: isPresent(cursor) ? readString(cursor) : null,
    email: isPresent(cursor) ? readString(cursor) : null,
    country: isPresent(cursor) ? readString(cursor) : null,
    province: isPresent(cursor) ? readString(cursor) : null,
    city: isPresent(cursor) ? readString(cursor) : null,
    address: isPresent(cursor) ? readString(cursor) : null,
    photo_url: isPresent(cursor) ? readString(cursor) : null,
    memo: isPresent(cursor) ? readString(cursor) : null,
  };
}

function readBrowser(cursor: Cursor): Browser {
  return {
    name: isPresent(cursor) ? readString(cursor) : null,
    version: isPresent(cursor) ? readString(cursor) : null,
    screen_resolution: isPresent(cursor) ? readString(cursor) : null,
    os_name: isPresent(cursor) ? readString(cursor) : null,
    os_version: isPresent(cursor) ? readString(cursor) : null,
    os_code: isPresent(cursor) ? readString(cursor) : null,
  };
}

const symbolsOfSearchEngine: readonly SearchEngine[] = [
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
];
function readSearchEngine(cursor: Cursor): SearchEngine {
  return readSymbol(cursor, symbolsOfSearchEngine);
}

const symbolsOfSearchKind: readonly SearchKind[] = [
  'UNKNOWN',
  'ORGANIC',
  'PAID',
  'NOT_TOLD_APART',
];
function readSearchKind(cursor: Cursor): SearchKind {
  return readSymbol(cursor, symbolsOfSearchKind);
}

function readSearch(cursor: Cursor): Search {
  return {
    engine: readSearchEngine(cursor),
    engine_code: isPresent(cursor) ? readString(cursor) : null,
    kind: readSearchKind(cursor),
    kind_code: isPresent(cursor) ? readString(cursor) : null,
    keyword: isPresent(cursor) ? readString(cursor) : null,
    bidding_word: isPresent(cursor) ? readString(cursor) : null,
    referrer: isPresent(cursor) ? readString(cursor) : null,
  };
}

function readPage(cursor: Cursor): Page {
  return {
    url: isPresent(cursor) ? readString(cursor) : null,
    title: isPresent(cursor) ? readString(cursor) : null,
    alias: isPresent(cursor) ? readString(cursor) : null,
  };
}

function readRoute(cursor: Cursor): Route {
  return {
    scope: readRouteScope(cursor),
    style_id: isPresent(cursor) ? readString(cursor) : null,
    style_name: isPresent(cursor) ? readString(cursor) : null,
    status: readPresence(cursor),
    status_code: isPresent(cursor) ? readString(cursor) : null,
  };
}

function readStaffShare(cursor: Cursor): StaffShare {
  return {
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    first_response_ms: isPresent(cursor) ? readLong(cursor) : null,
    first_response_sent: isPresent(cursor) ? readString(cursor) : null,
    average_response_ms: isPresent(cursor) ? readLong(cursor) : null,
    average_response_sent: isPresent(cursor) ? readString(cursor) : null,
    handle_ms: isPresent(cursor) ? readLong(cursor) : null,
    handle_sent: isPresent(cursor) ? readString(cursor) : null,
    visitor_message_count: isPresent(cursor) ? readLong(cursor) : null,
    staff_message_count: isPresent(cursor) ? readLong(cursor) : null,
    invited_rating: isPresent(cursor) ? readBoolean(cursor) : null,
  };
}

const symbolsOfEndReason: readonly EndReason[] = [
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
];
function readEndReason(cursor: Cursor): EndReason {
  return readSymbol(cursor, symbolsOfEndReason);
}

const symbolsOfQueueState: readonly QueueState[] = [
  'UNKNOWN',
  'NOT_QUEUED',
  'ANSWERED',
  'ABANDONED',
];
function readQueueState(cursor: Cursor): QueueState {
  return readSymbol(cursor, symbolsOfQueueState);
}

function readConversation(cursor: Cursor): Conversation {
  return {
    meta: readMeta(cursor),
    conversation_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_number: isPresent(cursor) ? readString(cursor) : null,
    company_id: isPresent(cursor) ? readString(cursor) : null,
    phase: readConversationPhase(cursor),
    status_code: isPresent(cursor) ? readString(cursor) : null,
    kind: readConversationKind(cursor),
    kind_code: isPresent(cursor) ? readString(cursor) : null,
    channel: readChannel(cursor),
    channel_code: isPresent(cursor) ? readString(cursor) : null,
    subchannel_id: isPresent(cursor) ? readString(cursor) : null,
    subchannel_name: isPresent(cursor) ? readString(cursor) : null,
    opening: readConversationOpening(cursor),
    opening_code: isPresent(cursor) ? readString(cursor) : null,
    entrance: isPresent(cursor) ? readString(cursor) : null,
    visitor_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_number: isPresent(cursor) ? readString(cursor) : null,
    visitor_name: isPresent(cursor) ? readString(cursor) : null,
    visitor_ip: isPresent(cursor) ? readString(cursor) : null,
    partner_id: isPresent(cursor) ? readString(cursor) : null,
    visitor: isPresent(cursor) ? readVisitor(cursor) : null,
    member: isPresent(cursor) ? readMember(cursor) : null,
    browser: isPresent(cursor) ? readBrowser(cursor) : null,
    search: isPresent(cursor) ? readSearch(cursor) : null,
    landing_page: isPresent(cursor) ? readPage(cursor) : null,
    page_url: isPresent(cursor) ? readString(cursor) : null,
    page_title: isPresent(cursor) ? readString(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    staff_role_name: isPresent(cursor) ? readString(cursor) : null,
    department_id: isPresent(cursor) ? readString(cursor) : null,
    department_name: isPresent(cursor) ? readString(cursor) : null,
    department_scope: readDepartmentScope(cursor),
    route_id: isPresent(cursor) ? readString(cursor) : null,
    route_name: isPresent(cursor) ? readString(cursor) : null,
    route: isPresent(cursor) ? readRoute(cursor) : null,
    robot_id: isPresent(cursor) ? readString(cursor) : null,
    robot_name: isPresent(cursor) ? readString(cursor) : null,
    first_robot_id: isPresent(cursor) ? readString(cursor) : null,
    first_robot_name: isPresent(cursor) ? readString(cursor) : null,
    robot_alias: isPresent(cursor) ? readString(cursor) : null,
    from_staff_id: isPresent(cursor) ? readString(cursor) : null,
    from_staff_account: isPresent(cursor) ? readString(cursor) : null,
    from_staff_name: isPresent(cursor) ? readString(cursor) : null,
    to_staff_id: isPresent(cursor) ? readString(cursor) : null,
    to_staff_account: isPresent(cursor) ? readString(cursor) : null,
    to_staff_name: isPresent(cursor) ? readString(cursor) : null,
    staff_shares: readArray(cursor, readStaffShare),
    staff_ids_sent: isPresent(cursor) ? readString(cursor) : null,
    invited_ratings_sent: isPresent(cursor) ? readString(cursor) : null,
    requested_at: isPresent(cursor) ? readLong(cursor) : null,
    started_at: isPresent(cursor) ? readLong(cursor) : null,
    answered_at: isPresent(cursor) ? readLong(cursor) : null,
    transferred_at: isPresent(cursor) ? readLong(cursor) : null,
    transferred_to_human_at: isPresent(cursor) ? readLong(cursor) : null,
    ended_at: isPresent(cursor) ? readLong(cursor) : null,
    end_reason: readEndReason(cursor),
    end_reason_code: isPresent(cursor) ? readString(cursor) : null,
    total_ms: isPresent(cursor) ? readLong(cursor) : null,
    total_sent: isPresent(cursor) ? readString(cursor) : null,
    wait_ms: isPresent(cursor) ? readLong(cursor) : null,
    wait_sent: isPresent(cursor) ? readString(cursor) : null,
    queue_state: readQueueState(cursor),
    queue_state_code: isPresent(cursor) ? readString(cursor) : null,
    first_response_ms: isPresent(cursor) ? readLong(cursor) : null,
    first_response_sent: isPresent(cursor) ? readString(cursor) : null,
    average_response_ms: isPresent(cursor) ? readLong(cursor) : null,
    average_response_sent: isPresent(cursor) ? readString(cursor) : null,
    response_total_ms: isPresent(cursor) ? readLong(cursor) : null,
    response_total_sent: isPresent(cursor) ? readString(cursor) : null,
    response_count: isPresent(cursor) ? readLong(cursor) : null,
    human_handle_ms: isPresent(cursor) ? readLong(cursor) : null,
    human_handle_sent: isPresent(cursor) ? readString(cursor) : null,
    visitor_message_count: isPresent(cursor) ? readLong(cursor) : null,
    staff_message_count: isPresent(cursor) ? readLong(cursor) : null,
    visitor_to_robot_message_count: isPresent(cursor) ? readLong(cursor) : null,
    robot_message_count: isPresent(cursor) ? readLong(cursor) : null,
    human_interaction_count: isPresent(cursor) ? readLong(cursor) : null,
    transfer_count: isPresent(cursor) ? readLong(cursor) : null,
    perfect_match_count: isPresent(cursor) ? readLong(cursor) : null,
    exact_match_count: isPresent(cursor) ? readLong(cursor) : null,
    similar_match_count: isPresent(cursor) ? readLong(cursor) : null,
    miss_count: isPresent(cursor) ? readLong(cursor) : null,
    solved_count: isPresent(cursor) ? readLong(cursor) : null,
    unsolved_count: isPresent(cursor) ? readLong(cursor) : null,
    rating_invited: isPresent(cursor) ? readBoolean(cursor) : null,
    transferred_to_human: isPresent(cursor) ? readBoolean(cursor) : null,
    human_valid: isPresent(cursor) ? readBoolean(cursor) : null,
    human_invalid: isPresent(cursor) ? readBoolean(cursor) : null,
    human_reception: isPresent(cursor) ? readBoolean(cursor) : null,
    human_reception_valid: isPresent(cursor) ? readBoolean(cursor) : null,
    human_reception_invalid: isPresent(cursor) ? readBoolean(cursor) : null,
    robot_valid: isPresent(cursor) ? readBoolean(cursor) : null,
    robot_invalid: isPresent(cursor) ? readBoolean(cursor) : null,
    transcript: isPresent(cursor) ? readString(cursor) : null,
    custom_data: isPresent(cursor) ? readString(cursor) : null,
    custom_fields: readArray(cursor, readCustomField),
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfStage: readonly Stage[] = [
  'UNKNOWN',
  'INGRESS',
  'NORMALIZER',
  'SINK_CLICKHOUSE',
  'SINK_ELASTICSEARCH',
];
function readStage(cursor: Cursor): Stage {
  return readSymbol(cursor, symbolsOfStage);
}

const symbolsOfReason: readonly Reason[] = [
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
];
function readReason(cursor: Cursor): Reason {
  return readSymbol(cursor, symbolsOfReason);
}

function readHeader(cursor: Cursor): Header {
  return {
    name: readString(cursor),
    value: readString(cursor),
  };
}

function readDeadLetter(cursor: Cursor): DeadLetter {
  return {
    id: readString(cursor),
    stage: readStage(cursor),
    reason: readReason(cursor),
    detail: readString(cursor),
    payload: readBytes(cursor),
    headers: readArray(cursor, readHeader),
    source_id: readString(cursor),
    vendor: readVendor(cursor),
    vendor_id: readString(cursor),
    data_type: readString(cursor),
    topic: readString(cursor),
    partition: readInt(cursor),
    offset: readLong(cursor),
    key: isPresent(cursor) ? readBytes(cursor) : null,
    first_seen: readLong(cursor),
    attempts: readInt(cursor),
  };
}

function readHeartbeat(cursor: Cursor): Heartbeat {
  return {
    meta: readMeta(cursor),
    ingress: isPresent(cursor) ? readString(cursor) : null,
    beat: isPresent(cursor) ? readLong(cursor) : null,
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfMessageKind: readonly MessageKind[] = [
  'UNKNOWN',
  'TEXT',
  'REVOKED',
];
function readMessageKind(cursor: Cursor): MessageKind {
  return readSymbol(cursor, symbolsOfMessageKind);
}

const symbolsOfParticipantRole: readonly ParticipantRole[] = [
  'UNKNOWN',
  'VISITOR',
  'ROBOT',
  'STAFF',
  'SYSTEM',
  'NONE',
];
function readParticipantRole(cursor: Cursor): ParticipantRole {
  return readSymbol(cursor, symbolsOfParticipantRole);
}

function readMessage(cursor: Cursor): Message {
  return {
    meta: readMeta(cursor),
    conversation_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_number: isPresent(cursor) ? readString(cursor) : null,
    company_id: isPresent(cursor) ? readString(cursor) : null,
    message_id: isPresent(cursor) ? readString(cursor) : null,
    ordinal: isPresent(cursor) ? readInt(cursor) : null,
    kind: readMessageKind(cursor),
    revoked: isPresent(cursor) ? readBoolean(cursor) : null,
    sent_at: isPresent(cursor) ? readLong(cursor) : null,
    sent_clock: isPresent(cursor) ? readString(cursor) : null,
    sender_role: readParticipantRole(cursor),
    sender_role_code: isPresent(cursor) ? readString(cursor) : null,
    sender_id: isPresent(cursor) ? readString(cursor) : null,
    sender_name: isPresent(cursor) ? readString(cursor) : null,
    sender_from_text: isPresent(cursor) ? readBoolean(cursor) : null,
    receiver_role: readParticipantRole(cursor),
    receiver_role_code: isPresent(cursor) ? readString(cursor) : null,
    receiver_id: isPresent(cursor) ? readString(cursor) : null,
    receiver_name: isPresent(cursor) ? readString(cursor) : null,
    text: isPresent(cursor) ? readString(cursor) : null,
    knowledge_id: isPresent(cursor) ? readString(cursor) : null,
    knowledge_title: isPresent(cursor) ? readString(cursor) : null,
    offline: isPresent(cursor) ? readBoolean(cursor) : null,
    attributes: readArray(cursor, readAttribute),
  };
}

function readOther(cursor: Cursor): Other {
  return {
    meta: readMeta(cursor),
    attributes: readArray(cursor, readAttribute),
  };
}

function readPageView(cursor: Cursor): PageView {
  return {
    meta: readMeta(cursor),
    visit_id: isPresent(cursor) ? readString(cursor) : null,
    ordinal: isPresent(cursor) ? readInt(cursor) : null,
    viewed_at: isPresent(cursor) ? readLong(cursor) : null,
    page: isPresent(cursor) ? readPage(cursor) : null,
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfSolved: readonly Solved[] = [
  'UNKNOWN',
  'SOLVED',
  'UNSOLVED',
  'NOT_ASKED',
  'NOT_MARKED',
];
function readSolved(cursor: Cursor): Solved {
  return readSymbol(cursor, symbolsOfSolved);
}

const symbolsOfRatingInitiative: readonly RatingInitiative[] = [
  'UNKNOWN',
  'INVITED',
  'VOLUNTEERED',
];
function readRatingInitiative(cursor: Cursor): RatingInitiative {
  return readSymbol(cursor, symbolsOfRatingInitiative);
}

function readRating(cursor: Cursor): Rating {
  return {
    meta: readMeta(cursor),
    conversation_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_number: isPresent(cursor) ? readString(cursor) : null,
    company_id: isPresent(cursor) ? readString(cursor) : null,
    target_role: readParticipantRole(cursor),
    target_role_code: isPresent(cursor) ? readString(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    department_id: isPresent(cursor) ? readString(cursor) : null,
    department_name: isPresent(cursor) ? readString(cursor) : null,
    department_scope: readDepartmentScope(cursor),
    visitor_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_number: isPresent(cursor) ? readString(cursor) : null,
    channel: readChannel(cursor),
    channel_code: isPresent(cursor) ? readString(cursor) : null,
    rated_at: isPresent(cursor) ? readLong(cursor) : null,
    score: isPresent(cursor) ? readInt(cursor) : null,
    score_sent: isPresent(cursor) ? readString(cursor) : null,
    nps_score: isPresent(cursor) ? readInt(cursor) : null,
    nps_score_sent: isPresent(cursor) ? readString(cursor) : null,
    solved: readSolved(cursor),
    solved_code: isPresent(cursor) ? readString(cursor) : null,
    initiative: readRatingInitiative(cursor),
    initiative_code: isPresent(cursor) ? readString(cursor) : null,
    tags: readArray(cursor, readString),
    tags_sent: isPresent(cursor) ? readString(cursor) : null,
    comment: isPresent(cursor) ? readString(cursor) : null,
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfStaffActionKind: readonly StaffActionKind[] = [
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
];
function readStaffActionKind(cursor: Cursor): StaffActionKind {
  return readSymbol(cursor, symbolsOfStaffActionKind);
}

const symbolsOfStaffActionResult: readonly StaffActionResult[] = [
  'UNKNOWN',
  'DONE',
  'FAILED',
  'INVALID',
  'UNSUPPORTED',
];
function readStaffActionResult(cursor: Cursor): StaffActionResult {
  return readSymbol(cursor, symbolsOfStaffActionResult);
}

const symbolsOfStaffChatPhase: readonly StaffChatPhase[] = [
  'UNKNOWN',
  'NOT_STARTED',
  'STARTED',
  'ENDED',
];
function readStaffChatPhase(cursor: Cursor): StaffChatPhase {
  return readSymbol(cursor, symbolsOfStaffChatPhase);
}

function readStaffCard(cursor: Cursor): StaffCard {
  return {
    id: isPresent(cursor) ? readString(cursor) : null,
    title: isPresent(cursor) ? readString(cursor) : null,
    content: isPresent(cursor) ? readString(cursor) : null,
    image_url: isPresent(cursor) ? readString(cursor) : null,
    url: isPresent(cursor) ? readString(cursor) : null,
    memo: isPresent(cursor) ? readString(cursor) : null,
  };
}

const symbolsOfStaffMessageType: readonly StaffMessageType[] = [
  'UNKNOWN',
  'TEXT',
  'IMAGE',
  'VIDEO',
  'VOICE',
  'FILE',
];
function readStaffMessageType(cursor: Cursor): StaffMessageType {
  return readSymbol(cursor, symbolsOfStaffMessageType);
}

function readStaffMessage(cursor: Cursor): StaffMessage {
  return {
    type: readStaffMessageType(cursor),
    type_code: isPresent(cursor) ? readString(cursor) : null,
    text: isPresent(cursor) ? readString(cursor) : null,
    thumbnail_url: isPresent(cursor) ? readString(cursor) : null,
    url: isPresent(cursor) ? readString(cursor) : null,
    file_name: isPresent(cursor) ? readString(cursor) : null,
    file_bytes: isPresent(cursor) ? readLong(cursor) : null,
    voice_ms: isPresent(cursor) ? readLong(cursor) : null,
    voice_sent: isPresent(cursor) ? readString(cursor) : null,
  };
}

function readStaffContact(cursor: Cursor): StaffContact {
  return {
    name: isPresent(cursor) ? readString(cursor) : null,
    nickname: isPresent(cursor) ? readString(cursor) : null,
    gender: readGender(cursor),
    gender_code: isPresent(cursor) ? readString(cursor) : null,
    age: isPresent(cursor) ? readInt(cursor) : null,
    phone: isPresent(cursor) ? readString(cursor) : null,
    qq: isPresent(cursor) ? readString(cursor) : null,
    wechat: isPresent(cursor) ? readString(cursor) : null,
    email: isPresent(cursor) ? readString(cursor) : null,
    memo: isPresent(cursor) ? readString(cursor) : null,
  };
}

function readStaffAction(cursor: Cursor): StaffAction {
  return {
    meta: readMeta(cursor),
    action_id: isPresent(cursor) ? readString(cursor) : null,
    action: readStaffActionKind(cursor),
    action_code: isPresent(cursor) ? readString(cursor) : null,
    result: readStaffActionResult(cursor),
    result_code: isPresent(cursor) ? readString(cursor) : null,
    reason: isPresent(cursor) ? readString(cursor) : null,
    page_id: isPresent(cursor) ? readString(cursor) : null,
    session_id: isPresent(cursor) ? readString(cursor) : null,
    sdk_version: isPresent(cursor) ? readString(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    staff_verified: isPresent(cursor) ? readBoolean(cursor) : null,
    visitor_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_number: isPresent(cursor) ? readString(cursor) : null,
    conversation_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_number: isPresent(cursor) ? readString(cursor) : null,
    chat_phase: readStaffChatPhase(cursor),
    chat_phase_code: isPresent(cursor) ? readString(cursor) : null,
    parameter: isPresent(cursor) ? readString(cursor) : null,
    sign: isPresent(cursor) ? readInt(cursor) : null,
    card: isPresent(cursor) ? readStaffCard(cursor) : null,
    message: isPresent(cursor) ? readStaffMessage(cursor) : null,
    contact: isPresent(cursor) ? readStaffContact(cursor) : null,
    changed: readArray(cursor, readString),
    hashed: readArray(cursor, readString),
    left_out: readArray(cursor, readString),
    attributes: readArray(cursor, readAttribute),
  };
}

function readTicket(cursor: Cursor): Ticket {
  return {
    meta: readMeta(cursor),
    ticket_id: isPresent(cursor) ? readString(cursor) : null,
    company_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_number: isPresent(cursor) ? readString(cursor) : null,
    contact_id: isPresent(cursor) ? readString(cursor) : null,
    number: isPresent(cursor) ? readString(cursor) : null,
    title: isPresent(cursor) ? readString(cursor) : null,
    content: isPresent(cursor) ? readString(cursor) : null,
    status_code: isPresent(cursor) ? readString(cursor) : null,
    level_code: isPresent(cursor) ? readString(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    department_id: isPresent(cursor) ? readString(cursor) : null,
    department_name: isPresent(cursor) ? readString(cursor) : null,
    created_at: isPresent(cursor) ? readLong(cursor) : null,
    updated_at: isPresent(cursor) ? readLong(cursor) : null,
    attributes: readArray(cursor, readAttribute),
  };
}

const symbolsOfVisitPhase: readonly VisitPhase[] = [
  'UNKNOWN',
  'ENTERED',
  'KEYWORD_FOUND',
  'LEFT',
];
function readVisitPhase(cursor: Cursor): VisitPhase {
  return readSymbol(cursor, symbolsOfVisitPhase);
}

function readVisit(cursor: Cursor): Visit {
  return {
    meta: readMeta(cursor),
    visit_id: isPresent(cursor) ? readString(cursor) : null,
    phase: readVisitPhase(cursor),
    visit_number: isPresent(cursor) ? readLong(cursor) : null,
    visitor_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_number: isPresent(cursor) ? readString(cursor) : null,
    visitor_name: isPresent(cursor) ? readString(cursor) : null,
    visitor_ip: isPresent(cursor) ? readString(cursor) : null,
    partner_id: isPresent(cursor) ? readString(cursor) : null,
    channel: readChannel(cursor),
    channel_code: isPresent(cursor) ? readString(cursor) : null,
    visitor: isPresent(cursor) ? readVisitor(cursor) : null,
    member: isPresent(cursor) ? readMember(cursor) : null,
    browser: isPresent(cursor) ? readBrowser(cursor) : null,
    search: isPresent(cursor) ? readSearch(cursor) : null,
    landing_page: isPresent(cursor) ? readPage(cursor) : null,
    route_id: isPresent(cursor) ? readString(cursor) : null,
    route_name: isPresent(cursor) ? readString(cursor) : null,
    route: isPresent(cursor) ? readRoute(cursor) : null,
    department_id: isPresent(cursor) ? readString(cursor) : null,
    department_name: isPresent(cursor) ? readString(cursor) : null,
    department_scope: readDepartmentScope(cursor),
    entered_at: isPresent(cursor) ? readLong(cursor) : null,
    left_at: isPresent(cursor) ? readLong(cursor) : null,
    total_ms: isPresent(cursor) ? readLong(cursor) : null,
    total_sent: isPresent(cursor) ? readString(cursor) : null,
    page_count: isPresent(cursor) ? readLong(cursor) : null,
    conversation_ids: readArray(cursor, readString),
    conversation_ids_sent: isPresent(cursor) ? readString(cursor) : null,
    abandoned_request_ids: readArray(cursor, readString),
    abandoned_request_ids_sent: isPresent(cursor) ? readString(cursor) : null,
    custom_data: isPresent(cursor) ? readString(cursor) : null,
    custom_fields: readArray(cursor, readCustomField),
    attributes: readArray(cursor, readAttribute),
  };
}

function readWrapUp(cursor: Cursor): WrapUp {
  return {
    meta: readMeta(cursor),
    conversation_id: isPresent(cursor) ? readString(cursor) : null,
    conversation_number: isPresent(cursor) ? readString(cursor) : null,
    company_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_id: isPresent(cursor) ? readString(cursor) : null,
    visitor_number: isPresent(cursor) ? readString(cursor) : null,
    subject: isPresent(cursor) ? readString(cursor) : null,
    subject_path: readArray(cursor, readString),
    note: isPresent(cursor) ? readString(cursor) : null,
    remark: isPresent(cursor) ? readString(cursor) : null,
    solved: readSolved(cursor),
    solved_code: isPresent(cursor) ? readString(cursor) : null,
    invalid: isPresent(cursor) ? readBoolean(cursor) : null,
    staff_id: isPresent(cursor) ? readString(cursor) : null,
    staff_account: isPresent(cursor) ? readString(cursor) : null,
    staff_name: isPresent(cursor) ? readString(cursor) : null,
    department_id: isPresent(cursor) ? readString(cursor) : null,
    department_name: isPresent(cursor) ? readString(cursor) : null,
    department_scope: readDepartmentScope(cursor),
    started_at: isPresent(cursor) ? readLong(cursor) : null,
    updated_at: isPresent(cursor) ? readLong(cursor) : null,
    business_unit_id: isPresent(cursor) ? readString(cursor) : null,
    business_unit_name: isPresent(cursor) ? readString(cursor) : null,
    request_type_ids: readArray(cursor, readString),
    request_type_ids_sent: isPresent(cursor) ? readString(cursor) : null,
    request_type_names: readArray(cursor, readString),
    request_type_names_sent: isPresent(cursor) ? readString(cursor) : null,
    category_names: isPresent(cursor) ? readString(cursor) : null,
    category_paths: isPresent(cursor) ? readString(cursor) : null,
    category_codes: isPresent(cursor) ? readString(cursor) : null,
    template_name: isPresent(cursor) ? readString(cursor) : null,
    progress_code: isPresent(cursor) ? readString(cursor) : null,
    progress_name: isPresent(cursor) ? readString(cursor) : null,
    custom_fields: readArray(cursor, readCustomField),
    attributes: readArray(cursor, readAttribute),
  };
}

/** Reads a value of each topic, of its newest schema. */
export const readers: { readonly [T in keyof ValueOf]: Read<ValueOf[T]> } = {
  'assignment.v1': readAssignment,
  'availability.v1': readAvailability,
  'call.v1': readCall,
  'contact.v1': readContact,
  'conversation.v1': readConversation,
  'dead-letter': readDeadLetter,
  'heartbeat.v1': readHeartbeat,
  'message.v1': readMessage,
  'other.v1': readOther,
  'page-view.v1': readPageView,
  'rating.v1': readRating,
  'staff-action.v1': readStaffAction,
  'ticket.v1': readTicket,
  'visit.v1': readVisit,
  'wrap-up.v1': readWrapUp,
};

