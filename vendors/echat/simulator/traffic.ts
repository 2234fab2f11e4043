import { availabilityChange } from './availability.ts';
import { inventPages, keywordReturn, visitorEnter, visitorOut, visitorTrackPage } from './browsing.ts';
import {
  chatAnswer,
  chatEnd,
  chatScore,
  chatStart,
  chatSubject,
  chatTransfer,
  newChatRecordId,
  type Chat,
  type ChatKind,
} from './chat.ts';
import { crmForm, crmOwner, crmSingleFields, leaveMsgOwner } from './crm.ts';
import { chatContent, inventTurns } from './transcript.ts';
import { beginVisit, type EchatDocument, type Visit, type Visitor } from './visit.ts';
import type { Identifiers } from '@sluice/simulator/identifiers';
import { anotherStaffMember } from '@sluice/simulator/people';
import type { Random } from '@sluice/simulator/random';

const concurrentVisits = 8;
const rememberedVisitors = 50;

/**
 * What one company's Echat pushes, without end: several visits at a time, each in its own order, with availability
 * changes between them.
 * @param moment epoch ms, asked for each visit; the visit lies in the 45 minutes before it
 */
export function* echatTraffic(
  random: Random,
  identifiers: Identifiers,
  moment: () => number,
): Generator<EchatDocument, never> {
  const visitors: Visitor[] = [];
  const begin = () => {
    const known = visitors.length > 0 && random.chance(0.2) ? random.pick(visitors) : undefined;
    const visit = beginVisit(random, identifiers, moment(), known);
    if (known === undefined) {
      visitors.push({ customer: visit.customer, visitorId: visit.visitorId });
      if (visitors.length > rememberedVisitors) visitors.shift();
    }
    return tellVisit(visit);
  };
  const active = Array.from({ length: concurrentVisits }, begin);
  for (;;) {
    if (random.chance(0.04))
      yield availabilityChange(random, identifiers, moment() - random.integer(0, 60_000));
    const slot = random.integer(0, active.length - 1);
    const step = active[slot]?.next();
    if (step === undefined || step.done === true) active[slot] = begin();
    else yield step.value;
  }
}

function* tellVisit(visit: Visit): Generator<EchatDocument, void> {
  const { random } = visit;
  let at = visit.enteredAt;
  const later = (mostSeconds: number) => (at += random.integer(1_000, mostSeconds * 1_000));
  const pages = inventPages(visit);

  yield visitorEnter(visit);
  if (random.chance(0.3)) yield keywordReturn(visit, later(5));
  if (pages.length > 1 && random.chance(0.4)) yield visitorTrackPage(visit, pages.slice(0, -1));
  if (random.chance(0.35)) at = yield* tellRobotChat(visit, later(30));
  if (random.chance(0.7)) at = yield* random.pick(humanStories)(visit, later(30));
  else if (random.chance(0.6)) at = yield* tellLeftMessage(beginChat(visit, 'leaveMessage', later(30)));
  yield visitorTrackPage(visit, pages);
  yield visitorOut(visit, later(60));
}

function beginChat(visit: Visit, kind: ChatKind, requestedAt: number): Chat {
  const { random } = visit;
  const recordId = newChatRecordId(kind, visit.identifiers);
  visit.chatRecordIds.push(recordId);
  const waited = kind === 'human' && !random.chance(0.1) ? random.integer(300, 60_000) : 0;
  const lasted = random.chance(0.03) ? 0 : random.integer(30_000, 600_000);
  return {
    visit,
    kind,
    recordId,
    requestedAt,
    answeredAt: kind === 'busy' ? null : requestedAt + waited,
    endedAt: requestedAt + waited + lasted,
    staffMembers: kind === 'human' ? [visit.staffMember] : [],
    turns: inventTurns(kind, visit),
  };
}

type Story = (visit: Visit, at: number) => Generator<EchatDocument, number>;

/** What becomes of a visitor who asks for a human: each as often as it stands here. */
const humanStories: readonly Story[] = [
  ...Array.from({ length: 14 }, () => tellHumanChat),
  ...[tellAbandonedChat, tellBusyChat, tellReopenedChat],
];

