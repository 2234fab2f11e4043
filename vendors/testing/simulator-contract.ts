import { createHash } from 'node:crypto';
import { Secret } from '@sluice/service/secret';
import type { Keys, Source } from '@sluice/sources/source';
import { seededRandom } from '@sluice/simulator/random';
import { sealPush } from '@sluice/simulator/seal-push';
import { takeFirst } from '@sluice/simulator/take-first';
import { generateTraffic } from '@sluice/simulator/traffic';
import { samplePushes } from '@sluice/simulator/vendor-samples';
import type { SimulatedSource, VendorSimulator } from '@sluice/simulator/vendor-simulator';
import type { Receiving } from '@sluice/vendor-kit/receiving/receiving';
import { z } from 'zod';
import { vendors, type VendorId } from '../index.ts';
import { loadSimulators } from '../simulators.ts';
import { sourceOf, useNormalize } from './golden-source.ts';
import { testingOf, type TestKeys, type VendorTesting } from './vendor-testing.ts';

const nowMs = 1_700_000_000_000;
const keysOf = (current: string): Keys => ({ current: new Secret(current), previous: null });

/** What the simulated side of a vendor owes to `sluice sim`. Called within the `describe` of a vendor. */
export function simulatorContract(id: VendorId): void {
  let simulator: VendorSimulator;
  let receiving: Receiving;
  let testing: VendorTesting;
  const normalize = useNormalize();
  beforeAll(async () => {
    const found = (await loadSimulators())[id];
    if (!found) throw new Error(`vendors/${id}/simulator.ts exports no simulator.`);
    simulator = found;
    receiving = await vendors[id].receiving();
    testing = await testingOf(id);
  });

  /** The two views of one account: the gateway's and the vendor's. */
  const accountOf = ({ token, aesKey }: TestKeys): { source: Source; simulated: SimulatedSource } => ({
    source: {
      ...sourceOf(id),
      freshnessMs: 300_000,
      token: keysOf(token),
      aesKey: aesKey === null ? null : keysOf(aesKey),
      settings: z.object(vendors[id].settings).parse(testing.settings),
    },
    simulated: {
      ...{ id: 'shop', vendor: id, simulator, pathSecret: undefined, signingKey: token },
      encryptionKey: aesKey ?? undefined,
      settings: simulator.readSettings({ ...testing.settings, signed: true }),
    },
  });
  const accounts = () => {
    const [keys] = testing.keys;
    return keys.aesKey === null ? [accountOf(keys)] : [accountOf(keys), accountOf({ ...keys, aesKey: null })];
  };
  const trafficOf = (simulated: SimulatedSource) =>
    generateTraffic({ sources: [simulated], seed: 'contract', run: '1', now: () => nowMs });

  test('signs and encrypts what the receiving half accepts and opens to the same bytes', () => {
    const context = { now: () => nowMs, random: seededRandom('seal') };
    for (const { source, simulated } of accounts()) {
      const samples = samplePushes(simulated).filter(({ presealed }) => !presealed);
      for (const plain of [...samples, ...takeFirst(trafficOf(simulated), 300)]) {
        const { path, headers, body, payloadHash } = sealPush(plain, simulated, context);
        const query = Object.fromEntries(new URL(path, 'http://gateway').searchParams);
        const head = { query, header: (name: string) => headers[name] };
        const verification = receiving.verify(head, source, nowMs);
        const signedWith =
          verification.outcome === 'body-signed' ? receiving.verifyBody?.(body, head, source) : 'current';
        expect([verification.outcome, signedWith]).toEqual([
          expect.stringMatching(/^(?:body-signed|verified)$/),
          'current',
        ]);
        const { payload, dataType, undecodable } = receiving.decode(body, head, source);
        expect([undecodable, receiving.dataTypeOf(head) || dataType]).toEqual([[], plain.dataType]);
        expect(createHash('sha256').update(payload ?? '').digest('hex')).toBe(payloadHash); // prettier-ignore
        if (source.aesKey !== null) expect(body.includes(plain.text)).toBe(false);
      }
    }
  });

  test('sends data types that are mapped, and each record of them becomes events', () => {
    const [account] = accounts();
    if (!account) throw new Error('There is no account.');
    for (const { dataType, text } of takeFirst(trafficOf(account.simulated), 300)) {
      const { events, rejected } = normalize(id, dataType, text);
      expect([dataType, rejected]).toEqual([dataType, []]);
      expect(events.length).toBeGreaterThan(0);
      expect(events.map(({ topic }) => topic)).not.toContain('other.v1');
    }
  });

  test('takes the answer of the receiving half for an acknowledgement, and no refusal', () => {
    const body = receiving.acknowledgement;
    expect(simulator.isAcknowledged({ status: 200, body })).toBe(true);
    for (const status of [302, 401, 403, 413, 429, 500, 503])
      expect(simulator.isAcknowledged({ status, body })).toBe(false);
  });

  test('gives two runs with one seed no payload in common', () => {
    const [account] = accounts();
    if (!account) throw new Error('There is no account.');
    const sent = (run: string) =>
      [
        ...takeFirst(
          generateTraffic({ sources: [account.simulated], seed: 's', run, now: () => nowMs }),
          200,
        ),
      ].map(({ text }) => text);
    const [first, second] = [sent('a'), new Set(sent('b'))];
    expect(first.filter((text) => second.has(text))).toEqual([]);
    expect(sent('a')).toEqual(first);
  });
}
