import type { Random } from '@sluice/simulator/random';
import type { QueueFigures, StageLoad } from './capacity.ts';

/**
 * Sends arrivals one after the other to the pods, and counts what each waits: it knows the costs, and no formula. Arrivals
 * come at random moments, each to a random pod, as a key decides it.
 */
export function simulateQueue(
  { ratePerSecond, costUs, pods }: Omit<StageLoad, 'name'>,
  arrivals: number,
  random: Random,
): QueueFigures {
  const freeAt = new Float64Array(pods);
  const costSeconds = costUs / 1e6;
  let [now, waited] = [0, 0];
  for (let left = arrivals; left > 0; left -= 1) {
    now -= Math.log(1 - random.fraction()) / ratePerSecond;
    const pod = random.integer(0, pods - 1);
    const begins = Math.max(now, freeAt[pod] ?? 0);
    waited += begins - now;
    freeAt[pod] = begins + costSeconds;
  }
  const ended = Math.max(now, ...freeAt);
  return {
    utilization: (arrivals * costSeconds) / (pods * ended),
    meanWaitMs: (waited / arrivals) * 1000,
  };
}
