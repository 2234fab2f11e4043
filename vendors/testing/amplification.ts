import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { canonicalTopics } from '@sluice/schemas/topics';
import type { Normalized } from '@sluice/vendor-kit/mapping/normalize';
import type { VendorId } from '../index.ts';
import { useNormalize } from './golden-source.ts';

const encoders = new Map(
  canonicalTopics.map((topic) => [topic, createEncoder(topic, 1) as (value: never) => Buffer]),
);

/** As `payload-limits.ts` states it. */
export const mostBytes = (payloadBytes: number, events: number): number =>
  16 * payloadBytes + 1024 * 1024 + 2048 * events;

function bytesMade({ events, rejected }: Normalized): number {
  const ofEvents = events.map(({ topic, value }) => encoders.get(topic)?.(value as never).length ?? Infinity);
  return [...ofEvents, ...rejected.map(({ payload }) => payload.length)].reduce(
    (sum, bytes) => sum + bytes,
    0,
  );
}

export const repeated = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join('');
export const listed = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join(',');

/** A payload and how its vendor calls it. */
export type Shape = readonly [dataType: string, text: string];

interface Amplified {
  /** Payloads that make the most of the least. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** A payload at a limit, and one beyond it by one. */
  readonly limits: Readonly<Record<string, readonly [within: Shape, beyond: Shape]>>;
}

/**
 * The tests that bound what a vendor's payloads become. Called at the top of a test file.
 * @returns expects the bounds of one more payload
 */
export function boundAmplification(id: VendorId, { shapes, limits }: Amplified): (...shape: Shape) => void {
  const normalize = useNormalize();
  const run = (dataType: string, text: string): Normalized & { payload: Buffer } => {
    const payload = Buffer.from(text);
    return { payload, ...normalize(id, dataType, payload) };
  };

  test.each(Object.entries(shapes))('%s: what a payload becomes is bounded', (_, shape) => {
    const made = run(...shape);
    expect(made.events.length).toBeLessThanOrEqual(payloadLimits.events);
    expect(made.rejected.length).toBeLessThanOrEqual(payloadLimits.deadLetters);
    expect(bytesMade(made)).toBeLessThanOrEqual(mostBytes(made.payload.length, made.events.length));
    // Each is read or kept.
    expect(made.events.length + made.rejected.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(limits))('%s: beyond the limit the payload is one dead letter', (_, shape) => {
    const [within, beyond] = shape.map((each) => run(...each));
    expect(within?.rejected).toEqual([]);
    expect(beyond).toMatchObject({ events: [], rejected: [{ reason: 'TOO_LARGE' }] });
    expect(beyond?.rejected).toHaveLength(1);
    expect(beyond?.rejected[0]?.payload).toBe(beyond?.payload);
  });

  return (...shape) => {
    const made = run(...shape);
    expect(bytesMade(made)).toBeLessThanOrEqual(mostBytes(made.payload.length, made.events.length));
  };
}
