import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Secret } from '@sluice/service/secret';
import { durationFieldsOf, type DurationField } from './duration-fields.ts';
import { buildStaff, staffShape } from './read-staff.ts';
import { isShort, keys, type KeyPlaces, type ReadSecret } from './secret-places.ts';
import { unequalGuards } from './unequal-guards.ts';
import type { Keys, Source } from './source.ts';

/**
 * In bytes, by what the token signs with: whoever has one signed push can try tokens as fast as he computes SHA-1 or MD5.
 * You choose Echat's token. Sobot issues its appKey: 12 letters and digits (71 bits) are taken.
 */
const shortestToken = { echat: 16, sobot: 12 } as const;
const shortestPathSecret = 16;

/** Thrown for a sources file that cannot be used; the message has one line for each problem. */
export class SourcesError extends Error {}

const keepPolicy = z.enum(['accept', 'keep-apart']);
const suspectPolicy = z.enum(['keep-apart', 'accept', 'refuse']).default('keep-apart');

const common = {
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63'),
  stream: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower-case letters, digits and underscores, at most 40')
    .default('sluice'),
  tenant: z.string().default(''),
  signed: z.boolean({ error: 'must be true or false: say whether the vendor signs its pushes' }),
  encrypted: z.boolean({ error: 'must be true or false: say whether the vendor encrypts its payloads' }),
  token: keys.optional(),
  aesKey: keys.optional(),
  access: z
    .strictObject({ pathSecret: keys.optional(), addresses: z.array(z.string()).min(1).optional() })
    .optional(),
  freshnessMs: z.int().positive().default(86_400_000),
  staleTimestamps: suspectPolicy,
  reusedSignatures: suspectPolicy,
  keptApartBytesPerHour: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
  plaintext: keepPolicy.default('keep-apart'),
  foreignIds: keepPolicy.default('accept'),
  utcOffset: z
    .string()
    .regex(/^[+-]\d\d:\d\d$/, 'must be an offset such as "+08:00"')
    .default('+08:00'),
};

/** Of some of the vendor's durations, the unit that its numbers count; the documented one else. */
const durationUnitsOf = (vendor: Source['vendor']) => {
  const names = durationFieldsOf(vendor) as [DurationField, ...DurationField[]];
  const unit = z.enum(['ms', 's'], { error: 'must be ms or s' });
  const error = `must name some of ${names.join(', ')}`;
  return z.partialRecord(z.enum(names), unit, { error }).default({});
};

const sourceShape = z.discriminatedUnion('vendor', [
  z.strictObject({
    ...common,
    vendor: z.literal('echat'),
    timestampUnit: z.enum(['s', 'ms', 'any']).default('any'),
    appIds: z.array(z.string().min(1)).default([]),
    staff: staffShape.optional(),
    durationUnits: durationUnitsOf('echat'),
  }),
  z.strictObject({
    ...common,
    vendor: z.literal('sobot'),
    companyIds: z.array(z.string().min(1)).default([]),
    durationUnits: durationUnitsOf('sobot'),
  }),
]);
const fileShape = z.strictObject({ sources: z.array(sourceShape).min(1, 'lists no source') });

type RawSource = z.output<typeof sourceShape>;

/**
 * Where secrets come from that the sources file names by an environment variable; `unread`: no secret is read, from
 * there or from files. Then every key is empty: for whoever maps records and neither verifies nor decrypts.
 */
export type SecretsFrom = NodeJS.ProcessEnv | 'unread';

/**
 * Reads the sources file (YAML; see config/sources.yaml) and the secrets that it names.
 * Paths of secret files are relative to the sources file.
 * @throws SourcesError with every problem at once, each naming the source and the setting
 */
export function readSources(file: string, secrets: SecretsFrom): Source[] {
  const problems: string[] = [];
  const raw = parseFile(file);
  const readSecret: ReadSecret = (place, where) => {
    const problem = (text: string): Secret => {
      problems.push(`${where} ${text}.`);
      return new Secret('');
    };
    if (secrets === 'unread') return new Secret('');
    if ('env' in place) {
      const value = secrets[place.env];
      return value
        ? new Secret(value)
        : problem(`names the environment variable ${place.env}, which is not set`);
    }
    try {
      const value = readFileSync(resolve(dirname(file), place.file), 'utf8').trim();
      return value ? new Secret(value) : problem(`names the file ${place.file}, which is empty`);
    } catch {
      return problem(`names the file ${place.file}, which cannot be read`);
    }
  };
  const sources = raw.map((source) => build(source, readSecret, problems));
  for (const id of new Set(raw.map((source) => source.id))) {
    if (raw.filter((source) => source.id === id).length > 1)
      problems.push(`Source ${id} is there twice: ids are unique.`);
  }
  problems.push(...unequalGuards(sources));
  if (problems.length > 0) throw new SourcesError(problems.join('\n'));
  return sources;
}

