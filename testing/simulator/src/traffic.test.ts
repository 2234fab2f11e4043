import { beijingHour } from './beijing-time.ts';
import type { PlainPush } from './push.ts';
import { seededRandom } from './random.ts';
import { sealPushes } from './seal-push.ts';
import { takeFirst } from './take-first.ts';
import { testSources } from './testing/test-sources.ts';
import { generateTraffic } from './traffic.ts';

const moment = 1_790_000_000_000;
const now = () => moment;

function generate(seed: string, run: string, count: number): PlainPush[] {
  return [...takeFirst(generateTraffic({ sources: testSources, seed, run, now }), count)];
}

test('every source has its share', () => {
  const counts = testSources.map(
    ({ id }) => generate('s', 'r', 2000).filter(({ sourceId }) => sourceId === id).length,
  );
  for (const count of counts) expect(count).toBeGreaterThan(400);
});

test('the same seed and run give the same bytes, nonces and ciphertexts included', () => {
  const seal = () =>
    JSON.stringify([...sealPushes(generate('s', 'r', 300), testSources, { now, random: seededRandom('n') })]);
  expect(seal()).toBe(seal());
});

test('two runs share no document and no id', () => {
  const all = [...generate('s', 'r', 1000), ...generate('s', 'r2', 1000), ...generate('s2', 'r3', 1000)];
  expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

test('a history fills the days before now, mostly by day', () => {
  const traffic = generateTraffic({ sources: testSources, seed: 's', run: 'r', now, days: 70 });
  const stamps = [...takeFirst(traffic, 3000)].map(({ text }) => (JSON.parse(text) as { at: number }).at);
  const dayMs = 86_400_000;
  const days = new Set(stamps.map((at) => Math.floor((moment - at) / dayMs)));
  expect(days.size).toBeGreaterThan(60);
  expect(Math.max(...stamps)).toBeLessThanOrEqual(moment);
  expect(Math.min(...stamps)).toBeGreaterThan(moment - 71 * dayMs);
  const byDay = stamps.filter((at) => beijingHour(at) >= 8 && beijingHour(at) < 22).length;
  expect(byDay / stamps.length).toBeGreaterThan(0.85);
});

test('no sources is an error', () => {
  expect(() => generateTraffic({ sources: [], seed: 's', run: 'r', now }).next()).toThrow(RangeError);
});
