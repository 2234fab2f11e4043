import type {
  Browser,
  Contact,
  DepartmentScope,
  Member,
  Page,
  Route,
  RouteScope,
  Search,
  Visitor,
} from '@sluice/schemas/schemas';
import { coded } from '@sluice/vendor-kit/mapping/codes';
import type { VendorMeta } from '@sluice/vendor-kit/mapping/mapping';
import { numberedId } from '@sluice/vendor-kit/mapping/numbered-id';
import {
  clockTime,
  count,
  epochTime,
  int,
  part,
  text,
  type Reader,
  type Spec,
} from '@sluice/vendor-kit/mapping/reader';
import * as codes from './codes.ts';

/** What several of Echat's data types have in common. */

export const echatMeta: Spec<VendorMeta> = {
  vendor_message_id: text('msgId'),
  vendor_sent_at: epochTime('tm'),
};

export const conversationId = (...paths: string[]) =>
  numberedId('conversation_id', 'conversation_number', /^(?:\d+_)?(\d+)$/, paths);

/** `web377724523`; WeChat's has letters alone. */
export const visitorId = (...paths: string[]) =>
  numberedId('visitor_id', 'visitor_number', /^[A-Za-z]*?(\d+)$/, paths);

/** The first id that is not empty. */
export const firstId = (...ids: (string | null | undefined)[]): string | null =>
  ids.find((id) => id !== null && id !== undefined && id !== '') ?? null;

/** The elements of metaData and crmData that both have. */
export const person = (parent: 'metaData' | 'crmData') =>
  ({
    category: text(`${parent}.category`),
    name: text(`${parent}.name`),
    nickname: text(`${parent}.nickName`),
    ...coded('gender', `${parent}.gender`, codes.genders),
    age: int(`${parent}.age`),
    birthday: text(`${parent}.birthday`),
    ...coded('marital_status', `${parent}.maritalStatus`, codes.maritalStatuses),
    phone: text(`${parent}.phone`),
    qq: text(`${parent}.qq`),
    wechat: text(`${parent}.wechat`),
    email: text(`${parent}.email`),
    country: text(`${parent}.nation`),
    province: text(`${parent}.province`),
    city: text(`${parent}.city`),
    address: text(`${parent}.address`),
    photo_url: text(`${parent}.photo`),
    memo: text(`${parent}.memo`),
  }) satisfies Spec<Member & Contact>;

const visitor: Spec<Visitor> = {
  ...coded('type', 'visitorData.visitorType', codes.visitorTypes),
  channel_id: text('visitorData.mediaId'),
  photo_url: text('visitorData.visitorPhoto'),
  visit_count: count('visitorData.visitTimes'),
  conversation_count: count('chatData.chatTimes'),
  language: text('visitorData.visitorLan'),
  country: text('visitorData.visitorCountry'),
  province: text('visitorData.visitorProvince'),
  city: text('visitorData.visitorCity'),
  entered_at: clockTime('visitorData.visitorEnterTime'),
  first_visit_at: clockTime('visitorData.firstTime'),
  last_conversation_at: clockTime('visitorData.lastChatTime'),
  last_staff_id: text('visitorData.lastChatStaffId'),
  last_staff_account: text('visitorData.lastChatStaffLogname'),
  last_staff_name: text('visitorData.lastChatStaffName'),
};

const browser: Spec<Browser> = {
  name: text('visitorData.browserName'),
  version: text('visitorData.browserVersion'),
  screen_resolution: text('visitorData.screenResolution'),
  os_name: text('visitorData.osName'),
  os_version: text('visitorData.osVersion'),
};

/** @param parent where the search stands: `visitorData.`, or nothing in keywordReturn */
export const search = (parent: 'visitorData.' | ''): Spec<Search> => ({
  ...coded('engine', `${parent}se`, codes.searchEngines),
  ...coded('kind', `${parent}keywordType`, codes.searchKinds),
  keyword: text(`${parent}keyword`),
  bidding_word: text(`${parent}biddingWord`),
  ...(parent === '' ? {} : { referrer: text(`${parent}referPage`) }),
});

const landingPage: Spec<Page> = {
  url: text('visitorData.firstPage'),
  title: text('visitorData.firstPageTitle'),
};

const route: Spec<Route> = {
  scope: routeScope('routeData.routeId'),
  style_id: text('routeData.styleId'),
  style_name: text('routeData.styleName'),
  ...coded('status', 'routeData.routeStatus', codes.serviceStates),
};

/** visitorData, metaData, routeData and myData, as chatStart and visitorEnter have them. */
export const visitParts = {
  ...visitorId('visitorData.visitorId'),
  visitor_name: text('visitorData.visitorName'),
  visitor_ip: text('visitorData.visitorIp'),
  partner_id: text('metaData.uid'),
  ...coded('channel', 'visitorData.visitorMedia', codes.channels),
  visitor: part(visitor),
  member: part<Member>({ level: int('metaData.grade'), ...person('metaData') }),
  browser: part(browser),
  search: part(search('visitorData.')),
  landing_page: part(landingPage),
  route_id: text('routeData.routeId'),
  route_name: text('routeData.routeName'),
  route: part(route),
  custom_data: text('myData'),
};

/** @param parent what the elements are in, `routeData.`, or nothing */
export const department = (parent: string) => ({
  department_id: text(`${parent}chatDepartmentId`),
  department_name: text(`${parent}chatDepartmentName`),
  department_scope: departmentScope(`${parent}chatDepartmentId`),
});

/** Of an id that another field keeps: 0 is everybody (如果是全部人员可接待则ID为0). */
function departmentScope(path: string): Reader<DepartmentScope> {
  return {
    origins: [{ path }],
    read(fields) {
      const id = fields.peek(path)?.trim() ?? '';
      return id === '' ? 'UNKNOWN' : id === '0' ? 'EVERYBODY' : 'NAMED';
    },
  };
}

const defaultRoutes = new Map<string, RouteScope>([
  ['-1', 'DEFAULT_WEB'], // web访客的默认路由
  ['-2', 'DEFAULT_WECHAT'], // 微信对话的默认路由
  ['-3', 'DEFAULT_SDK'], // SDK对话的默认路由
]);

/** Of an id that another field keeps: some are no ordinary routes. */
export function routeScope(path: string): Reader<RouteScope> {
  return {
    origins: [{ path }],
    read(fields) {
      const id = fields.peek(path)?.trim() ?? '';
      return defaultRoutes.get(id) ?? (id === '' ? 'UNKNOWN' : 'NAMED');
    },
  };
}

/** @param prefix of the elements' names: `staff`, `chatStaff` below `chatData.` */
export const staff = (prefix: string) => ({
  staff_id: text(`${prefix}Id`),
  staff_account: text(`${prefix}Logname`),
  staff_name: text(`${prefix}Name`),
});
