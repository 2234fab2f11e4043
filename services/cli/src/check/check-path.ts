import { hash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { normalize, type CanonicalEvent } from '@sluice/vendor-kit/mapping/normalize';
import type { PlainPush } from '@sluice/simulator/push';
import { seededRandom } from '@sluice/simulator/random';
import { sealPush } from '@sluice/simulator/seal-push';
import { sendTraffic } from '@sluice/simulator/send';
import { simulatedSources } from '@sluice/vendors/simulators';
import { generateTraffic } from '@sluice/simulator/traffic';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import { vendors } from '@sluice/vendors';
import { loadMappings, mappingOf } from '@sluice/vendor-kit/vendor';
import type { VendorMapping } from '@sluice/vendor-kit/mapping/mapping';
import type { Say } from '../say.ts';
import type { Store } from '../stores.ts';

export interface CheckPathOptions {
  /** Of the gateway. */
  readonly url: string;
  readonly sourcesFile: string;
  readonly sourceId: string;
  readonly env: NodeJS.ProcessEnv;
  readonly withinMs: number;
  readonly stores: readonly Store[];
  readonly say: Say;
}

/**
 * Sends one push as the source's vendor would, signed and encrypted as the sources file says, and waits until every
 * store has the events that it becomes. Their ids are known beforehand: they follow from the content alone.
 * @throws an error saying where the sample is not
 */
export async function checkPath(options: CheckPathOptions): Promise<void> {
  const { url, sourcesFile, sourceId, env, withinMs, stores, say } = options;
  const source = readSources(sourcesFile, env, vendors).find(({ id }) => id === sourceId);
  const simulated = (await simulatedSources(sourcesFile, env)).find(({ id }) => id === sourceId);
  if (!source || !simulated) throw new Error(`The sources file has no source ${sourceId}.`);
  const startedAt = performance.now();
  const run = randomUUID();
  const mapping = mappingOf(source, await loadMappings(vendors));
  const { plain, events } = sampleOf(
    source,
    mapping,
    generateTraffic({ sources: [simulated], seed: run, run, now: Date.now }),
  );
  const ledger = await sendTraffic({
    baseUrl: url,
    pushes: [sealPush(plain, simulated, { now: Date.now, random: seededRandom(run) })],
    ...{ connections: 1, resendShare: 0, retryForMs: withinMs },
  });
  const [failure] = ledger.failures;
  if (failure)
    throw new Error(
      `${url} did not acknowledge a push of ${sourceId}: ${failure.detail} (status ${failure.status ?? 'none'}).`,
    );
  const count = `${events.length} ${events.length === 1 ? 'event' : 'events'}`;
  say(`${url} acknowledged a ${plain.dataType} of ${sourceId}, which becomes ${count}.`, {
    of: 'acknowledged',
    ...{ url, source: sourceId, dataType: plain.dataType, events: events.length },
  });
  for (const store of stores) {
    await untilFound(store, events, startedAt + withinMs);
    const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
    const them = events.length === 1 ? 'it' : 'them';
    say(`${store.sink.title} has ${them}, ${seconds.toFixed(1)} s after the push.`, {
      of: 'stored',
      ...{ store: store.sink.title, seconds },
    });
  }
}

/** The first push of a vendor's traffic that becomes events. */
function sampleOf(
  source: Source,
  mapping: VendorMapping,
  traffic: Iterable<PlainPush>,
): { plain: PlainPush; events: readonly CanonicalEvent[] } {
  for (const plain of traffic) {
    const payload = Buffer.from(plain.text);
    const { events } = normalize(
      {
        payload,
        source,
        position: { topic: '', partition: 0, offset: '0' },
        headers: {
          ...{
            sourceId: source.id,
            vendor: source.vendor,
            dataType: plain.dataType,
            receivedAtMs: Date.now(),
          },
          ...{ requestId: '', contentType: '', keyUsed: 'none', traceparent: '' },
          ...{ signed: source.token !== null, encrypted: source.aesKey !== null },
          payloadHash: hash('sha256', payload, 'hex'),
        },
      },
      mapping,
      () => undefined,
    );
    if (events.length > 0) return { plain, events };
  }
  throw new Error('The traffic has an end.');
}

/** @throws an error when it has not all of them by then, with what it said when it was asked last */
async function untilFound(
  { sink, at, commands }: Store,
  events: readonly CanonicalEvent[],
  deadline: number,
): Promise<void> {
  const byTopic = Map.groupBy(events, ({ topic }) => topic);
  for (;;) {
    let missing = 0;
    let said = '';
    for (const [topic, ofTopic] of byTopic) {
      const ids = [...new Set(ofTopic.map(({ value }) => value.meta.event_id))];
      try {
        missing += ids.length - (await commands.find(at, topic, { eventIds: ids }, ids.length)).length;
      } catch (error) {
        missing += ids.length;
        said = ` It said: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    if (missing === 0) return;
    if (performance.now() > deadline)
      throw new Error(
        `${sink.title} lacks ${missing} of ${events.length} ${events.length === 1 ? 'event' : 'events'}: look at the normalizer and at its sink.${said}`,
      );
    await pause(500);
  }
}
