import { developmentVendors, developmentSources } from '@sluice/start/development-sources';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Acknowledged } from '@sluice/start/ledger';
import type { Sent } from '../system/judge.ts';
import { postRaw } from '../system/post-raw.ts';
import type { System } from '../system/system.ts';
import { hashOf } from './probe.ts';

const tokenFile = join(import.meta.dirname, '../../../../config/dev-secrets/staff-page-token');

/**
 * Sends batches of a staff page one after the other, as a page that has its token and no ticket: the gateway vouches
 * for no staff member. A problem for each that is not taken.
 */
export async function sendBatches(
  { ingressUrl }: Pick<System, 'ingressUrl'>,
  batches: readonly Buffer[],
): Promise<{ sent: Sent; problems: string[] }> {
  const authorization = `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`;
  const acknowledged: Acknowledged[] = [];
  const problems: string[] = [];
  for (const body of batches) {
    const { status, body: said } = await postRaw(ingressUrl, {
      path: `/v1/${developmentVendors.first}/${developmentSources.encrypted}/staff-actions`,
      headers: { authorization, 'content-type': 'application/json' },
      body,
    });
    if (status !== 204) {
      problems.push(`A batch of a page: ${status} ${said.slice(0, 60)}.`);
      continue;
    }
    // Ingress writes its own members around the batch.
    const payloadHash = hashOf(`{"page":"workbench","batch":${body.toString()}}`);
    acknowledged.push({
      sourceId: developmentSources.encrypted,
      vendor: developmentVendors.first,
      dataType: 'staffAction',
      payloadHash,
    });
  }
  return { sent: { types: [], acknowledged }, problems };
}
