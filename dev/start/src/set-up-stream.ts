import { registerSchemas } from '@sluice/canonical-event/registry';
import { applyStreamTopics } from '@sluice/cli/apply-stream-topics';
import { sinks } from '@sluice/cli/sinks';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { storeAddresses } from './store-addresses.ts';

/** Everything that a stream needs before services start: the steps of a release, on one broker. */
export async function setUpStream(endpoints: Endpoints, stream: string): Promise<void> {
  const addresses = storeAddresses(endpoints, stream);
  await Promise.all([
    applyStreamTopics({ brokers: endpoints.kafkaBrokers, clientId: 'sluice-start' }, stream, { replicas: 1 }),
    registerSchemas({ url: endpoints.registryUrl }, stream),
    ...sinks.map(async (sink) => {
      const commands = await sink.commands();
      await commands.migrate(addresses[sink.id], { replicas: 0 });
    }),
  ]);
}
