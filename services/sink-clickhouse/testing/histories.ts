import { randomUUID } from 'node:crypto';
import type { Conversation, Meta, Rating, StaffAction, StaffShare } from '@sluice/schemas/schemas';
import { sampleEvent } from '@sluice/sink/testing/sample-items';
import type { StoreItem } from '@sluice/sink/store';
import { clock, event } from './view-database.ts';

/** Random numbers of a seed (mulberry32): the same seed, the same history. */
function randomOf(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  return {
    whole,
    chance: (share: number): boolean => next() < share,
    pick: <T>(values: readonly [T, ...T[]]): T => values[whole(values.length)] ?? values[0],
  };
}
type Random = ReturnType<typeof randomOf>;

const day = 86_400_000;
const minute = 60_000;
interface Member {
  readonly id: string;
  readonly account: string;
  readonly name: string;
}
// Two have one name.
const staff: readonly [Member, ...Member[]] = [
  { id: 'id-a', account: 'a@shop', name: '王' },
  { id: 'id-b', account: 'b@shop', name: '王' },
  { id: 'id-c', account: 'c@shop', name: '李' },
  { id: 'id-d', account: 'd@shop', name: '张' },
];

/** Where events of a history are put: each has a receipt of its own, in the order in which it is written. */
interface Writer {
  readonly items: StoreItem[];
  readonly write: <T extends Parameters<typeof event>[0]>(
    topic: T,
    at: number | null,
    fields: Parameters<typeof event<T>>[2],
    meta?: Partial<Meta>,
  ) => void;
}

/**
 * What one source pushed in some days of May 2024: conversations of both vendors as their pages allow them, with what is
 * unkind: bare ids under numbers that several kinds have, steps that are missing, repeated, corrected, undated or late,
 * zeros and nulls, agents by id and by e-mail.
 */
export function inventHistory(seed: number): StoreItem[] {
  const random = randomOf(seed);
  const items: StoreItem[] = [];
  const start = clock('2024-05-05 00:00:00');
  let written = 0;
  const writer: Writer = {
    items,
    write(topic, at, fields, meta = {}) {
      const occurred = at === null || random.chance(0.06) ? null : at;
      const delay = random.chance(0.05) ? random.whole(30 * day) : 1000;
      const received_at = (at ?? start + random.whole(9 * day)) + delay + ++written * 10;
      const item = event(topic, null, fields, {
        ...{ source_id: `history-${seed}`, event_id: randomUUID(), received_at },
        ...meta,
        occurred_at: occurred,
      });
      items.push(item);
    },
  };
  // In some histories all begin within one hour: figures of several conversations.
  const rush = random.chance(0.3) ? random.whole(9 * 24) * 60 * minute : null;
  for (let left = 1 + random.whole(4); left > 0; left--) {
    const began = start + (rush === null ? random.whole(9 * day) : rush + random.whole(60 * minute));
    if (random.chance(0.6)) inventSteps(random, writer, began);
    else inventRecord(random, writer, began, `c_${left}`);
  }
  return [...items, ...corrected(random, items)];
}

/** Some events again, as a better mapping reads them: the same ids, other values, a later receipt. */
function corrected(random: Random, items: readonly StoreItem[]): StoreItem[] {
  return items
    .filter((item) => item.topic === 'conversation.v1' && random.chance(0.08))
    .map((item) => {
      const before = item.event as Conversation;
      const received_at = before.meta.received_at + 5 * minute + 5;
      const after = { ...before, meta: { ...before.meta, received_at }, total_ms: 777, wait_ms: null };
      return { ...item, event: after, version: received_at * 1000 + 999 };
    });
}

const numbered = (id: string) => ({ conversation_id: id, conversation_number: id.replace(/^\d_/, '') });
const named = (one: Member) => ({
  ...{ staff_id: one.id, staff_account: one.account, staff_name: one.name },
});

/** An agent's part of a conversation; what is not given is null. */
function share(fields: Partial<StaffShare>): StaffShare {
  const [, blank] = sampleEvent('conversation.v1').staff_shares;
  return { ...blank, ...fields } as StaffShare;
}

const kindsOfPrefix = { 1: 'HUMAN', 2: 'BUSY', 3: 'LEAVE_MESSAGE', 5: 'ROBOT' } as const;
const transcripts = {
  ...{ HUMAN: 'chatContent', BUSY: 'chatContent' },
  ...{ LEAVE_MESSAGE: 'leaveMsgContent', ROBOT: 'robotChatContent' },
} as const;

