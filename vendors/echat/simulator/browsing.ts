import { formatBeijingTime } from '@sluice/simulator/beijing-time';
import { messageNodes, routeNodes, type EchatDocument, type Visit } from './visit.ts';
import { topics, type Topic } from '@sluice/simulator/phrases';
import type { XmlNode } from './xml.ts';

/** Echat push, section 3.4.1. */
export function visitorEnter(visit: Visit): EchatDocument {
  const { random, identifiers, trackId } = visit;
  return {
    dataType: 'visitorEnter',
    nodes: [
      ...messageNodes(identifiers, visit.enteredAt),
      ...visit.profile,
      ['routeData', [...routeNodes(visit), ['routeStatus', random.pick(['1', '2'])]]],
      [
        'trackData',
        [
          ['trackRecordId', trackId],
          ['visitTimes', random.integer(1, 9)],
        ],
      ],
    ],
  };
}

/** Echat push, section 3.4.1.1. */
export function keywordReturn(visit: Visit, at: number): EchatDocument {
  const { random, topic } = visit;
  const paid = random.chance(0.5);
  return {
    dataType: 'keywordReturn',
    nodes: [
      ...messageNodes(visit.identifiers, at),
      ['trackRecordId', visit.trackId],
      ['se', 'baidu'],
      ['keyword', topic.keyword],
      ['biddingWord', paid ? topic.keyword : ''],
      ['keywordType', paid ? '2' : '1'],
    ],
  };
}

export interface SeenPage {
  readonly page: Topic['page'];
  /** Epoch milliseconds. */
  readonly at: number;
  readonly alias: boolean;
}

/** The pages of a visit, from the one that it began with. */
export function inventPages({ random, topic, enteredAt }: Visit): SeenPage[] {
  let at = enteredAt;
  const others = Array.from({ length: random.integer(0, 3) }, () => random.pick(topics).page);
  return [topic.page, ...others].map((page) => ({
    page,
    at: (at += random.integer(2_000, 90_000)),
    alias: random.chance(0.5),
  }));
}

/** Echat push, section 3.4.3: the pages so far. A visit may have several, each with the pages of the one before. */
export function visitorTrackPage(visit: Visit, pages: readonly SeenPage[]): EchatDocument {
  const pageNodes = pages.map(({ page, at, alias }): XmlNode => [
    'pageData',
    [
      ['visitTime', formatBeijingTime(at)],
      ['pageUrl', `https://www.example.com${page.path}`],
      ['pageTitle', page.title],
      ['pageUrlAlias', alias ? '页面别名' : undefined],
    ],
  ]);
  return {
    dataType: 'visitorTrackPage',
    nodes: [
      ...messageNodes(visit.identifiers, pages.at(-1)?.at ?? visit.enteredAt),
      [
        'trackData',
        [
          ['trackRecordId', visit.trackId],
          ['visitPageDatas', pageNodes],
        ],
      ],
    ],
  };
}

/** Echat push, section 3.4.2. */
export function visitorOut(visit: Visit, at: number): EchatDocument {
  const { random, identifiers } = visit;
  const givenUp = visit.chatRecordIds.length === 0 ? [identifiers.number(), identifiers.number()] : [];
  return {
    dataType: 'visitorOut',
    nodes: [
      ...messageNodes(identifiers, at),
      ['routeStatus', random.pick([1, 2])],
      [
        'trackData',
        [
          ['trackRecordId', visit.trackId],
          ['visitPageCount', random.integer(1, 12)],
          ['visitTotalTime', Math.floor((at - visit.enteredAt) / 1000)],
          ['chatRecordId', visit.chatRecordIds.join(',')],
          ['giveupRecordId', givenUp.join(',')],
          ['visitorOutTime', formatBeijingTime(at)],
        ],
      ],
    ],
  };
}
