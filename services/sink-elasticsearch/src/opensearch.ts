import { errors as elasticErrors } from '@elastic/elasticsearch';
import { Client, errors } from '@opensearch-project/opensearch';

/** Sends a request that a method of Elasticsearch's client made; the body of the answer, `false` for a HEAD with 404. */
export type Ask = (params: RequestParams, options?: RequestOptions) => Promise<unknown>;

/** A request as both clients' transports take it. */
interface RequestParams {
  readonly method: string;
  readonly path: string;
  readonly querystring?: Record<string, unknown> | string;
  readonly body?: Record<string, unknown> | string;
  readonly bulkBody?: Record<string, unknown>[] | Buffer | string;
}

interface RequestOptions {
  readonly ignore?: number[];
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** What a server is; `unknown` if it gives no answer, or its answer does not say. */
export type Product = 'Elasticsearch' | 'OpenSearch' | 'unknown';

export interface OpenSearch {
  /** Asks any server what it is: `GET /`. */
  identify(options: RequestOptions): Promise<Product>;
  /** @throws Elasticsearch's ResponseError for an answer that is an error */
  readonly ask: Ask;
  close(): Promise<void>;
}

/** OpenSearch's client, for the requests that the typed methods of Elasticsearch's client make. It never retries. */
export function openSearch(place: {
  readonly url: string;
  readonly ca?: string;
  readonly requestTimeoutMs: number;
}): OpenSearch {
  const client = new Client({
    node: place.url,
    ...{ maxRetries: 0, requestTimeout: place.requestTimeoutMs },
    // Its pings would bear no login.
    resurrectStrategy: 'none',
    ...(place.ca === undefined ? {} : { ssl: { ca: place.ca } }),
  });
  const send = sender(client);
  return {
    async identify(options) {
      try {
        return productOf(await send({ method: 'GET', path: '/' }, options));
      } catch (error) {
        return error instanceof errors.ResponseError ? productOf(error) : 'unknown';
      }
    },
    async ask(params, options) {
      try {
        return answerOf(params, (await send(requestOf(params), options)).body);
      } catch (error) {
        throw asElasticError(error);
      }
    },
    close: () => client.close(),
  };
}

/** @returns what sends a request and stops at the signal, which the client does not know */
function sender({ transport }: Client) {
  return async (
    { method, path, querystring, body, bulkBody }: RequestParams,
    { signal, ...options }: RequestOptions = {},
  ) => {
    signal?.throwIfAborted();
    // The client writes into what it is given.
    const request = {
      ...{ method, path },
      ...(querystring === undefined ? {} : { querystring }),
      ...(body === undefined ? {} : { body }),
      ...(bulkBody === undefined ? {} : { bulkBody }),
    };
    const sent = transport.request(request, options);
    const abort = (): void => {
      sent.abort();
    };
    signal?.addEventListener('abort', abort);
    try {
      return await sent;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  };
}

/** Each answer of Elasticsearch has its header, each of OpenSearch 3 too. */
function productOf({ headers, body }: { headers: Record<string, unknown> | null; body: unknown }): Product {
  if (headers?.['x-elastic-product'] !== undefined) return 'Elasticsearch';
  if (headers?.['x-opensearch-version'] !== undefined) return 'OpenSearch';
  const { version } = (body ?? {}) as { version?: { distribution?: unknown } };
  return version?.distribution === 'opensearch' ? 'OpenSearch' : 'unknown';
}

const isPointInTime = ({ path }: RequestParams): boolean => path.endsWith('/_pit');

/** What OpenSearch has other words for: points in time, and the order of their pages. */
function requestOf(params: RequestParams): RequestParams {
  const { method, path, querystring, body } = params;
  if (isPointInTime(params) && method === 'DELETE') {
    const { id } = body as { id: string };
    return { method, path: '/_search/point_in_time', body: { pit_id: [id] } };
  }
  if (isPointInTime(params))
    return {
      ...{ method, path: path.replace(/_pit$/, '_search/point_in_time') },
      // Else a shard that fails is left out, with status 200.
      querystring: { ...(querystring as Record<string, unknown>), allow_partial_pit_creation: false },
    };
  if (typeof body !== 'object' || !isShardOrder(body.sort)) return params;
  // OpenSearch 2 does not know `_shard_doc`. An event has one document in an index.
  const order = { order: 'asc', unmapped_type: 'keyword' };
  return { ...params, body: { ...body, sort: [{ 'meta.event_id': order }, { _index: 'asc' }] } };
}

const isShardOrder = (sort: unknown): boolean => Array.isArray(sort) && sort[0] === '_shard_doc';

/** An opened point in time has its id under another name. */
function answerOf(params: RequestParams, body: unknown): unknown {
  return isPointInTime(params) && params.method === 'POST'
    ? { id: (body as { pit_id: string }).pit_id }
    : body;
}

/** The same error of Elasticsearch's client. What OpenSearch's own one holds of the request has the login in it. */
function asElasticError(error: unknown): unknown {
  if (error instanceof errors.ResponseError) {
    const { body, statusCode, headers } = error;
    const request = { params: { method: '', path: '' }, options: {}, id: null };
    const meta = {
      context: null,
      name: 'opensearch',
      request,
      connection: null,
      attempts: 0,
      aborted: false,
    };
    return new elasticErrors.ResponseError({ body, statusCode, headers, warnings: null, meta });
  }
  return error instanceof errors.OpenSearchClientError
    ? new elasticErrors.ConnectionError(`${error.name}: ${error.message}`)
    : error;
}
