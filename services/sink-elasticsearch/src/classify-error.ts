/** One item of a bulk answer, as far as it is read. */
export interface BulkItemAnswer {
  readonly _id?: string | null;
  /** The name of the index itself, where an alias was asked for. */
  readonly _index?: string;
  readonly status: number;
  readonly error?: ItemError;
}

interface ItemError {
  readonly type: string;
  readonly reason?: string | null;
}

/**
 * How one document ended.
 * - `no-place`: the index that it was sent to takes no documents, or cannot be created; another one may take it
 * - `unknown`: nothing is known about it, the server failed
 */
export type ItemClass =
  | { readonly outcome: 'written' }
  | { readonly outcome: 'stale' }
  | { readonly outcome: 'rejected'; readonly detail: string }
  | { readonly outcome: 'no-place' }
  | { readonly outcome: 'unknown' };

const aboutTheDocument = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
  // A text, a number or a nesting beyond what the server's parser takes.
  'x_content_parse_exception',
]);

/**
 * Answers about one index: a month that somebody closed or made read-only, that has all the documents that Lucene
 * takes, or that the cluster's limit of shards leaves no room for. The event's own time chose that index.
 */
const noPlace: readonly (readonly [status: number, type: string, reason: RegExp])[] = [
  [400, 'validation_exception', /would add \[\d+\] (total )?shards/],
  [400, 'index_closed_exception', /^/],
  [400, 'illegal_argument_exception', /number of documents in the index cannot exceed/],
  // By a setting of the index. What a full disk does has the number 12, and is about all indices.
  [403, 'cluster_block_exception', /^index \[[^\]]*\] blocked by: \[FORBIDDEN\/(5|8)\//],
];

/**
 * Classifies one item of a bulk answer. Goes by the type of the error and not by its status: a cluster that has
 * no room for another index answers 400 too. The detail names type and field alone, since the reason quotes values.
 */
export function classifyItem({ status, error }: BulkItemAnswer): ItemClass {
  if (status === 413) return { outcome: 'rejected', detail: 'Elasticsearch finds it too large (413).' };
  if (!error) return { outcome: status >= 200 && status < 300 ? 'written' : 'unknown' };
  if (status === 409 && error.type === 'version_conflict_engine_exception') return { outcome: 'stale' };
  const reason = error.reason ?? '';
  if (noPlace.some(([code, type, form]) => code === status && type === error.type && form.test(reason)))
    return { outcome: 'no-place' };
  if (status !== 400) return { outcome: 'unknown' };
  // This type covers faults of the index too; of its reasons two are about the document.
  const immense =
    error.type === 'illegal_argument_exception' &&
    /(?:immense term in field=|DocValuesField )"([\w.]+)"/.exec(reason);
  if (!aboutTheDocument.has(error.type) && !immense) return { outcome: 'unknown' };
  const field = immense ? immense[1] : /failed to parse field \[([\w.]+)\]/.exec(reason)?.[1];
  const place = field === undefined ? '' : ` in field ${field}`;
  return { outcome: 'rejected', detail: `Elasticsearch refused it: ${error.type}${place}.` };
}
