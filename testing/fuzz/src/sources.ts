import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSimulatedSources, type SimulatedSource } from '@sluice/simulator/simulated-sources';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import { vendors } from '@sluice/vendors';

/** One account of the fuzzer: what the vendor knows of it, and what the gateway does. */
export interface Account {
  readonly simulated: SimulatedSource;
  readonly source: Source;
}

const secrets = {
  ECHAT_TOKEN: 'a-token-of-the-fuzzer-for-echat',
  ECHAT_SEALED_TOKEN: 'another-token-of-the-fuzzer-for-echat',
  ECHAT_AES_KEY: 'HM2kqDScHpTWglUgMqSNve0AauHeBInhqYWKPLaHuN4',
  SOBOT_APP_KEY: 'an-app-key-of-the-fuzzer-for-sobot',
  SOBOT_SEALED_APP_KEY: 'another-app-key-of-the-fuzzer-for-sobot',
  SOBOT_AES_KEY: '1234567890abcdef',
  PAGE_TOKEN: 'a-token-of-a-page-of-the-fuzzer',
};

const companyIds = ['5cc2c708202d4defaf72d4bcac362a55'];
const key = (env: keyof typeof secrets) => ({ current: { env } });
const file = {
  sources: [
    {
      ...{ id: 'echat-plain', vendor: 'echat', signed: true, encrypted: false, token: key('ECHAT_TOKEN') },
      staff: { pages: [{ id: 'page', origins: ['https://a.example.com'], token: key('PAGE_TOKEN') }] },
    },
    {
      ...{ id: 'echat-sealed', vendor: 'echat', signed: true, encrypted: true },
      ...{ token: key('ECHAT_SEALED_TOKEN'), aesKey: key('ECHAT_AES_KEY'), appIds: ['520001'] },
    },
    {
      ...{ id: 'sobot-plain', vendor: 'sobot', signed: true, encrypted: false, companyIds },
      token: key('SOBOT_APP_KEY'),
    },
    {
      ...{ id: 'sobot-sealed', vendor: 'sobot', signed: true, encrypted: true, companyIds },
      ...{ token: key('SOBOT_SEALED_APP_KEY'), aesKey: key('SOBOT_AES_KEY') },
    },
  ],
};

/** The accounts, read from a sources file as services read theirs. */
export function openAccounts(): Account[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
  try {
    const path = join(folder, 'sources.yaml');
    // JSON is YAML.
    writeFileSync(path, JSON.stringify(file));
    const sources = readSources(path, secrets, vendors);
    return loadSimulatedSources(path, secrets).flatMap((simulated) => {
      const source = sources.find(({ id }) => id === simulated.id);
      return source ? [{ simulated, source }] : [];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
