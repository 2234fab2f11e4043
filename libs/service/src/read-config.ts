import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Secret } from './secret.ts';

const prefix = 'SLUICE_';
/** Settings of the development tools share the prefix; they are not a service's. */
const foreign = /^SLUICE_(DEV|TEST)_/;

/** Settings that were renamed: old variable, new variable. */
const renamed = new Map([
  ['SLUICE_REPLAY_MEMORY_ENTRIES', 'SLUICE_REPLAY_CACHE_ENTRIES'],
  ['SLUICE_REJECTS_IN_A_ROW', 'SLUICE_MAX_CONSECUTIVE_REJECTS'],
]);

/** Thrown for settings that cannot be used; the message has one line for each of them. */
export class ConfigError extends Error {}

/** A setting that must not be printed. */
export const secret = z
  .string()
  .min(1)
  .transform((value) => new Secret(value));

/** A list of settings in one variable, separated by commas. */
export const list = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .pipe(z.array(z.string()).min(1));

/** `true` or `false`; nothing else, so that `0`, `no` and a typing error are not taken for one of them. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/**
 * Reads a service's settings from the environment: `publishTimeoutMs` from `SLUICE_PUBLISH_TIMEOUT_MS`, or
 * from the file that `SLUICE_PUBLISH_TIMEOUT_MS_FILE` names.
 * @param shape one zod type for each setting; every value comes as a string
 * @throws ConfigError naming every missing, wrong and unknown setting at once
 */
export function readConfig<S extends z.ZodRawShape>(
  shape: S,
  env: NodeJS.ProcessEnv,
): Readonly<z.output<z.ZodObject<S>>> {
  const names = new Map(Object.keys(shape).map((key) => [variableOf(key), key]));
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || foreign.test(variable) || value === undefined) continue;
    const key = names.get(variable);
    const fileKey = variable.endsWith('_FILE') ? names.get(variable.slice(0, -'_FILE'.length)) : undefined;
    if (key !== undefined) values[key] = value;
    else if (fileKey !== undefined) readInto(values, fileKey, variable, value, problems);
    else problems.push(unknownSetting(variable, names));
  }
  const parsed = z.object(shape).safeParse(values);
  if (parsed.success && problems.length === 0) return Object.freeze(parsed.data);
  for (const issue of parsed.error?.issues ?? []) {
    const key = String(issue.path[0]);
    const missing = !(key in values);
    problems.push(missing ? `${variableOf(key)} is missing.` : `${variableOf(key)}: ${issue.message}.`);
  }
  throw new ConfigError(problems.join('\n'));
}

/** @param names variables of the service */
function unknownSetting(variable: string, names: ReadonlyMap<string, string>): string {
  const old = variable.replace(/_FILE$/, '');
  const replacement = renamed.get(old);
  return replacement !== undefined && names.has(replacement)
    ? `${variable} is now called ${replacement}${variable.slice(old.length)}: rename it.`
    : `${variable} is not a setting of this service: remove it, or correct its name.`;
}

function readInto(
  values: Record<string, string>,
  key: string,
  variable: string,
  file: string,
  problems: string[],
): void {
  try {
    values[key] = readFileSync(file, 'utf8').trim();
  } catch (error) {
    problems.push(
      `${variable} names a file that cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

/** `publishTimeoutMs` → `SLUICE_PUBLISH_TIMEOUT_MS`. */
export function variableOf(key: string): string {
  return prefix + key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
