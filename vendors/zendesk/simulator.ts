import { createHmac } from 'node:crypto';
import { reorder } from '@sluice/simulator/reorder';
import { readIds } from '@sluice/simulator/simulated-sources';
import type { VendorSimulator } from '@sluice/simulator/vendor-simulator';
import { zendeskTraffic } from './simulator/traffic.ts';

interface Settings {
  /** Part of every event. */
  readonly accountId: string;
}

/** Used where a source names no account. */
const anyAccountId = '22129848';

export const simulator: VendorSimulator = {
  readSettings: (entry): Settings => ({ accountId: readIds(entry, 'accountIds')[0] ?? anyAccountId }),
  *traffic({ settings }, { random, identifiers, moment }) {
    const { accountId } = settings as Settings;
    const events = reorder(zendeskTraffic(random, identifiers, accountId, moment), random);
    for (;;) {
      const { dataType, event } = events.next().value;
      yield { dataType, text: JSON.stringify(event), secretParts: [], records: 1 };
    }
  },
  // The page's examples are fragments, not whole bodies.
  samples: () => [],
  sign(_plain, body, { signingKey }, { now }) {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    if (signingKey === undefined) return { query: {}, headers };
    const timestamp = new Date(now()).toISOString();
    return {
      query: {},
      headers: {
        ...headers,
        'x-zendesk-webhook-signature': createHmac('sha256', signingKey)
          .update(timestamp)
          .update(body)
          .digest('base64'),
        'x-zendesk-webhook-signature-timestamp': timestamp,
      },
    };
  },
  encrypt: null,
  writeCiphertext: (ciphertext) => ciphertext,
  isAcknowledged: ({ status }) => status >= 200 && status < 300,
};
