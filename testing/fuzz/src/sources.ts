import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import type { Vendor } from '@sluice/vendor-kit/vendor';
import { vendors, type VendorId } from '@sluice/vendors';
import { simulatedSources } from '@sluice/vendors/simulators';
import { testingOf, type VendorTesting } from '@sluice/vendors/testing/vendor-testing';

/** One account of the fuzzer: what the vendor knows of it, and what the gateway does. */
export interface Account {
  readonly simulated: SimulatedSource;
  readonly source: Source;
  readonly testing: VendorTesting;
}

const pageToken = 'a-token-of-a-page-of-the-fuzzer';

/** The accounts in the form of `config/sources.yaml`, each with its secrets by their names. */
async function accountsOf(): Promise<{ sources: object[]; secrets: Record<string, string> }> {
  const secrets: Record<string, string> = { PAGE_TOKEN: pageToken };
  const keyOf = (name: string, value: string) => {
    secrets[name] = value;
    return { current: { env: name } };
  };
  const sources = [];
  for (const [id, { hasStaffPages }] of Object.entries(vendors) as [VendorId, Vendor][]) {
    const { keys, settings } = await testingOf(id);
    const [plain, sealed] = keys;
    const pages = [
      { id: 'page', origins: ['https://a.example.com'], token: { current: { env: 'PAGE_TOKEN' } } },
    ];
    const common = { vendor: id, signed: true, ...settings };
    sources.push({
      ...{ ...common, id: `${id}-plain`, encrypted: false, token: keyOf(`${id}_plain_token`, plain.token) },
      ...(hasStaffPages ? { staff: { pages } } : {}),
    });
    if (sealed.aesKey !== null)
      sources.push({
        ...{ ...common, id: `${id}-sealed`, encrypted: true, token: keyOf(`${id}_token`, sealed.token) },
        aesKey: keyOf(`${id}_key`, sealed.aesKey),
      });
  }
  return { sources, secrets };
}

/** The accounts, read from a sources file as services read theirs. */
export async function openAccounts(): Promise<Account[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
  try {
    const path = join(folder, 'sources.yaml');
    const { secrets, sources: entries } = await accountsOf();
    // JSON is YAML.
    writeFileSync(path, JSON.stringify({ sources: entries }));
    const sources = readSources(path, secrets, vendors);
    const accounts = (await simulatedSources(path, secrets)).map(async (simulated): Promise<Account> => {
      const source = sources.find(({ id }) => id === simulated.id);
      if (!source) throw new Error(`The gateway has no source ${simulated.id}.`);
      return { simulated, source, testing: await testingOf(source.vendor as VendorId) };
    });
    return await Promise.all(accounts);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
