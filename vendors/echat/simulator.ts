import { join } from 'node:path';
import type { Random } from '@sluice/simulator/random';
import { reorder } from '@sluice/simulator/reorder';
import { readIds } from '@sluice/simulator/simulated-sources';
import { readSampleFiles, type VendorSample } from '@sluice/simulator/vendor-samples';
import type { Content, SimulatedSource, VendorSimulator } from '@sluice/simulator/vendor-simulator';
import { echatEnvelope, encryptEchat, signEchat } from './simulator/encrypt.ts';
import { renderEchat, withoutSome } from './simulator/flaws.ts';
import { staffBatch } from './simulator/staff-batch.ts';
import { echatTraffic } from './simulator/traffic.ts';

interface Settings {
  /** Part of encrypted bodies. Empty when the source names none. */
  readonly appId: string;
}

export const simulator: VendorSimulator = {
  readSettings: (entry): Settings => ({ appId: readIds(entry, 'appIds')[0] ?? '' }),
  /**
   * Ids lack their prefix and are shared by kinds of conversations, transcripts come twice, and the XML has the flaws of
   * the page's samples.
   */
  *traffic(_source, { random, identifiers, moment }) {
    const documents = reorder(echatTraffic(random, identifiers, moment), random);
    for (;;) {
      const document = withoutSome(documents.next().value, random);
      yield { dataType: document.dataType, ...wholly(renderEchat(document, random)) };
    }
  },
  samples: () => readSampleFiles(join(import.meta.dirname, 'simulator/samples')).map(sampleOf),
  sign(plain, _body, { signingKey }, { now, random }) {
    const timestamp = String(Math.floor(now() / 1000));
    const nonce = random.digits(10);
    return {
      query: {
        ...(signingKey === undefined
          ? {}
          : { timestamp, nonce, signature: signEchat(signingKey, timestamp, nonce) }),
        dataType: plain.dataType,
      },
      headers: { 'content-type': 'text/xml; charset=utf-8' },
    };
  },
  encrypt,
  writeCiphertext: echatEnvelope,
  isAcknowledged: ({ status, body }) => status === 200 && body === 'success',
  rating: (conversationId, comment) => ({
    dataType: 'chatScore',
    ...wholly(
      `<xml><chatRecordId>${conversationId}</chatRecordId><chatScore>5</chatScore><scoreSuggest><![CDATA[${comment}]]></scoreSuggest></xml>`,
    ),
  }),
  staffBatch,
};

/** A document is one record, encrypted as a whole. */
const wholly = (text: string): Pick<Content, 'text' | 'secretParts' | 'records'> => ({
  text,
  secretParts: [{ start: 0, end: text.length }],
  records: 1,
});

function sampleOf(file: ReturnType<typeof readSampleFiles>[number]): VendorSample {
  const { secretParts, records } = wholly(file.body.toString());
  return { ...file, secretParts, records };
}

function encrypt(part: Buffer, _plain: unknown, source: SimulatedSource, random: Random): string {
  const { encryptionKey = '' } = source;
  return encryptEchat(part, encryptionKey, (source.settings as Settings).appId, random.bytes(16));
}
