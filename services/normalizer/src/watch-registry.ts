import { schemaLookup, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { Log } from '@sluice/service/log';
import { repeat } from '@sluice/service/repeat';
import type { Telemetry } from '@sluice/telemetry/telemetry';

/**
 * Exposes whether the schema registry is unavailable. Nothing asks it while all goes well: without a look of its own, a
 * registry that is unavailable would be noticed when a worker starts and cannot.
 * @param schemaId of a schema that it had when this worker started
 * @param onLost called once, when the registry has said twice that it does not have the schema: nobody can read what is
 *   written by its id from now on
 */
export function watchRegistry(
  connection: RegistryConnection,
  schemaId: number,
  everyMs: number,
  { telemetry, log }: { telemetry: Pick<Telemetry, 'gauge'>; log: Pick<Log, 'warn'> },
  onLost: (error: Error) => void,
): { stop(): Promise<void> } {
  const find = schemaLookup(connection);
  let isAway = false;
  let timesLost = 0;
  telemetry.gauge('sluice_registry_away', () => Number(isAway));
  return repeat(everyMs, async () => {
    const [isLost, problem] = await find(schemaId).then(
      (schema) => [
        schema === null,
        schema === null ? `The schema registry has lost schema ${schemaId}.` : null,
      ],
      (error: unknown) => [false, error instanceof Error ? error.message : String(error)] as const,
    );
    timesLost = isLost ? timesLost + 1 : 0;
    if (timesLost === 2)
      onLost(
        new Error(
          `The schema registry has lost schema ${schemaId}: restore it, or run "sluice schemas register".`,
        ),
      );
    if (problem !== null && !isAway)
      log.warn(`${problem} Running workers continue; no worker can start until it answers.`);
    isAway = problem !== null;
  });
}
