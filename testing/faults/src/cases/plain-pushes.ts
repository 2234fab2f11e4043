import type { PlainPush } from '@sluice/simulator/push';
import { simulatedSources } from '@sluice/vendors/simulators';
import { generateTraffic } from '@sluice/simulator/traffic';

/** So many documents of the vendors, neither signed nor encrypted. */
export async function takePlainPushes(
  sourcesFile: string,
  seed: string,
  count: number,
): Promise<PlainPush[]> {
  const sources = await simulatedSources(sourcesFile);
  const traffic = generateTraffic({ sources, seed, run: new Date().toISOString(), now: Date.now });
  return Array.from({ length: count }, () => traffic.next().value);
}
