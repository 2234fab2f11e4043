import { schemaLookup, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { Log } from '@sluice/service/log';
import { repeat } from '@sluice/service/repeat';
import type { Telemetry } from '@sluice/telemetry/telemetry';

/**
 * Exposes whether the schema registry is unavailable. Nothing asks it while all goes well: without a look of its own, a
 * registry that is unavailable would be noticed when a worker starts and cannot.
 * @param schemaId of a schema that it had when this worker started
 */
export function watchRegistry(
  connection: RegistryConnection,
  schemaId: number,
  everyMs: number,
  { telemetry, log }: { telemetry: Pick<Telemetry, 'gauge'>; log: Pick<Log, 'warn'> },
): { stop(): Promise<void> } {
  const find = schemaLookup(connection);
  let isAway = false;
  telemetry.gauge('sluice_registry_away', () => Number(isAway));
  return repeat(everyMs, async () => {
    const problem = await find(schemaId).then(
      (schema) => (schema === null ? `The schema registry has lost schema ${schemaId}.` : null),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (problem !== null && !isAway)
      log.warn(`${problem} Running workers continue; no worker can start until it answers.`);
    isAway = problem !== null;
  });
}
