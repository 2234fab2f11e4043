import { createHash } from 'node:crypto';
import { sinks, type SinkId } from '@sluice/cli/sinks';
import { storeTesting } from '@sluice/cli/testing/store-testing';
import { storeAddresses } from '@sluice/start/store-addresses';
import type { System } from './system.ts';

/** Everything that a reader of a store sees, as JSON text, in one order. */
export function shownIn({ endpoints, stream }: System, sink: SinkId): AsyncIterable<string> {
  return storeTesting[sink].shown(storeAddresses(endpoints, stream)[sink]);
}

/** What a reader sees in each store, as its count and a hash over all of it. */
export async function contentOfStores(system: System): Promise<Readonly<Record<string, string>>> {
  const content: Record<string, string> = {};
  for (const { id } of sinks) content[id] = await summaryOf(shownIn(system, id));
  return content;
}

async function summaryOf(records: AsyncIterable<string>): Promise<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const record of records) {
    hash.update(`${record}\n`);
    count += 1;
  }
  return `${count} records, sha256 ${hash.digest('hex').slice(0, 16)}`;
}
