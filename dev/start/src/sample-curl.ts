import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoints } from '@sluice/dev-servers/endpoints';

/** The conversation that the push of a moment rates. */
const conversationOf = (nowMs: number): string => `1_${nowMs % 10_000_000}`;

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
  const body = `<xml><chatRecordId>${conversationOf(nowMs)}</chatRecordId><chatScore>5</chatScore><scoreSuggest><![CDATA[很满意]]></scoreSuggest></xml>`;
  return `curl -i '${ingressUrl}/v1/echat/echat-plain?${query}' -d '${body}'`;
}

/** Commands that find the push of that `curl`: in Kafka, in ClickHouse, in Elasticsearch, and everywhere. */
export function findingCommands(
  { clickhouseUrl, elasticsearchUrl }: Pick<Endpoints, 'clickhouseUrl' | 'elasticsearchUrl'>,
  stream: string,
  nowMs: number,
): string[] {
  const id = conversationOf(nowMs);
  const query = `SELECT event_type, score, comment, received_at FROM ${stream}.rating_latest WHERE conversation_id = '${id}' FORMAT Vertical`;
  return [
    `npx sluice tail rating --stream ${stream} --since 1h --contains ${id} --limit 1`,
    `curl '${clickhouseUrl}/' -d "${query}"`,
    `curl '${elasticsearchUrl}/${stream}-rating-*/_search?q=conversation_id:%22${id}%22&pretty'`,
    `npx sluice find ${id} --stream ${stream}`,
  ];
}
