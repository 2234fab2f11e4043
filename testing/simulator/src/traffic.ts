import { beijingHour } from './beijing-time.ts';
import { issueIdentifiers } from './identifiers.ts';
import type { PlainPush } from './push.ts';
import { seededRandom, type Random } from './random.ts';
import type { Content, SimulatedSource } from './vendor-simulator.ts';

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

/**
 * Pushes of all sources, without end: each is of a source drawn at random. They are as unkind as the vendors' pages
 * allow: what belongs together comes out of order, transcripts come twice, fields are left out, changes are repeated to
 * the byte, and documents have the flaws of the pages' samples.
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
  return source.simulator.traffic(source, { random, identifiers, moment });
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
