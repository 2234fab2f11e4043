import { coded, count, duration, enumeration, flag, int, list, record, symbol, text, time } from './avro.ts';
import type { AvroField } from './avro.ts';
import { departmentScope, gender, maritalStatus, presence, routeScope } from './enums.ts';

/** What a person told, or staff wrote down: a member of the customer's own system, or a contact. */
export const personFields: readonly AvroField[] = [
  text('category', 'Class of customer in words. Echat category.'),
  text('name', 'Echat name, Sobot user_name.'),
  text('nickname', 'Echat nickName, Sobot nick.'),
  ...coded('gender', gender, 'By code or by text.', 'Echat gender'),
  int('age', 'In years. Echat age.'),
  text('birthday', 'As sent, yyyy-MM-dd. Echat birthday.'),
  ...coded('marital_status', maritalStatus, 'By code.', 'Echat maritalStatus'),
  text('phone', 'As sent; Sobot sends several separated by commas. Echat phone, Sobot user_tels.'),
  text('qq', 'Echat qq, Sobot qq.'),
  text('wechat', 'Echat wechat.'),
  text('email', 'As sent; Sobot sends several separated by commas. Echat email, Sobot user_emails.'),
  text('country', 'Echat nation, Sobot country_name.'),
  text('province', 'Echat province, Sobot province_name.'),
  text('city', 'Echat city, Sobot city_name.'),
  text('address', 'Echat address.'),
  text('photo_url', 'Echat photo, Sobot img.'),
  text('memo', 'Note about the person. Echat memo, Sobot remark.'),
];

export const member = record('Member', "The visitor as a member of the customer's own system.", [
  int('level', 'Above 0. Echat grade.'),
  ...personFields,
]);

const visitorType = enumeration('VisitorType', 'GUEST', 'MEMBER', 'SDK_GUEST', 'WECHAT', 'CUSTOM');

export const visitor = record('Visitor', 'Who visits, as the vendor knows them.', [
  ...coded('type', visitorType, 'How the visitor is identified.', 'Echat visitorType'),
  text('channel_id', 'Id of the custom channel, where the type is CUSTOM. Echat mediaId.'),
  text('photo_url', 'Echat visitorPhoto.'),
  count('visit_count', 'Visits so far. Echat visitTimes.'),
  count('conversation_count', 'Conversations so far. Echat chatTimes.'),
  text('language', 'As sent, e.g. zh_CN. Echat visitorLan.'),
  text('area', 'As sent. Sobot area.'),
  text('country', 'By IP. Echat visitorCountry.'),
  text('province', 'By IP. Echat visitorProvince, Sobot province_name.'),
  text('city', 'By IP. Echat visitorCity, Sobot city_name.'),
  time('entered_at', 'When this visit began, UTC. Echat visitorEnterTime.'),
  time('first_visit_at', 'When the visitor entered the site, UTC. Echat firstTime.'),
  time('last_conversation_at', 'The conversation before, UTC. Echat lastChatTime.'),
  text('last_staff_id', 'Who served the conversation before. Echat lastChatStaffId.'),
  text('last_staff_account', 'Echat lastChatStaffLogname.'),
  text('last_staff_name', 'Echat lastChatStaffName.'),
]);

export const browser = record('Browser', 'What the visitor uses. Absent for WeChat.', [
  text('name', 'Echat browserName.'),
  text('version', 'Echat browserVersion.'),
  text('screen_resolution', 'As sent, e.g. 1920*1080. Echat screenResolution.'),
  text('os_name', 'In words. Echat osName; of Sobot os what its code means.'),
  text('os_version', 'Echat osVersion.'),
  text('os_code', 'Sobot os'),
]);

const searchEngine = enumeration(
  'SearchEngine',
  'BAIDU',
  'SO_360',
  'SOGOU',
  'SHENMA',
  'BING',
  'GOOGLE',
  'OTHER',
  'NONE_DIRECT',
  'NONE_LINK',
);
const searchKind = enumeration('SearchKind', 'ORGANIC', 'PAID', 'NOT_TOLD_APART');

