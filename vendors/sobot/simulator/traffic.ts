import type { Identifiers } from '@sluice/simulator/identifiers';
import type { Random } from '@sluice/simulator/random';
import { inventChat, messagesOf, type SobotChat, type SobotRecord, type SobotVisitor } from './chat.ts';
import { calllog, conversation, evaluation, summary, ticket, user, userinfo } from './records.ts';

/** Records of one type and one company that go out together. */
export interface SobotBatch {
  readonly type: string;
  readonly companyId: string;
  /** 1 to 20. */
  readonly records: readonly SobotRecord[];
}

interface Typed {
  readonly type: string;
  readonly record: SobotRecord;
}

/** "同公司同类型的数据,缓存 20 条打包发送一次": a batch is full at 20; what came within a second goes out smaller. */
const mostRecords = 20;
const rememberedVisitors = 50;

/**
 * What Sobot pushes of some companies, without end. Records wait in a buffer for each company and type until as many
 * came as this batch is to have, as they do at Sobot.
 * @param companyIds the branches of one account: the first has most of the conversations
 * @param moment epoch ms, asked for each conversation; it ended in the 30 minutes before it
 */
export function* sobotTraffic(
  random: Random,
  identifiers: Identifiers,
  companyIds: readonly string[],
  moment: () => number,
): Generator<SobotBatch, never> {
  const buffers = new Map<string, { size: number; records: SobotRecord[] }>();
  const visitors: SobotVisitor[] = [];
  for (;;) {
    const companyId = random.pick(random.chance(0.6) ? companyIds.slice(0, 1) : companyIds);
    const known = visitors.length > 0 && random.chance(0.2) ? random.pick(visitors) : undefined;
    const chat = inventChat(random, identifiers, companyId, moment(), known);
    if (known === undefined) {
      visitors.push(chat);
      if (visitors.length > rememberedVisitors) visitors.shift();
    }
    for (const { type, record } of tellChat(chat)) {
      const key = JSON.stringify([companyId, type]);
      const buffer = buffers.get(key) ?? { size: batchSize(type, random), records: [] };
      buffers.set(key, buffer);
      buffer.records.push(withoutSome(record, random));
      if (buffer.records.length < buffer.size) continue;
      buffers.delete(key);
      yield { type, companyId, records: buffer.records };
    }
  }
}

/** Messages come fast, so that their batches are larger; the other types' are mostly small. */
function batchSize(type: string, random: Random): number {
  return random.chance(type === 'msg' ? 0.8 : 0.1) ? random.integer(1, mostRecords) : random.integer(1, 3);
}

/** Without these a record says nothing that could be expected of it. */
const indispensable =
  /^(companyid|companyId|cid|userid|msgid|ticketid|callId|msg|is_robot|update_time|revoke_flag)$/;

/** The record without some of its members: the samples lack fields that their tables require. */
function withoutSome(record: SobotRecord, random: Random): SobotRecord {
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => indispensable.test(name) || !random.chance(0.01)),
  );
}

function* tellChat(chat: SobotChat): Generator<Typed, void> {
  const { random } = chat;
  yield { type: 'user', record: user(chat) };
  for (const record of messagesOf(chat)) yield { type: 'msg', record };
  const told = conversation(chat);
  yield { type: 'conversation', record: told };
  if (random.chance(0.6)) yield { type: 'evaluation', record: evaluation(chat) };
  if (random.chance(0.6)) yield { type: 'userinfo', record: userinfo(chat) };
  if (random.chance(0.7)) yield { type: 'summary', record: summary(chat) };
  if (random.chance(0.15)) yield { type: 'ticket', record: ticket(chat) };
  if (random.chance(0.15)) yield { type: 'calllog', record: calllog(chat) };
  // What has a primary key is pushed again when it has changed: the record's end was put right.
  if (random.chance(0.05)) yield { type: 'conversation', record: { ...told, offline_type: '4', os: '其他' } };
}
