import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { elasticsearchLoginOf } from '@sluice/service/elasticsearch-settings';
import { listeningOf } from '@sluice/service/http-settings';
import { readConfig } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { serve } from '@sluice/service/serve';
import type { LiveKey } from '@sluice/sources/source';
import type { Telemetry } from '@sluice/telemetry/telemetry';
import { createApp, type AgentPanelOptions } from './app.ts';
import { readPanels, type Panel } from './read-panels.ts';
import { readVisitor } from './read-visitor.ts';
import { configSchema } from './settings.ts';

const browser = join(import.meta.dirname, '../browser');
const built = join(import.meta.dirname, '../dist/panel.js');

/** In the image it was built with the image; sources are bundled as they stand. */
async function panelScript(): Promise<string> {
  if (existsSync(built)) return readFileSync(built, 'utf8');
  const { bundlePanel } = await import('../build/bundle-panel.ts');
  return bundlePanel();
}

/** @returns what counts the use of a key */
function countKeys(telemetry: Telemetry, panels: readonly Panel[]): AgentPanelOptions['onKeyUsed'] {
  const count = ({ sourceId: source, pageId: page }: Panel, key: LiveKey, by: number): void =>
    telemetry.count('sluice_agent_panel_keys_used_total', { source, secret: 'accessKey', page, key }, by);
  // A counter that begins at 1 hides its first use.
  for (const panel of panels) for (const key of ['current', 'previous'] as const) count(panel, key, 0);
  telemetry.gauges('sluice_agent_panel_previous_keys', () =>
    panels.map(({ sourceId: source, pageId: page, accessKey: { previous } }) => [
      { source, secret: 'accessKey', page },
      Number(previous !== null),
    ]),
  );
  return (panel, key) => count(panel, key, 1);
}

await runService(
  'agent-panel',
  process,
  (env) => readConfig(configSchema, env),
  async ({ config, log, telemetry }) => {
    const panels = readPanels(config.panelsFile, process.env);
    const login = elasticsearchLoginOf(config, (level, message) => log[level](message));
    const elasticsearch = { url: config.elasticsearchUrl, ...login };
    const app = createApp({
      onKeyUsed: countKeys(telemetry, panels),
      panels,
      assets: {
        script: await panelScript(),
        style: readFileSync(join(browser, 'panel.css'), 'utf8'),
      },
      readVisitor: ({ stream, sourceId }, visitorId) =>
        readVisitor(elasticsearch, { stream, sourceId, visitorId }),
      nowMs: Date.now,
      trustProxy: config.trustProxy,
      onAnswer: (panel, route, status) =>
        telemetry.count('sluice_agent_panel_requests_total', {
          source: panel?.sourceId ?? '',
          route,
          status: String(status),
        }),
      onProblem: (message) => log.error(message),
    });
    const serving = await serve(app, { ...listeningOf(config, log), isReady: () => true });
    log.info(`serves panels of ${panels.map(({ sourceId }) => sourceId).join(', ')} on port ${serving.port}`);
    return {
      notReady: () => [],
      stop: () => serving.stop(),
      abort() {
        const aborted = serving.abort();
        return [`${aborted} panel requests were not answered. Staff see an error and can retry.`];
      },
    };
  },
);
