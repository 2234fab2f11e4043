import { loadSimulatedSources as loadSources } from '@sluice/simulator/simulated-sources';
import type { SimulatedSource, Simulators, VendorSimulator } from '@sluice/simulator/vendor-simulator';
import { vendors } from './index.ts';

/** The simulated side of every vendor on the list. Only tests, benches and `sluice sim` and `check` load it. */
export async function loadSimulators(): Promise<Simulators> {
  const loaded = Object.keys(vendors).map(async (id) => {
    const { simulator } = (await import(`./${id}/simulator.ts`)) as { simulator: VendorSimulator };
    return [id, simulator] as const;
  });
  return Object.fromEntries(await Promise.all(loaded));
}

/** The sources of a file as their vendors know them. @throws as `loadSimulatedSources` of the simulator does */
export async function simulatedSources(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SimulatedSource[]> {
  return loadSources(file, await loadSimulators(), environment);
}
