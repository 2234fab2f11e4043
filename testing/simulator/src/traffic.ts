import { beijingHour } from './beijing-time.ts';
import { renderEchat, withoutSome } from './echat-flaws.ts';
import { echatTraffic } from './echat-traffic.ts';
import type { EchatDocument } from './echat-visit.ts';
import { issueIdentifiers } from './identifiers.ts';
import type { PlainPush } from './push.ts';
import { seededRandom, type Random } from './random.ts';
import { reorder } from './reorder.ts';
import type { SimulatedSource } from './simulated-sources.ts';
import { sobotEnvelope } from './sobot-envelope.ts';
import { sobotTraffic, type SobotBatch } from './sobot-traffic.ts';

export interface TrafficOptions {
  readonly sources: readonly SimulatedSource[];
  /** Decides everything but the ids. */
  readonly seed: string;
  /** Decides the ids, together with the seed: two runs share no record. */
  readonly run: string;
  /** Epoch ms; the documents' times lie in the three quarters of an hour before it, or in the days before it. */
  readonly now: () => number;
  /**
   * Over how many days before now the visits and conversations are spread, most of them in the hours of a working day.
   * Default: 0, all are of now.
   */
  readonly days?: number | undefined;
}

type Content = Pick<PlainPush, 'dataType' | 'companyId' | 'text' | 'secretParts' | 'records'>;

/**
 * Pushes of all sources, without end: each is of a source drawn at random. They are as unkind as the vendors' pages
 * allow: what belongs together comes out of order, ids lack their prefix and are shared by kinds of conversations,
 * transcripts come twice, fields are left out, changes are repeated to the byte, and Echat's XML has the flaws of its
 * samples.
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

function contentsOf(source: SimulatedSource, options: TrafficOptions): Generator<Content, never> {
  const { seed, run, now, days = 0 } = options;
  const random = seededRandom(JSON.stringify([seed, source.id]));
  const identifiers = issueIdentifiers(seed, JSON.stringify([run, source.id]));
  const moment = () => (days === 0 ? now() : momentWithin(days, now(), random));
  switch (source.vendor) {
    case 'echat':
      return echatContents(reorder(echatTraffic(random, identifiers, moment), random), random);
    case 'sobot':
      return sobotContents(
        reorder(sobotTraffic(random, identifiers, source.companyIds, moment), random),
        random,
      );
  }
}

const hourMs = 3_600_000;

/** Epoch ms within some days before now; four in five of those of the night move into the working day. */
function momentWithin(days: number, now: number, random: Random): number {
  const at = now - Math.floor(random.fraction() * days * 24 * hourMs);
  const hour = beijingHour(at);
  const isNight = hour < 8 || hour >= 22;
  if (!isNight || random.chance(0.2)) return at;
  const moved = at + (random.integer(9, 20) - hour) * hourMs;
  return moved > now ? at : moved;
}

function* echatContents(
  documents: Iterator<EchatDocument, never>,
  random: Random,
): Generator<Content, never> {
  for (;;) {
    const document = withoutSome(documents.next().value, random);
    yield { dataType: document.dataType, text: renderEchat(document, random), secretParts: [], records: 1 };
  }
}

function* sobotContents(batches: Iterator<SobotBatch, never>, random: Random): Generator<Content, never> {
  for (;;) {
    const { type, companyId, records } = batches.next().value;
    // Sobot's samples are spread over lines; what it sends need not be.
    const indent = random.chance(0.05) ? 2 : 0;
    const texts = records.map((record) => JSON.stringify(record, null, indent));
    yield { dataType: type, companyId, ...sobotEnvelope(type, texts), records: records.length };
  }
}
