import * as oauth from 'oauth4webapi';

/** Who asks a token endpoint for access tokens, by OAuth's client credentials (RFC 6749, section 4.4). */
export interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Read for each request, so that it can be changed. */
  readonly clientSecret: () => string;
  readonly scope?: string | undefined;
  /** Some providers want to know what the token is for. */
  readonly audience?: string | undefined;
}

interface Token {
  readonly value: string;
  /** From here on a new one is fetched, on the clock of `performance.now`, in ms. */
  readonly freshUntil: number;
  /** From here on it is not used. */
  readonly usableUntil: number;
}

/** How long the endpoint may take, in ms. Connections to brokers give a login up after 5 s. */
const answerWithinMs = 4_000;

/** The least time for which a session may be valid: a broker lets nobody log in again within one second (KIP-368). */
const shortestSessionMs = 5_000;

/**
 * Access tokens, each one used until shortly before its end. When 75 % of its time are over the next one is fetched
 * meanwhile, so that a login does not wait, and an endpoint that is unavailable for a while does no harm.
 * @param onLog called when the endpoint gives no token, with the reason and what to check
 * @returns rejects where there is no token
 */
export function clientCredentials(
  client: ClientCredentials,
  onLog: (level: 'warn', message: string) => void = () => undefined,
): () => Promise<string> {
  let latest: Token | null = null;
  let fetching: Promise<Token> | null = null;
  const fetchNext = (): Promise<Token> => {
    fetching ??= fetchToken(client)
      .then((token) => (latest = token))
      .catch((error: unknown) => {
        const message = `${client.tokenUrl} gives no access token for Kafka: ${reasonOf(error)}`;
        onLog('warn', message);
        throw new Error(message, { cause: error });
      })
      .finally(() => (fetching = null));
    return fetching;
  };
  return async () => {
    const now = performance.now();
    if (!latest || now >= latest.usableUntil) return (await fetchNext()).value;
    // Told by `onLog`; the next login tries again.
    if (now >= latest.freshUntil) fetchNext().catch(() => undefined);
    return latest.value;
  };
}

async function fetchToken({
  tokenUrl,
  clientId,
  clientSecret,
  scope,
  audience,
}: ClientCredentials): Promise<Token> {
  const askedAt = performance.now();
  const server: oauth.AuthorizationServer = { issuer: tokenUrl, token_endpoint: tokenUrl };
  const client: oauth.Client = { client_id: clientId };
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    oauth.ClientSecretBasic(clientSecret()),
    { ...(scope !== undefined && { scope }), ...(audience !== undefined && { audience }) },
    {
      signal: AbortSignal.timeout(answerWithinMs),
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so for its risk: the setting's own URL decides
      [oauth.allowInsecureRequests]: tokenUrl.startsWith('http://'),
    },
  );
  const answer = await oauth.processClientCredentialsResponse(server, client, response);
  // Without a time it is used once.
  const lifeMs = (answer.expires_in ?? 0) * 1_000;
  return {
    value: answer.access_token,
    freshUntil: askedAt + lifeMs * 0.75,
    usableUntil: askedAt + Math.min(lifeMs * 0.95, lifeMs - shortestSessionMs),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof oauth.ResponseBodyError)
    return `it answers ${error.status} ${[error.error, error.error_description].filter(Boolean).join(', ')}. Check the client's id, its secret and the scope`;
  if (error instanceof oauth.WWWAuthenticateChallengeError)
    return `it answers ${error.status}. Check the client's id and its secret`;
  if (!Error.isError(error)) return String(error);
  const { message, cause } = error;
  // The answer itself, where OAuth knows no such one.
  const status = (cause as Partial<Response> | undefined)?.status;
  if (status !== undefined) return `it answers ${status}, and no token. Check its URL`;
  return [message, ...(Error.isError(cause) ? [cause.message] : [])].join(': ');
}
