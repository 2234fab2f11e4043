import { ConfigError, variableOf } from './read-config.ts';
import { renewedSecret } from './renewed-secret.ts';
import type { Secret } from './secret.ts';

/** Who asks a store. Secrets are read at each call, so that they can be renewed. */
export interface StoreLogin {
  readonly username?: string;
  /** Absent for a server without passwords. */
  readonly password?: () => string;
  /** Instead of both. */
  readonly apiKey?: () => string;
}

/** The settings of a login: `apiKeyFile` of Elasticsearch is `SLUICE_ELASTICSEARCH_API_KEY_FILE`. */
export interface StoreLoginSettings {
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  readonly passwordFile?: string | undefined;
  readonly apiKey?: Secret | undefined;
  readonly apiKeyFile?: string | undefined;
}

/** A store, as its settings are named. */
interface StoreNames {
  readonly id: string;
  /** Such a user may have no password; null: where there is a user, there is a password. */
  readonly defaultUsername: string | null;
}

/**
 * Who asks a store.
 * @param onLog called when a secret cannot be read again
 * @throws ConfigError where settings do not go together, or a file cannot be used
 */
export function storeLoginOf(
  { id, defaultUsername }: StoreNames,
  settings: StoreLoginSettings,
  onLog?: (level: 'warn', message: string) => void,
): StoreLogin {
  const { username } = settings;
  const ofPassword = { secret: settings.password, file: settings.passwordFile };
  const password = renewedSecret(`${id}Password`, ofPassword, onLog);
  const ofApiKey = { secret: settings.apiKey, file: settings.apiKeyFile };
  const apiKey = renewedSecret(`${id}ApiKey`, ofApiKey, onLog);
  if (apiKey && (username !== undefined || password))
    throw new ConfigError(
      `${variableOf(`${id}ApiKey`)} goes with no user name and no password: keep one login.`,
    );
  if (defaultUsername === null && (username === undefined) !== (password === null))
    throw new ConfigError(
      `${variableOf(`${id}Username`)} and ${variableOf(`${id}Password`)}: set both or none.`,
    );
  return {
    ...(username !== undefined && { username }),
    ...(password && { password }),
    ...(apiKey && { apiKey }),
  };
}
