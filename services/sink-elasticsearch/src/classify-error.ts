/** One item of a bulk answer, as far as it is read. */
export interface BulkItemAnswer {
  readonly _id?: string | null;
  readonly status: number;
  readonly error?: ItemError;
}

interface ItemError {
  readonly type: string;
  readonly reason?: string | null;
}

/** How one document ended. `unknown`: nothing is known about it, the server failed. */
export type ItemClass =
  | { readonly outcome: 'written' }
  | { readonly outcome: 'stale' }
  | { readonly outcome: 'rejected'; readonly detail: string }
  | { readonly outcome: 'unknown' };

const aboutTheDocument = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
]);

/**
 * Classifies one item of a bulk answer. Goes by the type of the error and not by its status: a cluster that has
 * no room for another index answers 400 too. The detail names type and field alone, since the reason quotes values.
 */
export function classifyItem({ status, error }: BulkItemAnswer): ItemClass {
  if (status === 413) return { outcome: 'rejected', detail: 'Elasticsearch finds it too large (413).' };
  if (!error) return { outcome: status >= 200 && status < 300 ? 'written' : 'unknown' };
  if (status === 409 && error.type === 'version_conflict_engine_exception') return { outcome: 'stale' };
  if (status !== 400) return { outcome: 'unknown' };
  const reason = error.reason ?? '';
  // This type covers faults of the index too; of its reasons one is about the document.
  const immense =
    error.type === 'illegal_argument_exception' && /immense term in field="([\w.]+)"/.exec(reason);
  if (!aboutTheDocument.has(error.type) && !immense) return { outcome: 'unknown' };
  const field = immense ? immense[1] : /failed to parse field \[([\w.]+)\]/.exec(reason)?.[1];
  const place = field === undefined ? '' : ` in field ${field}`;
  return { outcome: 'rejected', detail: `Elasticsearch refused it: ${error.type}${place}.` };
}
