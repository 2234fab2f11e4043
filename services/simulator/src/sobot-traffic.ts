import type { Identifiers } from './identifiers.ts';
import type { Random } from './random.ts';
import { inventChat, messagesOf, type SobotRecord } from './sobot-chat.ts';
import { calllog, conversation, evaluation, summary, ticket, user, userinfo } from './sobot-records.ts';

/** Records of one type that go out together. */
export interface SobotBatch {
  readonly type: string;
  /** 1 to 20. */
  readonly records: readonly SobotRecord[];
}

interface Typed {
  readonly type: string;
  readonly record: SobotRecord;
}

/** "缓存 20 条打包发送一次": a batch is full at 20; what came within a second goes out smaller. */
const mostRecords = 20;

/**
 * What one company's Sobot pushes, without end. Records wait in a buffer per type until as many came as this batch
 * is to have, as they do at Sobot.
 * @param now epoch ms; every conversation ended in the 30 minutes before it
 */
export function* sobotTraffic(
  random: Random,
  identifiers: Identifiers,
  companyIds: readonly string[],
  now: () => number,
): Generator<SobotBatch, never> {
  const buffers = new Map<string, { size: number; records: SobotRecord[] }>();
  for (;;) {
    for (const { type, record } of tellChat(random, identifiers, random.pick(companyIds), now())) {
      const buffer = buffers.get(type) ?? { size: batchSize(type, random), records: [] };
      buffers.set(type, buffer);
      buffer.records.push(record);
      if (buffer.records.length < buffer.size) continue;
      buffers.delete(type);
      yield { type, records: buffer.records };
    }
  }
}

/** Messages come fast, so that their batches are larger; the other types' are mostly small. */
function batchSize(type: string, random: Random): number {
  return random.chance(type === 'msg' ? 0.8 : 0.1) ? random.integer(1, mostRecords) : random.integer(1, 3);
}

function* tellChat(
  random: Random,
  identifiers: Identifiers,
  companyId: string,
  now: number,
): Generator<Typed, void> {
  const chat = inventChat(random, identifiers, companyId, now);
  yield { type: 'user', record: user(chat) };
  for (const record of messagesOf(chat)) yield { type: 'msg', record };
  yield { type: 'conversation', record: conversation(chat) };
  if (random.chance(0.6)) yield { type: 'evaluation', record: evaluation(chat) };
  if (random.chance(0.6)) yield { type: 'userinfo', record: userinfo(chat) };
  if (random.chance(0.7)) yield { type: 'summary', record: summary(chat) };
  if (random.chance(0.15)) yield { type: 'ticket', record: ticket(chat) };
  if (random.chance(0.15)) yield { type: 'calllog', record: calllog(chat) };
}
