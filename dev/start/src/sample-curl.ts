import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { seededRandom } from '@sluice/simulator/random';
import { sealPush } from '@sluice/simulator/seal-push';
import { simulatedSources } from '@sluice/vendors/simulators';
import { developmentSources } from './development-sources.ts';

const sourcesFile = join(import.meta.dirname, '../../../config/sources.yaml');

/** The conversation that the push of a moment rates. */
const conversationOf = (nowMs: number): string => `1_${nowMs % 10_000_000}`;

/** A `curl` that works when it is pasted: a signed rating to the plain development source. */
export async function sampleCurl(ingressUrl: string, nowMs: number): Promise<string> {
  const source = (await simulatedSources(sourcesFile)).find(({ id }) => id === developmentSources.plain);
  const rating = source?.simulator.rating?.(conversationOf(nowMs), '很满意');
  if (!source || !rating) throw new Error(`The vendor of ${developmentSources.plain} has no rating to show.`);
  const plain = { ...rating, id: 'sample', vendor: source.vendor, sourceId: source.id, presealed: false };
  const context = { now: () => nowMs, random: seededRandom(randomUUID()) };
  const { path, headers, body } = sealPush(plain, source, context);
  const sent = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}' `);
  return `curl -i ${sent.join('')}'${ingressUrl}${path}' -d '${String(body)}'`;
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