function parseFile(file: string): RawSource[] {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SourcesError(
      `The sources file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  const parsed = fileShape.safeParse(document);
  if (parsed.success) return parsed.data.sources;
  const lines = parsed.error.issues.map((issue) => `${nameOf(document, issue.path)}: ${issue.message}.`);
  throw new SourcesError(lines.join('\n'));
}

/** `sources[2].token` as `source sobot-demo, token` where the source has an id. */
function nameOf(document: unknown, path: PropertyKey[]): string {
  const [, index, ...rest] = path;
  const listed = (document as { sources?: { id?: unknown }[] } | null)?.sources;
  const id =
    typeof index === 'number' && Array.isArray(listed)
      ? (listed[index]?.id ?? `number ${index + 1}`)
      : undefined;
  const setting = rest.map(String).join('.');
  if (typeof id !== 'string') return `sources file ${path.map(String).join('.')}`.trim();
  return `source ${id}${setting && `, ${setting}`}`;
}

function build(raw: RawSource, readSecret: ReadSecret, problems: string[]): Source {
  const say = (text: string): void => void problems.push(`source ${raw.id}: ${text}.`);
  const read = (places: KeyPlaces | undefined, name: string): Keys | null =>
    places
      ? {
          current: readSecret(places.current, `source ${raw.id}, ${name}.current`),
          previous: places.previous
            ? readSecret(places.previous, `source ${raw.id}, ${name}.previous`)
            : null,
        }
      : null;

  if (raw.signed && !raw.token) say('is signed, so it needs a token');
  if (!raw.signed && raw.token) say('has a token but is not signed: set signed: true, or remove the token');
  if (raw.encrypted && !raw.aesKey) say('is encrypted, so it needs an aesKey');
  if (!raw.encrypted && raw.aesKey)
    say('has an aesKey but is not encrypted: set encrypted: true, or remove the aesKey');
  if (!raw.signed && !raw.access?.pathSecret && !raw.access?.addresses) {
    say('is unsigned, so it needs access.pathSecret or access.addresses: anybody could push to it');
  }
  for (const address of raw.access?.addresses ?? []) {
    if (!isNetwork(address))
      say(`access.addresses: ${address} is neither an address nor a network such as 10.0.0.0/8`);
  }

  if (!raw.encrypted && raw.plaintext === 'accept')
    say('has plaintext: accept but is not encrypted: it takes nothing else, so remove it');

  const token = read(raw.token, 'token');
  const aesKey = read(raw.aesKey, 'aesKey');
  const pathSecret = read(raw.access?.pathSecret, 'access.pathSecret');
  checkAesKeys(raw.vendor, aesKey, say);
  if (isShort(token, shortestToken[raw.vendor]))
    say(
      `its token is shorter than ${shortestToken[raw.vendor]} bytes: one signed push would be enough to guess it`,
    );
  if (isShort(pathSecret, shortestPathSecret))
    say(`its access.pathSecret is shorter than ${shortestPathSecret} bytes: it could be guessed`);
  const [sign, hours, minutes] = [raw.utcOffset[0], raw.utcOffset.slice(1, 3), raw.utcOffset.slice(4, 6)];
  const base = {
    id: raw.id,
    stream: raw.stream,
    tenant: raw.tenant,
    token,
    aesKey,
    pathSecret,
    addresses: raw.access?.addresses ?? [],
    freshnessMs: raw.freshnessMs,
    staleTimestamps: raw.staleTimestamps,
    reusedSignatures: raw.reusedSignatures,
    keptApartBytesPerHour: raw.keptApartBytesPerHour,
    plaintext: raw.plaintext,
    foreignIds: raw.foreignIds,
    utcOffsetMinutes: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)),
    durationUnits: raw.durationUnits,
  };
  if (raw.vendor === 'echat')
    return {
      ...base,
      vendor: 'echat',
      timestampUnit: raw.timestampUnit,
      appIds: raw.appIds,
      staff: buildStaff(raw.staff, raw.signed, read, say),
    };
  if (raw.signed && raw.companyIds.length === 0)
    say('is signed, so it needs companyIds: the company id is part of the signature');
  return { ...base, vendor: 'sobot', companyIds: raw.companyIds };
}

function checkAesKeys(vendor: 'echat' | 'sobot', aesKey: Keys | null, say: (text: string) => void): void {
  for (const key of [aesKey?.current, aesKey?.previous]) {
    const value = key?.reveal();
    if (!value) continue;
    if (vendor === 'echat' && !/^[A-Za-z0-9+/]{43}$/.test(value))
      say('its aesKey must be the 43 characters of the EncodingAESKey');
    const bytes = Buffer.byteLength(value);
    if (vendor === 'sobot' && (bytes < 8 || bytes > 16)) say('its aesKey must be 8 to 16 bytes');
  }
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}
