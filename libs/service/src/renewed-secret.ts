import { readFileSync } from 'node:fs';
import { lastGood } from '@sluice/kafka/last-good';
import { ConfigError, variableOf } from './read-config.ts';
import type { Secret } from './secret.ts';

/** A secret itself, or the file that has it. */
export interface SecretSettings {
  readonly secret: Secret | undefined;
  readonly file: string | undefined;
}

/**
 * A secret of two settings. That of a file is read at each call, so that it can be renewed.
 * @param name of the first one, `kafkaPassword`; the second one is `kafkaPasswordFile`
 * @param onLog called when the file cannot be read again, and the former secret stays
 * @returns null where neither is set
 * @throws ConfigError where both are set, or where the file cannot be used at first
 */
export function renewedSecret(
  name: string,
  { secret, file }: SecretSettings,
  onLog: (level: 'warn', message: string) => void = () => undefined,
): (() => string) | null {
  const [variable, fileVariable] = [variableOf(name), variableOf(`${name}File`)];
  if (secret !== undefined && file !== undefined)
    throw new ConfigError(`${variable} and ${fileVariable} are both set: keep one of them.`);
  if (secret !== undefined) return () => secret.reveal();
  if (file === undefined) return null;
  try {
    return lastGood(
      () => readSecret(file),
      (error) =>
        onLog('warn', `${fileVariable} cannot be read again, and the former secret stays: ${textOf(error)}`),
    );
  } catch (error) {
    throw new ConfigError(`${fileVariable} cannot be used: ${textOf(error)}.`);
  }
}

/** @throws an error when the file is empty, or cannot be read */
function readSecret(file: string): string {
  const text = readFileSync(file, 'utf8').trim();
  if (text === '') throw new Error(`${file} is empty`);
  return text;
}

const textOf = (error: unknown): string => (Error.isError(error) ? error.message : String(error));