/** What a step may say about a conversation next to its figures: something, nothing, or an empty text. */
function toldOf(random: Random): Partial<Conversation> {
  const word = () => random.pick([null, '', `w${random.whole(9)}`]);
  const count = () => random.pick([null, 0, random.whole(9)]);
  const [blank] = [sampleEvent('conversation.v1')];
  return {
    ...{ channel_code: word(), subchannel_name: word(), entrance: word(), visitor_id: word() },
    ...{ visitor_name: word(), partner_id: word(), page_url: word(), page_title: word() },
    ...{ department_id: word(), department_name: word(), route_id: word(), route_name: word() },
    ...{ robot_id: word(), robot_name: word(), opening: random.pick(['UNKNOWN', 'ICON_CLICKED']) },
    visitor:
      random.chance(0.5) && blank.visitor ? { ...blank.visitor, province: word(), city: word() } : null,
    search:
      random.chance(0.5) && blank.search
        ? { ...blank.search, engine: random.pick(['UNKNOWN', 'BAIDU']), keyword: word() }
        : null,
    landing_page: random.chance(0.5) ? { url: word(), title: null, alias: null } : null,
    ...{ average_response_ms: count(), visitor_message_count: count() },
    rating_invited: random.pick([null, true, false]),
  };
}

/** Cards that staff pushed and marks that they set, by ids with a prefix and without. */
function inventActions(
  random: Random,
  write: Writer['write'],
  ids: () => Partial<StaffAction>,
  from: number,
): void {
  for (let times = random.whole(4); times > 0; times--) {
    const id = random.pick(['scarf', 'tea', null]);
    write('staff-action.v1', from + random.whole(2 * day), {
      ...(random.chance(0.1) ? {} : ids()),
      ...{ action: 'CARD_PUSHED', result: random.pick(['DONE', 'DONE', 'DONE', 'FAILED']) },
      card: {
        ...{ id, title: `card ${id ?? random.whole(2)}${id === null ? '' : random.whole(3)}` },
        ...{ content: null, image_url: null, url: null, memo: null },
      },
    });
  }
  for (let times = random.whole(3); times > 0; times--)
    write('staff-action.v1', from + random.whole(2 * day), {
      ...{ ...ids(), action: 'CONVERSATION_SIGNED', sign: random.pick([0, 1, null]) },
      result: random.pick(['DONE', 'DONE', 'INVALID']),
    });
}

function inventSteps(random: Random, { write }: Writer, began: number): void {
  const prefix = random.pick<1 | 2 | 3 | 5>([1, 1, 1, 2, 3, 5]);
  const kind = kindsOfPrefix[prefix];
  const id = `${prefix}_${70 + random.whole(2)}`;
  const bare = id.slice(2);
  const idOrBare = (share: number) => numbered(random.chance(share) ? bare : id);
  const first = random.pick(staff);
  const second = random.pick(staff);
  const said = kind === 'BUSY' ? 'HUMAN' : kind;
  const answered = began + random.whole(3) * minute;
  const ended = answered + minute + random.whole(2 * day);
  const isServed = kind === 'HUMAN';
  if (random.chance(0.9))
    write('conversation.v1', began, {
      ...toldOf(random),
      ...{ ...idOrBare(0.1), phase: 'STARTED', kind: random.chance(0.1) ? 'UNKNOWN' : kind },
      ...{
        channel: random.pick(['WEB', 'WECHAT', 'UNKNOWN']),
        requested_at: random.chance(0.1) ? null : began,
      },
      ...(isServed && random.chance(0.8) ? named(first) : {}),
    });
  if (isServed && random.chance(0.4))
    write('conversation.v1', answered, {
      ...{ ...idOrBare(0.7), phase: 'ANSWERED', kind: 'HUMAN', ...named(first), answered_at: answered },
      wait_ms: answered - began,
    });
  const isTransferred = isServed && random.chance(0.3);
  if (isTransferred)
    write('conversation.v1', answered + minute / 2, {
      ...{ ...idOrBare(0), phase: 'TRANSFERRED', to_staff_id: second.id, to_staff_name: second.name },
      ...(random.chance(0.8) ? { from_staff_id: first.id, from_staff_account: first.account } : {}),
      ...{ from_staff_name: random.pick([first.name, '', null]) },
    });
  if (random.chance(0.85))
    write('conversation.v1', ended, {
      ...toldOf(random),
      ...{ ...idOrBare(0.8), phase: 'ENDED', kind: random.chance(0.1) ? 'UNKNOWN' : said, ended_at: ended },
      end_reason: random.pick(['VISITOR_CLOSED', 'STAFF_CLOSED', 'UNKNOWN', 'QUEUE_ABANDONED']),
      ...{ total_ms: random.pick([0, 5000, ended - began]), wait_ms: random.pick([0, 16, null, 40_000]) },
      ...{
        first_response_ms: random.pick([0, 2000, null]),
        staff_message_count: random.pick([0, 1, null, 9]),
      },
      staff_shares: isTransferred
        ? [first, second].map((one) =>
            share({
              ...{ ...named(one), first_response_ms: random.pick([0, 1000, null]) },
              ...{ handle_ms: random.pick([0, 9000, null]), staff_message_count: random.pick([0, 3, null]) },
            }),
          )
        : [],
    });
  const dataType = transcripts[kind];
  // A transcript comes again, with more in it.
  for (let times = random.whole(3); times > 0; times--) {
    const ids = random.chance(0.05) ? { conversation_id: null, conversation_number: null } : idOrBare(0.4);
    write(
      'conversation.v1',
      ended,
      { ...ids, phase: 'RECORDED', kind: said, started_at: began },
      { data_type: dataType },
    );
    for (let ordinal = 0; ordinal < 1 + times; ordinal++)
      write(
        'message.v1',
        began + ordinal * minute,
        {
          ...{ ...ids, ordinal, kind: 'TEXT', sent_at: began + ordinal * minute },
          sender_role: random.pick(['VISITOR', 'STAFF', 'ROBOT', 'SYSTEM']),
        },
        { data_type: dataType },
      );
  }
  for (let times = random.whole(3); times > 0; times--)
    write('rating.v1', random.chance(0.5) ? ended + times * minute : null, {
      ...{ ...idOrBare(0.7), target_role: 'STAFF', score: random.pick([1, 3, 4, 5, null]) },
      ...(isServed && random.chance(0.6) ? named(first) : {}),
    });
  inventActions(random, write, () => idOrBare(0.4), began);
  if (random.chance(0.4)) {
    const visit_id = `v${began}`;
    for (let page = 0; page < 3; page++)
      write('page-view.v1', began - (2 - page * 2) * minute, {
        ...{ visit_id, ordinal: page, viewed_at: began - (2 - page * 2) * minute },
        page: { url: `http://shop/${page}`, title: random.pick([null, '商品']), alias: null },
      });
    write('visit.v1', ended + minute, { visit_id, phase: 'LEFT', conversation_ids: [id, '3_999'] });
  }
}

