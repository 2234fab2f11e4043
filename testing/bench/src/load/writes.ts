import { rawRecordId } from '../join-moments.ts';

interface Meta {
  readonly raw_topic: string;
  readonly raw_partition: number;
  readonly raw_offset: number;
}

const places = ['raw_topic', 'raw_partition', 'raw_offset'] as const;

/**
 * The raw record of each row or document of a write, in its order.
 * @param path of the request: that of a bulk request, or one with an INSERT that names its columns
 * @param body rows of JSONCompactEachRow, or the lines of a bulk request
 */
export function rawRecordsOf(path: string, body: string): string[] {
  const lines = body.split('\n').filter((line) => line !== '');
  if (path.startsWith('/_bulk')) return lines.filter((_, at) => at % 2 === 1).map(rawRecordOfDocument);
  const statement = new URL(path, 'http://store').searchParams.get('query') ?? '';
  const columns = Array.from(
    statement.slice(statement.indexOf('(')).matchAll(/`([^`]+)`/g),
    ([, name]) => name,
  );
  const [topic = 0, partition = 0, offset = 0] = places.map((name) => columns.indexOf(name));
  return lines.map((line) => {
    const row = JSON.parse(line) as unknown[];
    return rawRecordId(String(row[topic]), Number(row[partition]), Number(row[offset]));
  });
}

/** The last document of a bulk request; null when it has none. */
export function lastDocument(body: string): { index: string; id: string; rawRecord: string } | null {
  const [action, document] = body.trimEnd().split('\n').slice(-2);
  if (action === undefined || document === undefined) return null;
  const { index } = JSON.parse(action) as { index: { _index: string; _id: string } };
  return { index: index._index, id: index._id, rawRecord: rawRecordOfDocument(document) };
}

function rawRecordOfDocument(line: string): string {
  const { meta } = JSON.parse(line) as { meta: Meta };
  return rawRecordId(meta.raw_topic, meta.raw_partition, meta.raw_offset);
}
