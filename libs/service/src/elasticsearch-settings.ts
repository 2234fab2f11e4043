import { z } from 'zod';
import { secret } from './read-config.ts';
import { storeLoginOf, type StoreLogin } from './store-login.ts';

/** Settings of a service that talks to Elasticsearch. */
export const elasticsearchShape = {
  /** With a path, where a proxy has one before Elasticsearch. */
  elasticsearchUrl: z.url(),
  elasticsearchUsername: z.string().min(1).optional(),
  elasticsearchPassword: secret.optional(),
  /** Read again for each request, as the API key's is. */
  elasticsearchPasswordFile: z.string().min(1).optional(),
  /** Encoded, as Elasticsearch returns it. */
  elasticsearchApiKey: secret.optional(),
  elasticsearchApiKeyFile: z.string().min(1).optional(),
};

/**
 * Who asks Elasticsearch.
 * @param onLog called when a secret cannot be read again
 * @throws ConfigError where settings do not go together, or a file cannot be used
 */
export function elasticsearchLoginOf(
  settings: z.output<z.ZodObject<typeof elasticsearchShape>>,
  onLog?: (level: 'warn', message: string) => void,
): StoreLogin {
  const named = {
    username: settings.elasticsearchUsername,
    password: settings.elasticsearchPassword,
    passwordFile: settings.elasticsearchPasswordFile,
    apiKey: settings.elasticsearchApiKey,
    apiKeyFile: settings.elasticsearchApiKeyFile,
  };
  return storeLoginOf({ id: 'elasticsearch', defaultUsername: null }, named, onLog);
}

/** The `Authorization` of a request to Elasticsearch; null without a login. */
export function elasticsearchAuthorization({ username, password, apiKey }: StoreLogin): string | null {
  if (apiKey) return `ApiKey ${apiKey()}`;
  if (username === undefined) return null;
  return `Basic ${Buffer.from(`${username}:${password?.() ?? ''}`).toString('base64')}`;
}
