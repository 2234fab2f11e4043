import type { Command } from 'commander';
import { ingressLines } from './find/tell.ts';
import { recentPushes } from './find/ingress.ts';
import { Undone } from './exit-codes.ts';
import { ingressOps, json, needed, positiveInteger } from './options.ts';
import { sayer, type Print } from './say.ts';

interface RefusedOptions {
  readonly ingressOps: string[];
  readonly source?: string;
  readonly last: number;
  readonly json: boolean;
}

/** `sluice refused` */
export function defineRefused(command: Command, print: Print): void {
  command
    .addOption(needed(ingressOps()))
    .option('--source <id>', 'only of this source; empty: requests without a known source')
    .option('--last <n>', 'at most this many, the newest', positiveInteger, 20)
    .addOption(json())
    .addHelpText(
      'after',
      `
Each pod remembers the last 100 requests of each source and kind since it started.

Examples:
  sluice refused
  sluice refused --source shop-west --last 5
  sluice refused --ingress-ops http://10.0.3.4:9090,http://10.0.3.5:9090`,
    )
    .action(async ({ ingressOps: urls, source, last, json }: RefusedOptions) => {
      const say = sayer(print, json);
      const query = source === undefined ? {} : { source };
      const { requests: all, notes, failures } = await recentPushes(urls, query);
      if (failures.length === notes.length) throw new Error(notes.join('\n'), { cause: failures[0] });
      const requests = all.filter(({ kind }) => kind !== 'acknowledged');
      for (const request of requests.slice(-last)) say(ingressLines(request), { of: 'request', ...request });
      const told = Math.min(last, requests.length);
      say(
        [
          `${told} of the ${requests.length} remembered requests that were refused, failed or dead-lettered.`,
          ...notes,
        ],
        { of: 'sum', told, remembered: requests.length, notes },
      );
      if (failures.length > 0) throw new Undone(`${failures.length} of the pods did not answer: see above.`);
    });
}
