import { availabilityChange } from './echat-availability.ts';
import { keywordReturn, visitorEnter, visitorOut, visitorTrackPage } from './echat-browsing.ts';
import {
  chatAnswer,
  chatEnd,
  chatRecordId,
  chatScore,
  chatStart,
  chatSubject,
  chatTransfer,
  type Chat,
  type ChatKind,
} from './echat-chat.ts';
import { crmForm, crmOwner, crmSingleField, leaveMsgOwner } from './echat-crm.ts';
import { chatContent } from './echat-transcript.ts';
import { beginVisit, type EchatDocument, type Visit, type Visitor } from './echat-visit.ts';
import type { Identifiers } from './identifiers.ts';
import { anotherStaffMember } from './people.ts';
import type { Random } from './random.ts';

const concurrentVisits = 8;
const rememberedVisitors = 50;

/**
 * What one company's Echat pushes, without end: several visits at a time, each in its own order, with availability
 * changes between them.
 * @param now epoch ms; every visit lies in the 45 minutes before it
 */
export function* echatTraffic(
  random: Random,
  identifiers: Identifiers,
  now: () => number,
): Generator<EchatDocument, never> {
  const visitors: Visitor[] = [];
  const begin = () => {
    const known = visitors.length > 0 && random.chance(0.2) ? random.pick(visitors) : undefined;
    const visit = beginVisit(random, identifiers, now(), known);
    if (known === undefined) {
      visitors.push({ customer: visit.customer, visitorId: visit.visitorId });
      if (visitors.length > rememberedVisitors) visitors.shift();
    }
    return tellVisit(visit);
  };
  const active = Array.from({ length: concurrentVisits }, begin);
  for (;;) {
    if (random.chance(0.04)) yield availabilityChange(random, identifiers, now() - random.integer(0, 60_000));
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

  yield visitorEnter(visit);
  if (random.chance(0.3)) yield keywordReturn(visit, later(5));
  if (random.chance(0.35)) at = yield* tellRobotChat(visit, later(30));
  if (random.chance(0.7)) at = yield* tellHumanChat(visit, later(30));
  else if (random.chance(0.6)) at = yield* tellLeaveMessage(visit, later(30));
  yield visitorTrackPage(visit);
  yield visitorOut(visit, later(60));
}

function beginChat(visit: Visit, kind: ChatKind, requestedAt: number): Chat {
  const { random, staffMember } = visit;
  const recordId = chatRecordId(kind, visit.identifiers.number());
  visit.chatRecordIds.push(recordId);
  const answeredAt = requestedAt + (kind === 'human' ? random.integer(300, 60_000) : 0);
  return {
    visit,
    kind,
    recordId,
    requestedAt,
    answeredAt,
    endedAt: answeredAt + random.integer(30_000, 600_000),
    staffMembers: kind === 'human' ? [staffMember] : [],
  };
}

function* tellRobotChat(visit: Visit, at: number): Generator<EchatDocument, number> {
  const chat = beginChat(visit, 'robot', at);
  yield chatStart(chat);
  yield chatEnd(chat);
  if (visit.random.chance(0.7)) yield chatContent(chat);
  return chat.endedAt;
}

function* tellHumanChat(visit: Visit, at: number): Generator<EchatDocument, number> {
  const { random, staffMember } = visit;
  if (random.chance(0.2)) yield crmForm(visit, '1', at);
  const begun = beginChat(visit, 'human', at);
  yield chatStart(begun);
  if (random.chance(0.4)) yield chatAnswer(begun, staffMember);
  let chat = begun;
  if (random.chance(0.15)) {
    const colleague = anotherStaffMember(staffMember, random);
    yield chatTransfer(begun, staffMember, colleague, Math.floor((begun.answeredAt + begun.endedAt) / 2));
    chat = { ...begun, staffMembers: [staffMember, colleague] };
  }
  yield chatEnd(chat);
  yield chatContent(chat);
  if (random.chance(0.6)) yield chatSubject(chat, chat.endedAt + random.integer(1_000, 60_000));
  if (random.chance(0.6)) yield chatScore(chat);
  if (random.chance(0.1)) yield crmForm(visit, '2', chat.endedAt);
  if (!visit.returning && random.chance(0.2)) yield crmSingleField(visit);
  if (random.chance(0.1)) yield crmOwner(visit, chat.endedAt);
  return chat.endedAt;
}

function* tellLeaveMessage(visit: Visit, at: number): Generator<EchatDocument, number> {
  const chat = beginChat(visit, 'leaveMessage', at);
  yield chatStart(chat);
  yield chatContent(chat);
  yield chatEnd(chat);
  yield leaveMsgOwner(chat, chat.endedAt + visit.random.integer(1_000, 120_000));
  return chat.endedAt;
}
