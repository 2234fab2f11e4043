import { formatBeijingTime } from '@sluice/simulator/beijing-time';
import type { Identifiers } from '@sluice/simulator/identifiers';
import { inventCustomer, staff, type Customer, type StaffMember } from '@sluice/simulator/people';
import {
  browsers,
  categories,
  memos,
  nicknames,
  streets,
  topics,
  type Topic,
} from '@sluice/simulator/phrases';
import type { Random } from '@sluice/simulator/random';
import type { XmlNode } from './xml.ts';

/** One document of a source, before it is rendered. */
export interface EchatDocument {
  readonly dataType: string;
  readonly nodes: readonly XmlNode[];
}

/** One visitor's stay on a company's site, with everything its documents agree on. */
export interface Visit {
  readonly random: Random;
  readonly identifiers: Identifiers;
  readonly customer: Customer;
  readonly visitorId: string;
  readonly returning: boolean;
  readonly trackId: string;
  readonly topic: Topic;
  readonly staffMember: StaffMember;
  /** Epoch milliseconds. */
  readonly enteredAt: number;
  /** The groups that hold the same values in visitorEnter and chatStart. */
  readonly profile: readonly XmlNode[];
  /** chatRecordIds so far, as visitorOut lists them. */
  readonly chatRecordIds: string[];
}

export interface Visitor {
  readonly customer: Customer;
  readonly visitorId: string;
}

/** Begins a visit that will be over before `now` (epoch ms). A `known` visitor comes back. */
export function beginVisit(
  random: Random,
  identifiers: Identifiers,
  now: number,
  known: Visitor | undefined,
): Visit {
  const visitor = known ?? {
    customer: inventCustomer(random),
    visitorId: `${random.pick(Object.keys(channels))}${identifiers.number()}`,
  };
  const begun = {
    ...visitor,
    random,
    identifiers,
    returning: known !== undefined,
    trackId: identifiers.number(),
    topic: random.pick(topics),
    staffMember: random.pick(staff),
    enteredAt: now - random.integer(30 * 60_000, 45 * 60_000),
    chatRecordIds: [],
  };
  const myData = random.chance(0.4)
    ? `network=wifi&game=斗地主&ver=9.${random.integer(0, 9)}&os=ios10`
    : undefined;
  const profile: XmlNode[] = [
    ['myData', myData],
    ['metaData', random.chance(0.6) ? memberNodes(begun.customer, random, identifiers) : undefined],
    ['visitorData', visitorNodes(begun)],
  ];
  return { ...begun, profile };
}

/** `msgId` and `tm`, which begin most documents. */
export function messageNodes(identifiers: Identifiers, at: number): XmlNode[] {
  return [
    ['msgId', identifiers.number()],
    ['tm', String(at)],
  ];
}

export function routeNodes(visit: Visit): XmlNode[] {
  const wechat = visit.visitorId.startsWith('wechat');
  const defaultRoute = wechat ? '-2' : visit.visitorId.startsWith('sdk') ? '-3' : '-1';
  const { department } = visit.staffMember;
  const everyone = visit.random.chance(0.1);
  return [
    ['routeId', visit.random.chance(0.3) ? defaultRoute : '72'],
    ['routeName', '一洽'],
    ['styleId', '201'],
    ['styleName', '一洽网站'],
    ['chatDepartmentId', everyone ? '0' : department.number],
    ['chatDepartmentName', everyone ? undefined : department.name],
  ];
}

/** What is known of a person, in the order of the samples. `gender` is documented as a code; samples have a text. */
export function personNodes(customer: Customer, random: Random): XmlNode[] {
  const genderText = ['未知', '男', '女'][customer.gender] ?? '';
  return [
    ['category', random.pick(categories)],
    ['name', customer.name],
    ['nickName', customer.nickname],
    ['gender', random.chance(0.3) ? genderText : String(customer.gender)],
    ['age', String(customer.age)],
    ['birthday', customer.birthday],
    ['maritalStatus', random.pick(['0', '1', '2'])],
    ['phone', customer.phone],
    ['qq', customer.qq],
    ['wechat', random.chance(0.05) ? '' : `wx_${customer.qq}`],
    ['email', customer.email],
    ['nation', '中国'],
    ['province', customer.province],
    ['city', customer.city],
    ['address', random.pick(streets)],
    ['photo', 'https://img.example.com/face/user.png?size=64&v=2'],
    ['memo', random.chance(0.1) ? '' : random.pick(memos)],
  ];
}

function memberNodes(customer: Customer, random: Random, identifiers: Identifiers): XmlNode[] {
  return [
    ['uid', identifiers.number()],
    ['grade', String(random.integer(1, 5))],
    ...personNodes(customer, random),
  ];
}

function visitorNodes(visit: Omit<Visit, 'profile'>): XmlNode[] {
  const { random, customer, enteredAt } = visit;
  const channel = visit.visitorId.replace(/\d.*/, '');
  const { media, type } = channels[channel] ?? defaultChannel;
  const web = browserNodes(visit);
  const last = visit.staffMember;
  return [
    ['visitorEnterTime', formatBeijingTime(enteredAt)],
    ['visitorMedia', media],
    ['visitorType', type],
    ['mediaId', channel === 'custom' ? '31' : undefined],
    ['visitorId', visit.visitorId],
    ['visitorName', random.chance(0.5) ? customer.name : random.pick(nicknames)],
    ['visitorPhoto', 'https://img.example.com/face/visitor.png'],
    ['visitTimes', String(random.integer(visit.returning ? 2 : 1, 9))],
    ['visitorLan', random.pick(['zh_CN', 'zh', 'en'])],
    ['visitorIp', customer.ip],
    ['visitorCountry', '中国'],
    ['visitorProvince', customer.province],
    ['visitorCity', customer.city],
    // "微信对话无此属性": of a WeChat visitor the page lists none of these.
    ...(channel === 'wechat' ? [] : web),
    ...(visit.returning
      ? ([
          ['lastChatTime', formatBeijingTime(enteredAt - random.integer(1, 30) * 86_400_000)],
          ['lastChatStaffId', last.number],
          ['lastChatStaffLogname', last.login],
          ['lastChatStaffName', last.name],
        ] satisfies XmlNode[])
      : []),
  ];
}

/** The browser, and how the visitor found the page. */
function browserNodes({ random, topic, enteredAt }: Omit<Visit, 'profile'>): XmlNode[] {
  const [browser, version, system, systemVersion] = random.pick(browsers);
  const searched = random.chance(0.5);
  return [
    ['browserName', browser],
    ['browserVersion', version],
    ['screenResolution', random.pick(['1920*1080', '390*844', '2560*1440'])],
    ['osName', system],
    ['osVersion', systemVersion],
    ['se', searched ? 'baidu' : ''],
    ['keyword', searched ? topic.keyword : ''],
    ['keywordType', random.pick(['', '0', '1', '2'])],
    ['referPage', searched ? 'https://www.baidu.com/baidu.php?sc.WwCK00j7A0GeyEPIcgU' : ''],
    ['firstTime', formatBeijingTime(enteredAt - random.integer(0, 90) * 86_400_000)],
    ['firstPage', `https://www.example.com${topic.page.path}`],
    ['firstPageTitle', topic.page.title],
  ];
}

const defaultChannel = { media: '1', type: '0' };
const channels: Readonly<Record<string, typeof defaultChannel>> = {
  web: defaultChannel,
  vip: { media: '2', type: '1' },
  sdk: { media: '6', type: '2' },
  wechat: { media: '5', type: '4' },
  custom: { media: '200', type: '5' },
};
