import type { Fields } from '@sluice/vendor-kit/mapping/fields';

/** Of each data type: elements that it has and its neighbours have not. */
const marks = new Map(
  Object.entries({
    companyStatus: ['companyStatus'],
    skillStatus: ['skillStatus', 'skillId'],
    staffStatus: ['staffStatus'],
    routeStatus: ['routeId', 'routeName'],
    leaveMsgOwner: ['chatDepartmentId', 'ownerData', 'ownerId'],
    chatStart: ['chatData.chatRequestTime', 'chatData.chatEvent', 'chatData.chatTimes'],
    chatEnd: ['chatData.chatEndTime', 'chatData.chatEndType', 'chatData.chatTotalTime', 'staffKpis'],
    chatAnswer: ['chatData.chatAnswerTime', 'chatData.chatDepartmentId'],
    chatTransfer: ['transferData'],
    chatContent: ['chatData.chatContent'],
    chatSubject: ['chatSubject', 'chatSubjectMemo'],
    chatScore: ['chatScore', 'scoreDimension', 'scoreSuggest'],
    crmStatus: ['crmStatus'],
    visitorEnter: ['trackData.visitTimes'],
    keywordReturn: ['trackRecordId'],
    visitorOut: ['trackData.visitorOutTime', 'trackData.visitPageCount', 'trackData.visitTotalTime'],
    visitorTrackPage: ['trackData.visitPageDatas'],
  }),
);

/** Data types whose records look alike: the declared one is trusted among them. */
const twins = new Map([
  ['robotChatStart', 'chatStart'],
  ['robotChatEnd', 'chatEnd'],
  ['robotChatContent', 'chatContent'],
  ['leaveMsgContent', 'chatContent'],
]);

/** Of conversations that robots had, chatStatus says so. */
const robotTwins = new Map([
  ['chatStart', { status: '5', robot: 'robotChatStart' }],
  ['chatEnd', { status: '6', robot: 'robotChatEnd' }],
]);

/**
 * The page's own URLs name the wrong data type for two of its samples: where the record has no element of the
 * declared type and those of exactly one other type, it is that one.
 */
export function recognizeEchat(fields: Fields, declared: string): string {
  const marked = marks.get(twins.get(declared) ?? declared);
  if (!marked || isMarked(fields, marked)) return declared;
  const others = [...marks].filter(([, paths]) => isMarked(fields, paths)).map(([type]) => type);
  const [only] = others;
  if (others.length !== 1 || only === undefined) return declared;
  const twin = robotTwins.get(only);
  return twin && fields.peek('chatStatus')?.trim() === twin.status ? twin.robot : only;
}

function isMarked(fields: Fields, paths: readonly string[]): boolean {
  return paths.some((path) => fields.has(path) || fields.below(path).length > 0);
}
