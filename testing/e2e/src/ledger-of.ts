import { readFileSync } from 'node:fs';
import { logFileOf, serviceNames } from '@sluice/start/services';
import { collect, untilDrained, type Mark } from '@sluice/start/collect';
import { balance, type Found, type Ledger } from '@sluice/start/ledger';
import type { SendLedger } from '@sluice/simulator/send-ledger';
import type { System } from './system.ts';

/** Waits until the workers have finished, reads everything back, and balances it against what was acknowledged. */
export async function ledgerOf(
  system: System,
  sent: SendLedger,
  since: Mark,
): Promise<{ ledger: Ledger; found: Found }> {
  await untilDrained(system.endpoints, system.stream).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logsOf(system)}`, {
      cause: error,
    });
  });
  const found = await collect(system.endpoints, system.stream, since);
  const byType = new Map(sent.types.map((type) => [`${type.vendor}/${type.dataType}`, type.sent]));
  return { ledger: balance(byType, sent.acknowledged, found), found };
}

/** The end of every service's log, for a failure to be understood. */
function logsOf({ plan }: System): string {
  return serviceNames
    .map(
      (name) =>
        `--- ${name}\n${readFileSync(logFileOf(name, plan), 'utf8').trimEnd().split('\n').slice(-12).join('\n')}`,
    )
    .join('\n');
}
