import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { SimulatedSource, Simulators, VendorSimulator } from './vendor-simulator.ts';

/**
 * Reads the sources that the gateway is configured with, current keys only.
 * @param file the sources YAML; its secret files are relative to it
 * @param simulators of the vendors that sources may have
 * @param environment where `env` secrets are looked up
 * @throws Error with a message that names the file, the source and what is missing
 */
export function loadSimulatedSources(
  file: string,
  simulators: Simulators,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): SimulatedSource[] {
  const document: unknown = parse(readText(file, 'The sources file'));
  const entries = isRecord(document) ? document.sources : undefined;
  if (!Array.isArray(entries) || entries.length === 0) throw new Error(`${file} lists no sources.`);
  return entries.map((entry: unknown, index) => {
    const id = isRecord(entry) ? entry.id : undefined;
    if (!isRecord(entry) || typeof id !== 'string')
      throw new Error(`${file}: source ${index + 1} has no id.`);
    return readSource(entry, id, file, simulators, environment);
  });
}

function readSource(
  entry: Record<string, unknown>,
  id: string,
  file: string,
  simulators: Simulators,
  environment: Readonly<Record<string, string | undefined>>,
): SimulatedSource {
  const where = `${file}: source ${id}`;
  const { vendor } = entry;
  const simulator = typeof vendor === 'string' ? simulators[vendor] : undefined;
  if (typeof vendor !== 'string' || !simulator)
    throw new Error(`${where} needs a vendor: one of ${Object.keys(simulators).join(', ')}.`);
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
  return {
    id,
    vendor,
    simulator,
    signingKey: signed ? secret(entry.token, 'token') : undefined,
    encryptionKey: flag('encrypted') ? secret(entry.aesKey, 'aesKey') : undefined,
    pathSecret: guarded ? secret(access.pathSecret, 'access.pathSecret') : undefined,
    settings: readSettings(simulator, entry, where),
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

function readSettings(
  simulator: VendorSimulator,
  entry: Readonly<Record<string, unknown>>,
  where: string,
): unknown {
  try {
    return simulator.readSettings(entry);
  } catch (cause) {
    throw new Error(`${where} ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * A setting that is a list of ids; empty where it is left out.
 * @throws Error with a message that continues after "source shop"
 */
export function readIds(entry: Readonly<Record<string, unknown>>, name: string): string[] {
  const value = entry[name];
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((id) => typeof id === 'string')) {
    throw new Error(`has ${name} that are no list of texts.`);
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