export const search = record('Search', 'How the visitor found the site.', [
  ...coded(
    'engine',
    searchEngine,
    'NONE_DIRECT: typed in; NONE_LINK: by a link from elsewhere.',
    'Echat se (a word), Sobot search_engine (a code)',
  ),
  ...coded(
    'kind',
    searchKind,
    'ORGANIC: SEO; PAID: advertising. Also from what Sobot search_engine means.',
    'Echat keywordType',
  ),
  text('keyword', 'What was searched for. Echat keyword, Sobot search_word.'),
  text('bidding_word', 'The word that was advertised on. Echat biddingWord.'),
  text('referrer', 'URL the visitor came from; for WeChat the name of the account. Echat referPage.'),
]);

export const page = record('Page', 'A page of the site.', [
  text('url', 'Echat firstPage or pageUrl, Sobot land_page_url.'),
  text('title', 'Echat firstPageTitle or pageTitle, Sobot land_page_title.'),
  text('alias', 'A name the customer gave it. Echat pageUrlAlias.'),
]);

export const route = record(
  'Route',
  'The way in which conversations are distributed, beside its id and name.',
  [
    symbol('scope', routeScope, 'What kind of route the id means: Echat routeId -1, -2, -3 are defaults.'),
    text('style_id', 'The look of the chat window. Echat styleId.'),
    text('style_name', 'Echat styleName.'),
    ...coded('status', presence, 'Whether somebody of it is there.', 'Echat routeStatus'),
  ],
);

export const staffShare = record('StaffShare', "One agent's part in a conversation.", [
  text('staff_id', 'As sent. Echat staffId, Sobot staffids.'),
  text('staff_account', 'Echat staffLogname.'),
  text('staff_name', 'Echat staffName.'),
  ...duration('first_response', 'Until the first answer of this agent. Echat staffKpi firstAnswerTime.'),
  ...duration('average_response', 'Mean time of this agent to answer. Echat staffKpi avgAnswerTime.'),
  ...duration('handle', 'How long this agent served. Echat staffKpi duration.'),
  count('visitor_message_count', 'Messages of the visitor to this agent. Echat visitorSendMsg.'),
  count('staff_message_count', 'Messages of this agent. Echat staffSendMsg.'),
  flag('invited_rating', 'Whether this agent asked for a rating. Sobot invite_evaluation_flags.'),
]);

const customField = record('CustomField', "A field of the customer's own.", [
  text(
    'group',
    "The vendor's element that held it: custom, myData, params, summary_params, result_list, customer_fields, field.",
  ),
  text('id', "The vendor's id of the field. Echat c1 to c20, Sobot fieldid."),
  text('name', 'Sobot field_name; the key in Echat myData and Sobot params.'),
  text(
    'value',
    'As sent; a structure as JSON. Echat c1-c20 and myData, Sobot field_value, params and summary_params.',
  ),
]);

export const customFields = (doc: string): AvroField => list('custom_fields', customField, doc);

/** Who sits where: the id as sent, and what the id means. */
export const departmentFields: readonly AvroField[] = [
  text(
    'department_id',
    'Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid.',
  ),
  text(
    'department_name',
    'Name of the skill group. Echat chatDepartmentName, Sobot lastgroup_name or group_name.',
  ),
  symbol(
    'department_scope',
    departmentScope,
    'What the department id means: Echat chatDepartmentId 0 is everybody.',
  ),
];

export const conversationIdFields: readonly AvroField[] = [
  text(
    'conversation_id',
    'As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid.',
  ),
  text(
    'conversation_number',
    'Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot.',
  ),
];

export const visitorIdFields: readonly AvroField[] = [
  text('visitor_id', 'As sent, prefix included. Echat visitorId, Sobot visitorid.'),
  text(
    'visitor_number',
    'The digits after the prefix of Echat visitorId (web377724523), by which a bare id can be joined.',
  ),
];

/** @param origin where the vendors' fields are named otherwise than usual */
export const staffFields = (id: string, account: string, name: string): AvroField[] => [
  text('staff_id', `As sent. ${id}`),
  text('staff_account', `Login name. ${account}`),
  text('staff_name', name),
];

export const companyId = text(
  'company_id',
  'The company account, which may be a branch. Sobot companyid (calllog: companyId).',
);
