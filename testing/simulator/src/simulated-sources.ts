import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';

export type Vendor = 'echat' | 'sobot';

/** One vendor account, with what the vendor would know of it. */
export interface SimulatedSource {
  readonly id: string;
  readonly vendor: Vendor;
  /** What requests are signed with: Echat's token, Sobot's appKey. Undefined: requests are not signed. */
  readonly signingKey: string | undefined;
  /** What bodies are encrypted with. Undefined: bodies are plain. */
  readonly encryptionKey: string | undefined;
  /** The last segment of the push URL's path, where the source has one. */
  readonly pathSecret: string | undefined;
  /** Echat: stands in encrypted bodies. Empty when the source names none. */
  readonly appId: string;
  /** Sobot: stand in records; the first is part of the signature. */
  readonly companyIds: readonly string[];
}

/** Used where a Sobot source names no company: the company id of Sobot's own samples. */
const sampleCompanyId = '5cc2c708202d4defaf72d4bcac362a55';

/**
 * Reads the sources that the gateway is configured with, current keys only.
 * @param file the sources YAML; its secret files are relative to it
 * @param environment where `env` secrets are looked up
 * @throws Error with one sentence that names the file, the source and what is missing
 */
export function loadSimulatedSources(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): SimulatedSource[] {
  const document: unknown = parse(readText(file, 'The sources file'));
  const entries = isRecord(document) ? document.sources : undefined;
  if (!Array.isArray(entries) || entries.length === 0) throw new Error(`${file} lists no sources.`);
  return entries.map((entry: unknown, index) => {
    const id = isRecord(entry) ? entry.id : undefined;
    if (!isRecord(entry) || typeof id !== 'string')
      throw new Error(`${file}: source ${index + 1} has no id.`);
    return readSource(entry, id, file, environment);
  });
}

function readSource(
  entry: Record<string, unknown>,
  id: string,
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): SimulatedSource {
  const where = `${file}: source ${id}`;
  const vendor = entry.vendor;
  if (vendor !== 'echat' && vendor !== 'sobot') throw new Error(`${where} needs a vendor: echat or sobot.`);
  const flag = (name: string) => {
    const value = entry[name];
    if (typeof value !== 'boolean') throw new Error(`${where} needs ${name}: true or false.`);
    return value;
  };
  const secret = (value: unknown, name: string) =>
    readSecret(value, `${where}: ${name}`, dirname(file), environment);

  const access = entry.access;
  const guarded = isRecord(access) && access.pathSecret !== undefined;
  const signed = flag('signed');
  const companyIds = readIds(entry.companyIds, `${where}: companyIds`);
  if (vendor === 'sobot' && signed && companyIds.length === 0) {
    throw new Error(`${where} is signed, so it needs companyIds: the first is part of the signature.`);
  }
  return {
    id,
    vendor,
    signingKey: signed ? secret(entry.token, 'token') : undefined,
    encryptionKey: flag('encrypted') ? secret(entry.aesKey, 'aesKey') : undefined,
    pathSecret: guarded ? secret(access.pathSecret, 'access.pathSecret') : undefined,
    appId: readIds(entry.appIds, `${where}: appIds`)[0] ?? '',
    companyIds: companyIds.length > 0 ? companyIds : [sampleCompanyId],
  };
}

function readSecret(
  value: unknown,
  where: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const current = isRecord(value) ? value.current : undefined;
  const path = isRecord(current) ? current.file : undefined;
  const name = isRecord(current) ? current.env : undefined;
  if (typeof path === 'string') return readText(resolve(folder, path), where).trim();
  if (typeof name !== 'string') throw new Error(`${where} needs current: { file: … } or { env: … }.`);
  const found = environment[name];
  if (found === undefined) throw new Error(`${where}: the environment variable ${name} is not set.`);
  return found;
}

function readIds(value: unknown, where: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((id) => typeof id === 'string')) {
    throw new Error(`${where} must be a list of texts.`);
  }
  return value;
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`${what} cannot be read from ${path}.`, { cause });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
