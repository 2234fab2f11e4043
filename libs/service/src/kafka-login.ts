import { clientCredentials } from '@sluice/kafka/client-credentials';
import type { KafkaConnection, PasswordLogin, TokenLogin } from '@sluice/kafka/client';
import { z } from 'zod';
import { ConfigError, list, secret, variableOf } from './read-config.ts';
import { renewedSecret } from './renewed-secret.ts';

/** `name=value`, separated by commas. `auth` is the token's own (RFC 7628, section 3.1). */
const extensions = list
  .check(({ value, issues }) => {
    const wrong = value.find((pair) => !/^(?!auth=)[A-Za-z]+=[\t\r\n -~]+$/.test(pair));
    if (wrong !== undefined)
      issues.push({ code: 'custom', input: value, message: `"${wrong}" must be name=value` });
  })
  .transform((pairs) =>
    Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
  );

/** Settings of how one logs in to Kafka. */
export const loginShape = {
  kafkaSaslMechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer']).optional(),
  kafkaUsername: z.string().min(1).optional(),
  kafkaPassword: secret.optional(),
  /** Read again for each login, unlike the files of other settings. */
  kafkaPasswordFile: z.string().min(1).optional(),
  kafkaOauthTokenUrl: z.url({ protocol: /^https?$/ }).optional(),
  kafkaOauthScope: z.string().min(1).optional(),
  kafkaOauthAudience: z.string().min(1).optional(),
  kafkaOauthExtensions: extensions.optional(),
};

export type LoginSettings = z.output<z.ZodObject<typeof loginShape>>;

type Login = PasswordLogin | TokenLogin;
type OnLog = NonNullable<KafkaConnection['onLog']>;

/**
 * How one logs in. The password is read for each login.
 * @param onLog called when the password cannot be read again, and when there is no access token
 * @returns null without SASL
 * @throws ConfigError where settings are missing, or have no effect
 */
export function kafkaLoginOf(settings: LoginSettings, onLog: OnLog = () => undefined): Login | null {
  const { kafkaSaslMechanism: mechanism } = settings;
  refuseUnused(settings);
  if (mechanism === undefined) return null;
  const password = renewedSecret(
    'kafkaPassword',
    { secret: settings.kafkaPassword, file: settings.kafkaPasswordFile },
    onLog,
  );
  if (!password)
    throw new ConfigError(
      `SLUICE_KAFKA_PASSWORD or SLUICE_KAFKA_PASSWORD_FILE is missing: ${mechanism} needs one.`,
    );
  if (mechanism === 'oauthbearer') {
    const { kafkaOauthExtensions: extensions } = settings;
    const token = tokensOf(settings, password, onLog);
    return { mechanism, token, ...(extensions && { extensions }) };
  }
  if (settings.kafkaUsername === undefined)
    throw new ConfigError(`SLUICE_KAFKA_USERNAME is missing: ${mechanism} needs it.`);
  return {
    mechanism,
    username: settings.kafkaUsername,
    get password() {
      return password();
    },
  };
}

/** Of a provider; without one the password is the token, which another program renews in its file. */
function tokensOf(settings: LoginSettings, password: () => string, onLog: OnLog): () => Promise<string> {
  const { kafkaUsername: clientId, kafkaOauthTokenUrl: tokenUrl } = settings;
  if (tokenUrl === undefined) return () => Promise.resolve(password());
  if (clientId === undefined)
    throw new ConfigError(
      'SLUICE_KAFKA_USERNAME is missing: it is the id by which the client asks for tokens.',
    );
  const { kafkaOauthScope: scope, kafkaOauthAudience: audience } = settings;
  return clientCredentials({ tokenUrl, clientId, clientSecret: password, scope, audience }, onLog);
}

/** @throws ConfigError naming a setting that would do nothing */
function refuseUnused(settings: LoginSettings): void {
  const { kafkaSaslMechanism: mechanism, kafkaOauthTokenUrl: tokenUrl } = settings;
  const unused = (keys: readonly (keyof LoginSettings)[], todo: string): void => {
    const key = keys.find((one) => settings[one] !== undefined);
    if (key !== undefined) throw new ConfigError(`${variableOf(key)} has no effect: ${todo}.`);
  };
  if (mechanism === undefined)
    unused(
      ['kafkaUsername', 'kafkaPassword', 'kafkaPasswordFile'],
      'set SLUICE_KAFKA_SASL_MECHANISM, or remove it',
    );
  if (mechanism !== 'oauthbearer')
    unused(
      ['kafkaOauthTokenUrl', 'kafkaOauthScope', 'kafkaOauthAudience', 'kafkaOauthExtensions'],
      'set SLUICE_KAFKA_SASL_MECHANISM to oauthbearer',
    );
  else if (tokenUrl === undefined)
    unused(
      ['kafkaUsername', 'kafkaOauthScope', 'kafkaOauthAudience'],
      'set SLUICE_KAFKA_OAUTH_TOKEN_URL, or remove it',
    );
}
