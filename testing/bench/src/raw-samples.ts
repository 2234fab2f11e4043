import { hash } from 'node:crypto';
import { parseRaw, type RawRecord } from '@sluice/vendor-kit/mapping/normalize';
import type { PlainPush } from '@sluice/simulator/push';
import { simulatedSources } from '@sluice/vendors/simulators';
import { generateTraffic } from '@sluice/simulator/traffic';
import { readSources } from '@sluice/sources/read-sources';
import { vendors } from '@sluice/vendors';
import type { VendorMapping } from '@sluice/vendor-kit/mapping/mapping';
import type { LocalBenchRun } from './bench-run.ts';
import { writeBenchSources } from './bench-sources.ts';

/** Records of each data type, at most: fewer are repeated until a round is long enough to be measured. */
const recordsPerType = 200;

/** Realistic raw records by their data type, as ingress writes them. */
export async function recordsByType({ folder, options }: LocalBenchRun): Promise<Map<string, RawRecord[]>> {
  const sourcesFile = await writeBenchSources(folder, 'bench');
  const sources = new Map(readSources(sourcesFile, {}, vendors).map((source) => [source.id, source]));
  const traffic = generateTraffic({
    sources: await simulatedSources(sourcesFile),
    seed: 'normalizer',
    run: 'normalizer',
    now: Date.now,
  });
  const byType = new Map<string, RawRecord[]>();
  for (let left = options.records; left > 0; left -= 1) {
    const push = traffic.next().value;
    const source = sources.get(push.sourceId);
    if (!source) throw new Error(`The bench has no source ${push.sourceId}.`);
    const records = byType.get(push.dataType) ?? [];
    byType.set(push.dataType, records);
    if (records.length < recordsPerType) records.push(rawRecordOf(push, source));
  }
  return byType;
}

function rawRecordOf(
  { vendor, sourceId, dataType, text }: PlainPush,
  source: RawRecord['source'],
): RawRecord {
  const payload = Buffer.from(text);
  return {
    payload,
    headers: {
      sourceId,
      vendor,
      dataType,
      receivedAtMs: Date.now(),
      requestId: '',
      contentType: '',
      keyUsed: 'current',
      signed: true,
      encrypted: true,
      payloadHash: hash('sha256', payload, 'hex'),
      traceparent: '',
    },
    position: { topic: `bench.raw.${vendor}`, partition: 0, offset: '0' },
    source,
  };
}

/** A tree of texts. */
interface Json {
  [name: string]: Json | string;
}

/** A raw record's values as JSON: the payload itself where it is JSON, else an object for each element. */
export function jsonOf(record: RawRecord, mapping: VendorMapping): string {
  if (record.payload[0] === 0x7b) return record.payload.toString();
  const parsed = parseRaw(record, mapping);
  if (parsed.outcome === 'undecodable') throw new Error(parsed.detail);
  const root: Json = {};
  for (const { name, value } of parsed.records.flatMap(({ fields }) => fields.rest())) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let parent = root;
    for (const step of path) parent = (parent[step] ??= {}) as Json;
    parent[last] = value;
  }
  return JSON.stringify(root);
}
