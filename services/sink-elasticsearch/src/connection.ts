import { Client, type SniffingTransport } from '@elastic/elasticsearch';

export interface ElasticsearchConnection {
  /** `http://host:9200` */
  readonly url: string;
  /** Names of indices and templates begin with it. */
  readonly stream: string;
  readonly auth?: { readonly username: string; readonly password: string } | { readonly apiKey: string };
  /** PEM of the authority that signed the server's certificate, where the system does not know it. */
  readonly ca?: string;
  /** How long one request may take, from the look-up of the name to the last byte, in ms. Default: 30 s. */
  readonly requestTimeoutMs?: number;
}

/** A client that never retries: what fails is thrown, and the caller decides. */
export function connect({ url, auth, ca, requestTimeoutMs = 30_000 }: ElasticsearchConnection): Client {
  const client = new Client({
    node: url,
    maxRetries: 0,
    requestTimeout: requestTimeoutMs,
    ...(auth === undefined ? {} : { auth }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  endWithin(client.transport, requestTimeoutMs);
  return client;
}

/** The client's own time-outs begin again with each byte: an answer that trickles would never be too late. */
function endWithin(transport: SniffingTransport, deadlineMs: number): void {
  type Ask = (params: object, options?: object) => Promise<unknown>;
  const request = transport.request.bind(transport) as Ask;
  const askWithin: Ask = (params, options) =>
    request(params, { signal: AbortSignal.timeout(deadlineMs), ...options });
  transport.request = askWithin as SniffingTransport['request'];
}
