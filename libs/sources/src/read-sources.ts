import { isIP } from 'node:net';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { Secret } from '@sluice/service/secret';
import { FilesRead } from './files-read.ts';
import { buildStaff, staffShape } from './read-staff.ts';
import {
  isShort,
  keys,
  readSecret,
  type KeyPlaces,
  type SecretPlace,
  type SecretsFrom,
} from './secret-places.ts';
import type { Keys, Source } from './source.ts';
import type { SourceVendor } from './source-vendor.ts';
import { unequalGuards } from './unequal-guards.ts';

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
  unlistedIds: keepPolicy.default('accept'),
  utcOffset: z
    .string()
    .regex(/^[+-]\d\d:\d\d$/, 'must be an offset such as "+08:00"')
    .default('+08:00'),
};

/** Of some of the vendor's durations, the unit that its numbers count. Default: the documented one. */
const durationUnitsOf = (vendor: SourceVendor) => {
  const names = Object.keys(vendor.durations);
  const unit = z.enum(['ms', 's'], { error: 'must be ms or s' });
  const error = names.length === 0 ? 'must be left out' : `must name some of ${names.join(', ')}`;
  return z.partialRecord(z.enum(names), unit, { error }).default({});
};

/** What all sources have. */
const shapeOfAll = (vendor: SourceVendor) =>
  z.strictObject({
    ...common,
    vendor: z.literal(vendor.id),
    durationUnits: durationUnitsOf(vendor),
    staff: staffShape.optional(),
  });

type RawSource = z.output<ReturnType<typeof shapeOfAll>>;

/** What the file may say of a source: what all sources have, and what its vendor alone asks for. */
function sourceShape(vendor: SourceVendor): z.ZodType<RawSource> {
  const ofAll = vendor.hasStaffPages ? shapeOfAll(vendor) : shapeOfAll(vendor).omit({ staff: true });
  return ofAll.extend(vendor.settings) as unknown as z.ZodType<RawSource>;
}

const fileShape = z.strictObject({ sources: z.array(z.unknown()).min(1, 'lists no source') });

/**
 * Reads the sources file (YAML; see config/sources.yaml) and the secrets that it names.
 * Paths of secret files are relative to the sources file.
 * @param vendors by id
 * @param files reads them
 * @throws SourcesError with every problem at once, each naming its line, the source and the setting
 */
export function readSources(
  file: string,
  secrets: SecretsFrom,
  vendors: Readonly<Record<string, SourceVendor>>,
  files = new FilesRead(),
): Source[] {
  const { entries, lineOf, problems } = openFile(file, files);
  const shapes = new Map(Object.values(vendors).map((vendor) => [vendor.id, sourceShape(vendor)]));
  const sources = entries.flatMap((entry, index): Source[] => {
    const at = ['sources', index];
    const say: Say = (path, text) =>
      void problems.push([lineOf([...at, ...path]), `${nameOf(entry, index)}${text}.`]);
    const vendor = vendors[vendorIdOf(entry)];
    const shape = shapes.get(vendorIdOf(entry));
    if (!vendor || !shape) {
      say(['vendor'], `, vendor: must be one of ${[...shapes.keys()].join(', ')}`);
      return [];
    }
    const parsed = shape.safeParse(entry);
    if (parsed.success) {
      const read = readKeys((place) => readSecret(place, file, secrets, files), say);
      return [build(parsed.data, vendor, read, (text) => say([], `: ${text}`))];
    }
    for (const issue of parsed.error.issues) {
      const path = issue.path.length === 0 ? '' : `, ${issue.path.join('.')}`;
      say(issue.path, `${path}: ${issue.message}${newNameIn(issue)}`);
    }
    return [];
  });
  checkIds({ entries, lineOf, problems });
  for (const problem of unequalGuards(sources)) problems.push([lineOf(['sources']), problem]);
  if (problems.length > 0)
    throw new SourcesError(
      problems
        .toSorted(([one], [other]) => one - other)
        .map(([line, text]) => `${file}:${line}: ${text}`)
        .join('\n'),
    );
  return sources;
}

/** Notes a problem of a source. @param path of the setting, in the source */
type Say = (path: readonly PropertyKey[], text: string) => void;

/** Reads keys of a source, by the name of the setting. */
type ReadKeys = (places: KeyPlaces | undefined, name: string) => Keys | null;

