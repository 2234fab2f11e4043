import type { PlainPush } from '@sluice/simulator/push';
import { loadSimulatedSources } from '@sluice/simulator/simulated-sources';
import { generateTraffic } from '@sluice/simulator/traffic';

/** So many documents of both vendors, neither signed nor encrypted. */
export function takePlainPushes(sourcesFile: string, seed: string, count: number): PlainPush[] {
  const sources = loadSimulatedSources(sourcesFile);
  const traffic = generateTraffic({ sources, seed, run: new Date().toISOString(), now: Date.now });
  return Array.from({ length: count }, () => traffic.next().value);
}
