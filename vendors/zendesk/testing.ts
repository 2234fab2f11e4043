import { createHmac } from 'node:crypto';
import type { SentRecord, SentValue, TestKeys, TestPush, VendorTesting } from '../testing/vendor-testing.ts';
import { attacks } from './testing/attacks.ts';

export const testing: VendorTesting = {
  coverageNote:
    "Zendesk's `type` is `meta.data_type`, without `zen:event-type:`, and stays in `attributes` with `subject` and `zendesk_event_version`. A documented event type without a table becomes an event of `other.v1`, whole.",
  writeRecord,
  keys: [
    { token: 'c2VjcmV0LW9mLXRoZS10ZXN0cy1hbmQtb2Ytbm9ib2R5LWVsc2U=', aesKey: null },
    { token: 'YW5vdGhlci1zZWNyZXQtb2YtdGhlLXRlc3RzLWFuZC1vZi1ub2JvZHk=', aesKey: null },
  ],
  settings: {},
  signed: { signature: 'x-zendesk-webhook-signature', time: 'x-zendesk-webhook-signature-timestamp' },
  writePush,
  attacks,
};

/** Each field in objects of its own: names that are there twice are read, and kept. */
function writeRecord(fields: readonly (readonly [string, string])[]): SentRecord {
  const sent: SentValue[] = [];
  const members = fields.map(([path, value], at) => {
    const names = path.split('.').map((name) => JSON.stringify(name));
    const isNumber = at % 3 === 0 && /^(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value);
    sent.push({ path, value });
    const written = names.reduceRight(
      (inner, name, depth) => (depth === 0 ? `${name}:${inner}` : `{${name}:${inner}}`),
      isNumber ? value : JSON.stringify(value),
    );
    return written;
  });
  return { payload: `{${members.join(',')}}`, sent };
}

/** "Verifying webhooks" of the developer documentation. */
function writePush(payload: Buffer, { token }: TestKeys, nowMs: number): TestPush {
  const timestamp = new Date(nowMs).toISOString();
  const signature = createHmac('sha256', token).update(timestamp).update(payload).digest('base64');
  return {
    query: {},
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-zendesk-webhook-signature': signature,
      'x-zendesk-webhook-signature-timestamp': timestamp,
    },
    body: payload,
  };
}
