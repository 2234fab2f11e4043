import { developmentSources, developmentVendors } from '@sluice/start/development-sources';
import type { VendorId } from '@sluice/vendors';
import { testingOf } from '@sluice/vendors/testing/vendor-testing';
import { apiKeys } from '../proxy/frames.ts';
import type { KafkaProxies } from '../proxy/kafka-proxy.ts';
import type { TcpProxy } from '../proxy/tcp-proxy.ts';
import { startLoad } from '../system/load.ts';
import { addKeys, onlySources } from '../system/source-files.ts';
import type { System } from '../system/system.ts';
import { waitFor } from '../system/wait-for.ts';
import type { CaseContext } from '../fault-case.ts';
import { probedCertificate } from './certificate.ts';
import type { AlertState } from './state.ts';

/** Kafka takes what ingress writes, each time late; and ClickHouse is unavailable for as long as makes events late. */
export function slow(): AlertState {
  let kafka: KafkaProxies | undefined;
  let clickhouse: TcpProxy | undefined;
  return {
    name: 'slow',
    expected: {
      'slow-answers': { alert: 'SluiceAcknowledgementSlow' },
      'events-late': { alert: 'SluiceEventsLate', labels: { stage: 'sink-clickhouse' } },
    },
    async options(context) {
      kafka = await context.openKafkaProxies(context.endpoints.kafkaBrokers);
      const opened = await context.openTcpProxy(context.endpoints.clickhouseUrl);
      clickhouse = opened.proxy;
      return {
        through: { clickhouseUrl: opened.url },
        env: { ingress: { SLUICE_KAFKA_BROKERS: kafka.addresses.join(',') } },
      };
    },
    async begin({ context, system, begins }) {
      // Answers of one connection wait for each other: with more pushes the deadline would pass, and the spool take them.
      await sendForever(system, context, 1);
      await seenFor(60);
      kafka?.each((proxy) => proxy.setRule(apiKeys.produce, 350));
      begins('slow-answers');
      clickhouse?.setMode('refuse');
      begins('events-late');
      await seenFor(150);
      clickhouse?.setMode('pass');
    },
  };
}

/** The days of the rules as minutes: on the running system nobody waits for a week. */
const minutesForDays = {
  '1w': '4m',
  '7d': '4m',
  '3d': '4m',
  '1h': '2m',
  '30m': '2m',
  '15m': '1m',
  '10m': '1m',
  '1800': '60',
};

/** What takes days: a vendor that falls silent, keys that were changed and never taken away, a certificate. */
export function days(): AlertState {
  return {
    name: 'days',
    shortened: minutesForDays,
    expected: {
      'vendor-silent': { alert: 'SluiceVendorSilent', labels: { source: developmentSources.plain } },
      'previous-key-used': {
        alert: 'SluicePreviousKeyUsed',
        labels: { source: developmentSources.encrypted },
      },
      'previous-key-unused': {
        alert: 'SluicePreviousKeyUnused',
        labels: { source: developmentSources.otherEncrypted },
      },
      certificate: { alert: 'SluiceCertificateExpires' },
    },
    options: () => ({}),
    targets: async (context) => ({ 'certificate-probe': await probedCertificate(context, 10) }),
    async begin({ context, system, begins }) {
      begins('certificate');
      const ofVendors = onlySources(system.sourcesFile, [
        developmentSources.encrypted,
        developmentSources.otherEncrypted,
      ]);
      const plain = onlySources(system.sourcesFile, [developmentSources.plain]);
      await changeKeys(system);
      const ingress = system.service('ingress');
      const hasBoth = async (): Promise<boolean> =>
        (await ingress.metric('sluice_ingress_previous_keys')) === 2;
      await waitFor('ingress has two keys of each source', hasBoth, 15_000);
      begins('previous-key-used');
      begins('previous-key-unused');
      await sendForever({ ...system, sourcesFile: ofVendors }, context, 2);
      const load = await startLoad({ ...system, sourcesFile: plain }, { seed: context.seed, rate: 1 });
      await seenFor(60);
      await load.finish();
      begins('vendor-silent');
    },
  };
}

/** The first vendor continues under the key that is the former one now, and the second under the one at `current`. */
async function changeKeys({ sourcesFile }: System): Promise<void> {
  const { first, second } = developmentVendors as Record<'first' | 'second', VendorId>;
  addKeys(sourcesFile, [
    { sourceId: developmentSources.encrypted, key: await otherKeyOf(first), vendorsAt: 'previous' },
    { sourceId: developmentSources.otherEncrypted, key: await otherKeyOf(second), vendorsAt: 'current' },
  ]);
}

/** A key in the vendor's form that none of the development sources has. */
const otherKeyOf = async (vendor: VendorId): Promise<string> =>
  (await testingOf(vendor)).keys[0].aesKey ?? '';

/** Waits until Prometheus has seen a state for so long. */
async function seenFor(seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  await waitFor(
    `the state was there for ${seconds} s`,
    () => Promise.resolve(performance.now() > until),
    seconds * 1_000 + 5_000,
  );
}

/** Pushes at a steady rate until the state ends; what is not acknowledged is not sent again. */
export async function sendForever(
  system: Pick<System, 'ingressUrl' | 'sourcesFile'>,
  context: CaseContext,
  rate: number,
  retryForMs = 0,
): Promise<void> {
  const load = await startLoad(system, { seed: context.seed, rate, retryForMs });
  context.onEnd(async () => {
    await load.finish();
  });
}
