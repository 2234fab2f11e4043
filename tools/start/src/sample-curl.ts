import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A `curl` that works when it is pasted: a signed push to the development source `echat-plain`. */
export function sampleCurl(ingressUrl: string, nowMs: number): string {
  const token = readFileSync(
    join(import.meta.dirname, '../../../config/dev-secrets/echat-plain-token'),
    'utf8',
  ).trim();
  const timestamp = String(Math.floor(nowMs / 1000));
  const nonce = randomBytes(8).toString('hex');
  const signature = createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');
  const query = `timestamp=${timestamp}&nonce=${nonce}&signature=${signature}&dataType=chatScore`;
  const body = `<xml><chatRecordId>1_${nowMs % 10_000_000}</chatRecordId><chatScore>5</chatScore><scoreSuggest><![CDATA[很满意]]></scoreSuggest></xml>`;
  return `curl -i '${ingressUrl}/v1/echat/echat-plain?${query}' -d '${body}'`;
}