function readKeys(readOne: (place: SecretPlace) => Secret | string, say: Say): ReadKeys {
  return (places, name) => {
    if (!places) return null;
    const [current, previous] = (['current', 'previous'] as const).map((which) => {
      const place = places[which];
      if (!place) return null;
      const secret = readOne(place);
      if (secret instanceof Secret) return secret;
      say([...name.split('.'), which], `, ${name}.${which} ${secret}`);
      return new Secret('');
    });
    return { current: current ?? new Secret(''), previous: previous ?? null };
  };
}

function checkIds({ entries, lineOf, problems }: OpenedFile): void {
  const ids = entries.map((entry) => (entry as { id?: unknown } | null)?.id);
  ids.forEach((id, index) => {
    if (typeof id === 'string' && ids.indexOf(id) < index)
      problems.push([lineOf(['sources', index]), `Source ${id} is listed twice: ids are unique.`]);
  });
}

/** Where a problem is, and a message about it. */
type Problem = readonly [line: number, text: string];

interface OpenedFile {
  /** Of `sources`, whatever they are. */
  readonly entries: readonly unknown[];
  /** The line of a setting; of what it should be in where it is not there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
  readonly problems: Problem[];
}

function openFile(file: string, files: FilesRead): OpenedFile {
  const counter = new LineCounter();
  let text: string;
  try {
    text = files.read(file);
  } catch (error) {
    throw new SourcesError(`The sources file ${file} cannot be read: ${errorText(error)}`, { cause: error });
  }
  const document = parseDocument(text, { lineCounter: counter });
  const [broken] = document.errors;
  if (broken) throw new SourcesError(`The sources file ${file} cannot be read: ${broken.message}`);
  const lineOf = (path: readonly PropertyKey[]): number => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (!isNode(node)) return path.length === 0 ? 1 : lineOf(path.slice(0, -1));
    return counter.linePos(node.range?.[0] ?? 0).line;
  };
  const content: unknown = document.toJS();
  const parsed = fileShape.safeParse(content);
  const problems = (parsed.error?.issues ?? []).map(({ path, message }): Problem => [
    lineOf(path),
    `sources file ${path.join('.')}`.trim() + `: ${message}.`,
  ]);
  const listed = (content as { sources?: unknown } | null)?.sources;
  return { entries: Array.isArray(listed) ? listed : [], lineOf, problems };
}

/** Settings of a source that were renamed, by their old name. */
const renamed = new Map([['foreignIds', 'unlistedIds']]);

function newNameIn(issue: z.core.$ZodIssue): string {
  const old = issue.code === 'unrecognized_keys' ? issue.keys.find((key) => renamed.has(key)) : undefined;
  return old === undefined ? '' : ` (${old} is now called ${renamed.get(old) ?? ''})`;
}

const nameOf = (entry: unknown, index: number): string => {
  const id = (entry as { id?: unknown } | null)?.id;
  return `source ${typeof id === 'string' ? id : `number ${index + 1}`}`;
};

const vendorIdOf = (entry: unknown): string => {
  const vendor = (entry as { vendor?: unknown } | null)?.vendor;
  return typeof vendor === 'string' ? vendor : '';
};
const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @param say called with each problem of the source */
function build(raw: RawSource, vendor: SourceVendor, read: ReadKeys, say: (text: string) => void): Source {
  checkGuards(raw, say);
  const token = read(raw.token, 'token');
  const aesKey = read(raw.aesKey, 'aesKey');
  const pathSecret = read(raw.access?.pathSecret, 'access.pathSecret');
  if (isShort(token, vendor.shortestTokenBytes))
    say(
      `its token is shorter than ${vendor.shortestTokenBytes} bytes: one signed push would be enough to guess it`,
    );
  if (isShort(pathSecret, shortestPathSecret))
    say(`its access.pathSecret is shorter than ${shortestPathSecret} bytes: it could be guessed`);
  const [sign, hours, minutes] = [raw.utcOffset[0], raw.utcOffset.slice(1, 3), raw.utcOffset.slice(4, 6)];
  const source: Source = {
    id: raw.id,
    vendor: vendor.id,
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
    unlistedIds: raw.unlistedIds,
    utcOffsetMinutes: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)),
    durationUnits: raw.durationUnits as Source['durationUnits'],
    staff: buildStaff(raw.staff, raw.signed, read, say),
    settings: pick(raw, Object.keys(vendor.settings)),
  };
  for (const problem of vendor.problemsOf(source)) say(problem);
  return source;
}

/** What guards a source has to fit what it says of its pushes. */
function checkGuards(raw: RawSource, say: (text: string) => void): void {
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
    say('has plaintext: accept but is not encrypted: it accepts only plaintext anyway, so remove it');
}

const pick = (from: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}
