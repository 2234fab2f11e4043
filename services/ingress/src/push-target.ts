/** Whom a push is for, as its path says, and its query as it was sent. */
export interface PushTarget {
  readonly vendor: string;
  readonly sourceId: string;
  /** Empty without one. */
  readonly secret: string;
  readonly query: string;
}

const form = /^\/v1\/([^/?]+)\/([^/?]+)(?:\/([^/?]+))?\/?(?:\?(.*))?$/is;

/**
 * Reads `/v1/<vendor>/<source>`, with a last secret segment where a source has one.
 * @param url of a request: a path, or a whole address
 * @returns null for any other path; `malformed` for one that is wrongly encoded
 */
export function pushTargetOf(url: string): PushTarget | 'malformed' | null {
  const found = form.exec(url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, ''));
  if (!found) return null;
  const [, vendor = '', sourceId = '', secret = '', query = ''] = found;
  if (!url.includes('%')) return { vendor, sourceId, secret, query };
  try {
    return {
      vendor: decodeURIComponent(vendor),
      sourceId: decodeURIComponent(sourceId),
      secret: decodeURIComponent(secret),
      query,
    };
  } catch {
    return 'malformed';
  }
}
