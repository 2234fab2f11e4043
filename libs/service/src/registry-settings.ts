import { z } from 'zod';
import { ConfigError, secret } from './read-config.ts';
import { renewedSecret } from './renewed-secret.ts';

/** Settings of anybody who talks to the schema registry. */
export const registryShape = {
  registryUrl: z.url(),
  registryUsername: z.string().min(1).optional(),
  registryPassword: secret.optional(),
  /** Read again for each question, as the token's is. */
  registryPasswordFile: z.string().min(1).optional(),
  registryToken: secret.optional(),
  registryTokenFile: z.string().min(1).optional(),
  registrySubjects: z.enum(['topic', 'record', 'topic-record']).default('topic'),
};

/**
 * What the schema registry is connected with.
 * @param onLog called when a secret cannot be read again
 * @throws ConfigError where settings are missing, or do not go together
 */
export function registryConnectionOf(
  settings: z.output<z.ZodObject<typeof registryShape>>,
  onLog?: (level: 'warn', message: string) => void,
) {
  const { registryUrl: url, registryUsername: username } = settings;
  const { registryPassword, registryPasswordFile, registryToken, registryTokenFile } = settings;
  const ofPassword = { secret: registryPassword, file: registryPasswordFile };
  const password = renewedSecret('registryPassword', ofPassword, onLog);
  const token = renewedSecret('registryToken', { secret: registryToken, file: registryTokenFile }, onLog);
  if (token && (username !== undefined || password))
    throw new ConfigError('SLUICE_REGISTRY_TOKEN goes with no user name and no password: keep one login.');
  if ((username === undefined) !== (password === null))
    throw new ConfigError('SLUICE_REGISTRY_USERNAME and SLUICE_REGISTRY_PASSWORD: set both or none.');
  return {
    url,
    subjects: settings.registrySubjects,
    ...(token && { authorization: () => `Bearer ${token()}` }),
    ...(password && {
      authorization: () => `Basic ${Buffer.from(`${username}:${password()}`).toString('base64')}`,
    }),
  };
}
