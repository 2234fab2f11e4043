import { formatBeijingTime } from '@sluice/simulator/beijing-time';
import type { Identifiers } from '@sluice/simulator/identifiers';
import {
  anotherStaffMember,
  inventCustomer,
  staff,
  type Customer,
  type StaffMember,
} from '@sluice/simulator/people';
import { memos, topics, type Topic } from '@sluice/simulator/phrases';
import type { Random } from '@sluice/simulator/random';

/** One record's members, as Sobot names them. Sobot writes nearly every number as a text. */
export type SobotRecord = Readonly<Record<string, unknown>>;

/** What became of a conversation: who served it, if anybody did. */
type Service = 'staff' | 'robot' | 'robot then staff' | 'left the queue' | 'nobody answered';

export interface SobotVisitor {
  readonly visitorId: string;
  readonly customer: Customer;
}

/** One conversation at Sobot, with everything its records agree on. */
export interface SobotChat {
  readonly random: Random;
  readonly identifiers: Identifiers;
  readonly companyId: string;
  readonly cid: string;
  readonly visitorId: string;
  readonly source: string;
  readonly customer: Customer;
  readonly service: Service;
  /** The last one who served, or whom it would have been. */
  readonly member: StaffMember;
  readonly colleagues: readonly StaffMember[];
  readonly topic: Topic;
  /** Epoch milliseconds, as `endedAt`. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Each as often as it stands here. */
const services: readonly Service[] = [
  ...(['staff', 'staff', 'staff', 'staff', 'staff', 'robot then staff', 'robot then staff'] as const),
  ...(['robot', 'robot', 'left the queue', 'nobody answered'] as const),
];

/** Whether a member of staff took the conversation. */
export const isStaffed = ({ service }: SobotChat): boolean =>
  service !== 'robot' && service !== 'left the queue';

export const hasRobot = ({ service }: SobotChat): boolean =>
  service === 'robot' || service === 'robot then staff';

/** A conversation that ended in the 30 minutes before `now` (epoch ms). A `known` visitor comes back. */
export function inventChat(
  random: Random,
  identifiers: Identifiers,
  companyId: string,
  now: number,
  known?: SobotVisitor,
): SobotChat {
  const member = random.pick(staff);
  const endedAt = now - random.integer(60_000, 30 * 60_000);
  const service = random.pick(services);
  return {
    random,
    identifiers,
    companyId,
    cid: identifiers.hex(),
    visitorId: known?.visitorId ?? identifiers.hex(),
    source: random.pick(['0', '1', '2', '4', '9', '10', '17', '23', '33']),
    customer: known?.customer ?? inventCustomer(random),
    service,
    member,
    colleagues: service !== 'robot' && random.chance(0.15) ? [anotherStaffMember(member, random)] : [],
    topic: random.pick(topics),
    startedAt: endedAt - (random.chance(0.03) ? 0 : random.integer(60_000, 900_000)),
    endedAt,
  };
}

/** What user and userinfo have in common. */
export function customerOf({ random, customer, member, ...chat }: SobotChat): SobotRecord {
  return {
    companyid: chat.companyId,
    userid: chat.visitorId,
    img: 'https://img.example.com/console/common/face/user.png',
    nick: customer.nickname,
    source: chat.source,
    enterprise_name: random.chance(0.3) ? '某某科技(深圳)有限公司' : '',
    user_tels: random.chance(0.1) ? `${customer.phone},1${random.digits(10)}` : customer.phone,
    user_emails: customer.email,
    qq: customer.qq,
    user_name: customer.name,
    province_name: customer.province,
    city_name: random.chance(0.1) ? '' : customer.city,
    area_name: '',
    remark: random.chance(0.2) ? random.pick(memos) : '',
    serviceid: member.hexId,
    cid: chat.cid,
  };
}

/** The messages in their order, and now and then a revocation, which has neither msgid nor sender_type. */
export function messagesOf(chat: SobotChat): SobotRecord[] {
  const { random, member, topic } = chat;
  const isAnswered = chat.service !== 'left the queue' && chat.service !== 'nobody answered';
  const turns = topic.turns.filter(([speaker]) => isAnswered || speaker === 'v');
  const stepMs = Math.floor((chat.endedAt - chat.startedAt) / (topic.turns.length + 2));
  const messages = turns.map(([speaker, text], index) =>
    message(chat, speaker, text, chat.startedAt + stepMs * (index + 1)),
  );
  if (!isStaffed(chat) || !random.chance(0.08)) return messages;
  const revocation = {
    companyid: chat.companyId,
    senderid: member.hexId,
    revoke_flag: '1',
    msg_offline: '0',
    cid: chat.cid,
    timems: String(chat.startedAt + stepMs * (topic.turns.length + 1)),
  };
  return [...messages, revocation];
}

function message(chat: SobotChat, speaker: 'v' | 's', text: string, at: number): SobotRecord {
  const { random, member, customer } = chat;
  const byRobot = !isStaffed(chat) || (hasRobot(chat) && random.chance(0.3));
  const visitor = { id: chat.visitorId, name: customer.nickname, type: '0' };
  const service = byRobot
    ? { id: '1', name: '机器人小明', type: '1' }
    : { id: member.hexId, name: member.name, type: '2' };
  const [sender, receiver] = speaker === 'v' ? [visitor, service] : [service, visitor];
  const offline = speaker === 'v' && random.chance(0.03);
  return {
    companyid: chat.companyId,
    cid: chat.cid,
    format_time: formatBeijingTime(at),
    timems: String(at),
    senderid: sender.id,
    sender_name: sender.name,
    receiverid: receiver.id,
    receiver_name: receiver.name,
    msg: text,
    ...(byRobot ? { docid: chat.identifiers.hex(), doc_name: chat.topic.keyword } : {}),
    sender_type: sender.type,
    // 3: nobody, the message became an offline one.
    receiver_type: offline ? '3' : receiver.type,
    msg_offline: offline ? '1' : '0',
    msgid: chat.identifiers.hex(),
  };
}