function* tellRobotChat(visit: Visit, at: number): Generator<EchatDocument, number> {
  const { random } = visit;
  const chat = beginChat(visit, 'robot', at);
  yield chatStart(chat);
  yield chatEnd(chat);
  if (random.chance(0.7)) yield* tellTranscript(chat);
  if (random.chance(0.1)) yield chatScore(chat);
  return chat.endedAt;
}

/** The transcript; now and then an early one first, which has less, or the same again. */
function* tellTranscript(chat: Chat): Generator<EchatDocument, void> {
  const { random } = chat.visit;
  if (random.chance(0.1)) yield chatContent(chat, { share: random.pick([0.3, 0.6, 1]) });
  yield chatContent(chat);
}

function* tellHumanChat(visit: Visit, at: number): Generator<EchatDocument, number> {
  const { random, staffMember } = visit;
  if (random.chance(0.2)) yield crmForm(visit, '1', at);
  const begun = beginChat(visit, 'human', at);
  yield chatStart(begun);
  const answeredAt = begun.answeredAt ?? begun.requestedAt;
  if (random.chance(0.4)) yield chatAnswer(begun, answeredAt, staffMember);
  let chat = begun;
  for (let transfers = random.pick([0, 0, 0, 0, 0, 0, 1, 2]); transfers > 0; transfers -= 1) {
    const from = chat.staffMembers.at(-1) ?? staffMember;
    const to = anotherStaffMember(from, random);
    const share = chat.staffMembers.length / 3;
    yield chatTransfer(chat, from, to, Math.floor(answeredAt + (begun.endedAt - answeredAt) * share));
    chat = { ...chat, staffMembers: [...chat.staffMembers, to] };
  }
  yield* tellOutcome(chat);
  return chat.endedAt;
}

function* tellOutcome(chat: Chat): Generator<EchatDocument, void> {
  const { visit } = chat;
  const { random } = visit;
  yield chatEnd(chat);
  yield* tellTranscript(chat);
  if (random.chance(0.6)) yield chatSubject(chat, chat.endedAt + random.integer(1_000, 60_000));
  if (random.chance(0.6)) yield chatScore(chat);
  if (random.chance(0.1)) yield crmForm(visit, '2', chat.endedAt);
  if (!visit.returning && random.chance(0.2)) yield* crmSingleFields(visit);
  if (random.chance(0.1)) yield crmOwner(visit, chat.endedAt);
}

/** The visitor waited, and left before anybody answered. */
function* tellAbandonedChat(visit: Visit, at: number): Generator<EchatDocument, number> {
  const begun = beginChat(visit, 'human', at);
  const endedAt = at + visit.random.integer(0, 120_000);
  const chat: Chat = { ...begun, answeredAt: null, endedAt, staffMembers: [] };
  yield chatStart(chat);
  yield chatEnd(chat);
  return chat.endedAt;
}

/** All staff were busy: the visitor left, or left a message, which somebody gets. */
function* tellBusyChat(visit: Visit, at: number): Generator<EchatDocument, number> {
  const chat = beginChat(visit, 'busy', at);
  if (visit.random.chance(0.5)) return yield* tellLeftMessage(chat);
  yield chatStart(chat);
  yield chatEnd(chat);
  return chat.endedAt;
}

/** The conversation ends, continues under its id, and ends again, with all that was said. */
function* tellReopenedChat(visit: Visit, at: number): Generator<EchatDocument, number> {
  const chat = beginChat(visit, 'human', at);
  yield chatStart(chat);
  yield chatEnd(chat);
  yield chatContent(chat, { share: 0.5 });
  const requestedAt = chat.endedAt + visit.random.integer(10_000, 120_000);
  const answeredAt = requestedAt + visit.random.integer(0, 20_000);
  const again: Chat = { ...chat, requestedAt, answeredAt, endedAt: answeredAt + 60_000 };
  yield chatStart(again);
  yield* tellOutcome(again);
  return again.endedAt;
}

function* tellLeftMessage(chat: Chat): Generator<EchatDocument, number> {
  const { random } = chat.visit;
  yield chatStart(chat);
  yield* tellTranscript(chat);
  yield chatEnd(chat);
  yield leaveMsgOwner(chat, chat.endedAt + random.integer(1_000, 120_000));
  return chat.endedAt;
}
