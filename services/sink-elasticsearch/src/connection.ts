import { Client } from '@elastic/elasticsearch';

export interface ElasticsearchConnection {
  /** `http://host:9200` */
  readonly url: string;
  /** Names of indices and templates begin with it. */
  readonly stream: string;
  readonly auth?: { readonly username: string; readonly password: string } | { readonly apiKey: string };
  /** PEM of the authority that signed the server's certificate, where the system does not know it. */
  readonly ca?: string;
  /** How long one request may take, in ms. 30 000 unless told. */
  readonly requestTimeoutMs?: number;
}

/** A client that never retries: what fails is thrown, and the caller decides. */
export function connect({ url, auth, ca, requestTimeoutMs = 30_000 }: ElasticsearchConnection): Client {
  return new Client({
    node: url,
    maxRetries: 0,
    requestTimeout: requestTimeoutMs,
    ...(auth === undefined ? {} : { auth }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
}