function inventRecord(random: Random, { write }: Writer, began: number, conversation_id: string): void {
  const ended = began + random.whole(day);
  const last = random.pick(staff);
  const others = staff.filter(() => random.chance(0.4));
  const ids = [...new Set([...others, last])].map(({ id }) => id);
  const isHuman = random.chance(0.7);
  const wasLeft = !isHuman && random.chance(0.3);
  const record: Partial<Conversation> = {
    ...toldOf(random),
    ...{ conversation_id, phase: 'RECORDED', kind: isHuman ? 'HUMAN' : random.pick(['ROBOT', 'UNKNOWN']) },
    ...{ channel: random.pick(['APP', 'WEB']), started_at: began, ended_at: ended },
    ...(isHuman ? { staff_account: random.chance(0.1) ? '' : last.account, staff_name: last.name } : {}),
    staff_shares:
      isHuman && random.chance(0.9) ? ids.map((staff_id) => share({ staff_id, invited_rating: false })) : [],
    queue_state: wasLeft
      ? 'ABANDONED'
      : isHuman
        ? random.pick(['NOT_QUEUED', 'ANSWERED', 'UNKNOWN'])
        : 'UNKNOWN',
    ...{ wait_ms: random.pick([0, 5000]), answered_at: isHuman ? began + minute : null },
    ...{ response_count: random.pick([0, 4]), first_response_ms: random.pick([0, 9792]) },
    ...{ human_handle_ms: random.pick([0, 50_000, null]), total_ms: ended - began },
  };
  // A record may be pushed again with other values: the same conversation, another event.
  for (let times = random.chance(0.2) ? 2 : 1; times > 0; times--)
    write('conversation.v1', ended, { ...record, total_ms: ended - began + times });
  for (let message = random.whole(3); message > 0; message--)
    write(
      'message.v1',
      began + message * minute,
      {
        ...{
          conversation_id,
          message_id: random.chance(0.9) ? `m${message % 2}` : null,
          sent_at: began + message * minute,
        },
        ...{
          kind: random.chance(0.1) ? 'REVOKED' : 'TEXT',
          sender_role: random.pick(['VISITOR', 'STAFF', 'ROBOT']),
        },
      },
      { data_type: 'msg' },
    );
  const rated: Partial<Rating> = {
    channel: random.pick(['APP', 'WEB', 'UNKNOWN']),
    ...{ conversation_id, solved: random.pick(['SOLVED', 'UNSOLVED', 'NOT_ASKED', 'UNKNOWN']) },
    ...{ score: random.pick([null, 2, 5]), nps_score: random.pick([0, 6, 7, 8, 9, 10, null]) },
  };
  if (random.chance(0.5))
    write('rating.v1', ended + minute, {
      ...rated,
      target_role: 'STAFF',
      staff_id: last.id,
      staff_name: last.name,
    });
  if (random.chance(0.2))
    write(
      'rating.v1',
      ended + minute,
      { ...rated, target_role: 'ROBOT', staff_id: '1' },
      { event_type: 'rating.given-to-robot' },
    );
  inventActions(random, write, () => ({ conversation_id }), began);
}
