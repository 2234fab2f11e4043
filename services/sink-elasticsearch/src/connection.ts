import { Client, errors, type SniffingTransport } from '@elastic/elasticsearch';
import { elasticsearchAuthorization, findOpenSearch } from '@sluice/service/elasticsearch-settings';
import type { StoreLogin } from '@sluice/service/store-login';

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
 * A client that never retries: what fails is thrown, and the caller decides. It logs in with each request. A refused
 * login, and a server that is OpenSearch, are errors that say so.
 */
export function connect(connection: ElasticsearchConnection): Client {
  const { url, ca, requestTimeoutMs = 30_000 } = connection;
  const client = new Client({
    node: url,
    maxRetries: 0,
    requestTimeout: requestTimeoutMs,
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  const { transport } = client;
  const ask = withinDeadline(transport.request.bind(transport) as Ask, connection);
  const askOrExplain: Ask = async (params, options) => {
    try {
      return await ask(params, options);
    } catch (error) {
      throw await explained(error, connection);
    }
  };
  transport.request = askOrExplain as SniffingTransport['request'];
  return client;
}

type Ask = (params: object, options?: object) => Promise<unknown>;

/** The client's own time-outs begin again with each byte: an answer that trickles would never be too late. */
function withinDeadline(request: Ask, { requestTimeoutMs = 30_000, ...login }: ElasticsearchConnection): Ask {
  return (params, options) => {
    const authorization = elasticsearchAuthorization(login);
    return request(params, {
      signal: AbortSignal.timeout(requestTimeoutMs),
      ...(authorization === null ? {} : { headers: { authorization } }),
      ...options,
    });
  };
}

/** A server that no request can use: it refuses the login, or is not Elasticsearch. The message says what to do. */
export class UnusableServer extends Error {}

/** Statuses by which servers that are not Elasticsearch refuse its client's requests. */
const strangeStatuses = [400, 404, 406];

/** What to throw of an error: one that says whose fault it is, where the client's own does not. */
async function explained(error: unknown, connection: ElasticsearchConnection): Promise<unknown> {
  const { statusCode, headers } = error instanceof errors.ResponseError ? error : {};
  if (statusCode === 401)
    return new UnusableServer(
      'Elasticsearch refused the login (401): check the user and password, or whether the API key was revoked or has expired.',
      { cause: error },
    );
  const isStrange =
    error instanceof errors.ProductNotSupportedError ||
    (strangeStatuses.includes(statusCode ?? 0) && headers?.['x-elastic-product'] === undefined);
  if (!isStrange) return error;
  const problem = await findOpenSearch(connection.url, connection);
  return problem === null ? error : new UnusableServer(problem, { cause: error });
}
