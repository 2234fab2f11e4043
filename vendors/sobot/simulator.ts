import { join } from 'node:path';
import { reorder } from '@sluice/simulator/reorder';
import { readIds } from '@sluice/simulator/simulated-sources';
import { readSampleFiles, type VendorSample } from '@sluice/simulator/vendor-samples';
import type { SimulatedSource, VendorSimulator } from '@sluice/simulator/vendor-simulator';
import { encryptSobotContent, encryptSobotRecord, signSobot } from './simulator/encrypt.ts';
import { locateJsonMember, sobotEnvelope } from './simulator/envelope.ts';
import { sobotTraffic } from './simulator/traffic.ts';

interface Settings {
  /** Part of records; the first is part of the signature. */
  readonly companyIds: readonly string[];
}

/** Used where a source names no company: the company id of the page's own samples. */
const sampleCompanyId = '5cc2c708202d4defaf72d4bcac362a55';

export const simulator: VendorSimulator = {
  readSettings(entry): Settings {
    const companyIds = readIds(entry, 'companyIds');
    if (entry.signed === true && companyIds.length === 0)
      throw new Error('is signed, so it needs companyIds: the first is part of the signature.');
    return { companyIds: companyIds.length > 0 ? companyIds : [sampleCompanyId] };
  },
  *traffic(source, { random, identifiers, moment }) {
    const batches = reorder(sobotTraffic(random, identifiers, companiesOf(source), moment), random);
    for (;;) {
      const { type, companyId, records } = batches.next().value;
      // The samples are spread over lines; what the vendor sends need not be.
      const indent = random.chance(0.05) ? 2 : 0;
      const texts = records.map((record) => JSON.stringify(record, null, indent));
      yield {
        dataType: type,
        accountId: companyId,
        ...sobotEnvelope(type, texts),
        records: records.length,
      };
    }
  },
  samples: () => readSampleFiles(join(import.meta.dirname, 'simulator/samples')).map(sampleOf),
  sign(plain, _body, source, { now, random }) {
    const timestamp = String(now());
    const randomCode = random.digits(12);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const companyId = plain.accountId ?? companiesOf(source)[0];
    const key = source.signingKey;
    if (key === undefined || companyId === undefined) return { query: {}, headers };
    return {
      query: {},
      headers: {
        ...headers,
        'x-log-timestamp': timestamp,
        'x-log-randomcode': randomCode,
        'x-log-sign': signSobot(companyId, timestamp, randomCode, key),
      },
    };
  },
  encrypt: (part, { dataType }, { encryptionKey = '' }) =>
    (dataType === 'calllog' ? encryptSobotRecord : encryptSobotContent)(part, encryptionKey),
  writeCiphertext: (ciphertext) => `"${ciphertext}"`,
  isAcknowledged: ({ status, body }) => status === 200 && body === '',
};

const companiesOf = ({ settings }: SimulatedSource): readonly string[] => (settings as Settings).companyIds;

function sampleOf(file: ReturnType<typeof readSampleFiles>[number]): VendorSample {
  const secretParts = [locateJsonMember(file.body.toString(), 'content')];
  return { ...file, secretParts, records: file.encrypted && file.dataType === 'calllog' ? 2 : 1 };
}
