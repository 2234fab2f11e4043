import { echatTraffic } from './echat-traffic.ts';
import { issueIdentifiers } from './identifiers.ts';
import type { PlainPush } from './push.ts';
import { seededRandom, type Random } from './random.ts';
import type { SimulatedSource } from './simulated-sources.ts';
import { sobotEnvelope } from './sobot-envelope.ts';
import { sobotTraffic } from './sobot-traffic.ts';
import { renderXml } from './xml.ts';

export interface TrafficOptions {
  readonly sources: readonly SimulatedSource[];
  /** Decides everything but the ids. */
  readonly seed: string;
  /** Decides the ids, together with the seed: two runs share no record. */
  readonly run: string;
  /** Epoch ms; the documents' times lie in the three quarters of an hour before it. */
  readonly now: () => number;
}

type Content = Pick<PlainPush, 'dataType' | 'text' | 'secretParts' | 'records'>;

/**
 * Realistic pushes of all sources, without end: each is of a source drawn at random.
 * @throws RangeError when there are no sources
 */
export function* generateTraffic(options: TrafficOptions): Generator<PlainPush, never> {
  const random = seededRandom(options.seed);
  const streams = options.sources.map((source) => ({ source, contents: contentsOf(source, options) }));
  for (let number = 1; ; number += 1) {
    const { source, contents } = random.pick(streams);
    yield {
      id: `${options.run}/${number}`,
      vendor: source.vendor,
      sourceId: source.id,
      presealed: false,
      ...contents.next().value,
    };
  }
}

function contentsOf(source: SimulatedSource, { seed, run, now }: TrafficOptions): Generator<Content, never> {
  const random = seededRandom(JSON.stringify([seed, source.id]));
  const identifiers = issueIdentifiers(seed, JSON.stringify([run, source.id]));
  switch (source.vendor) {
    case 'echat':
      return echatContents(echatTraffic(random, identifiers, now));
    case 'sobot':
      return sobotContents(sobotTraffic(random, identifiers, source.companyIds, now), random);
  }
}

function* echatContents(documents: ReturnType<typeof echatTraffic>): Generator<Content, never> {
  for (;;) {
    const { dataType, nodes } = documents.next().value;
    yield { dataType, text: renderXml(nodes), secretParts: [], records: 1 };
  }
}

function* sobotContents(batches: ReturnType<typeof sobotTraffic>, random: Random): Generator<Content, never> {
  for (;;) {
    const { type, records } = batches.next().value;
    // Sobot's samples are spread over lines; what it sends need not be.
    const indent = random.chance(0.05) ? 2 : 0;
    const texts = records.map((record) => JSON.stringify(record, null, indent));
    yield { dataType: type, ...sobotEnvelope(type, texts), records: records.length };
  }
}
