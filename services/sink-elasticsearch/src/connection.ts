import { Client, errors, type SniffingTransport } from '@elastic/elasticsearch';
import { elasticsearchAuthorization } from '@sluice/service/elasticsearch-settings';
import type { StoreLogin } from '@sluice/service/store-login';
import { openSearch, type Ask, type Product } from './opensearch.ts';

export interface ElasticsearchConnection extends StoreLogin {
  /** `http://host:9200`, or with a path: `https://host/es` */
  readonly url: string;
  /** Names of indices and templates begin with it. */
  readonly stream: string;
  /** PEM of the authority that signed the server's certificate, where the system does not know it. */
  readonly ca?: string;
  /** How long one request may take, from the look-up of the name to the last byte, in ms. Default: 30 s. */
  readonly requestTimeoutMs?: number;
}

/**
 * A client that never retries: what fails is thrown, and the caller decides. It logs in with each request. Before the
 * first request it asks what the server is; OpenSearch gets the same requests by OpenSearch's own client. A refused login,
 * and a server that is neither, are errors that say so.
 */
export function connect(connection: ElasticsearchConnection): Client {
  const { url, ca, requestTimeoutMs = 30_000 } = connection;
  const client = new Client({
    node: url,
    maxRetries: 0,
    requestTimeout: requestTimeoutMs,
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  const other = openSearch({ url, requestTimeoutMs, ...(ca === undefined ? {} : { ca }) });
  const { transport } = client;
  const elastic = transport.request.bind(transport) as Ask;
  let product: Product = 'unknown';
  /** Requests at once wait for one answer. */
  let identifying: Promise<Product> | null = null;
  const ask: Ask = async (params, options) => {
    const authorization = elasticsearchAuthorization(connection);
    const given = {
      // The clients' own time-outs begin again with each byte: an answer that trickles would never be too late.
      signal: AbortSignal.timeout(requestTimeoutMs),
      ...(authorization === null ? {} : { headers: { authorization } }),
    };
    if (product === 'unknown') {
      identifying ??= other.identify(given).finally(() => (identifying = null));
      product = await identifying;
    }
    try {
      return await (product === 'OpenSearch' ? other.ask : elastic)(params, { ...given, ...options });
    } catch (error) {
      throw explained(error, product, url);
    }
  };
  transport.request = ask as SniffingTransport['request'];
  const close = client.close.bind(client);
  client.close = async () => {
    await Promise.all([close(), other.close()]);
  };
  return client;
}

/** A server that no request can use: it refuses the login, or may be anything. The message says what to do. */
export class UnusableServer extends Error {}

/** Statuses by which proxies, and servers that are not Elasticsearch, refuse its client's requests. */
const strangeStatuses = [400, 403, 404, 405, 406];

/** What to throw of an error: one that says whose fault it is, where the client's own does not. */
function explained(error: unknown, product: Product, url: string): unknown {
  const { statusCode = 0, headers } = error instanceof errors.ResponseError ? error : {};
  if (statusCode === 401) return new UnusableServer(refusedLogin[product], { cause: error });
  const isStrange =
    product === 'unknown' &&
    (error instanceof errors.ProductNotSupportedError ||
      (strangeStatuses.includes(statusCode) && headers?.['x-elastic-product'] === undefined));
  if (!isStrange) return error;
  return new UnusableServer(
    `${url} does not say whether it is Elasticsearch or OpenSearch: let this user and any proxy ask GET /, which needs the privilege monitor in Elasticsearch and cluster:monitor/main in OpenSearch.`,
    { cause: error },
  );
}

const refused =
  'Elasticsearch refused the login (401): check the user and password, or whether the API key was revoked or has expired.';
const refusedLogin: Readonly<Record<Product, string>> = {
  Elasticsearch: refused,
  unknown: refused,
  OpenSearch: 'OpenSearch refused the login (401): check the user and password. It takes no API key.',
};
