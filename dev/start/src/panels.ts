import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { readSources } from '@sluice/sources/read-sources';
import { vendors } from '@sluice/vendors';
import {
  startEmulator,
  type EmulatedVisitor,
  type Emulator,
} from '@sluice/workbench-emulator/start-emulator';
import {
  launch,
  stopServices,
  waitUntilReady,
  type RunningService,
  type WatchedService,
} from './services.ts';

const config = join(import.meta.dirname, '../../../config');
const secret = (name: string): string => join(config, 'dev-secrets', name);

/** The source whose staff have a panel, and the origin of panels, as config/sources.yaml has them. */
function staffSource(): { readonly sourceId: string; readonly token: string } {
  const source = readSources(join(config, 'sources.yaml'), {}, vendors).find(({ staff }) => staff !== null);
  if (!source?.token) throw new Error('config/sources.yaml has no signed source with staff pages.');
  return { sourceId: source.id, token: source.token.current.reveal() };
}
const configuredOrigin = 'http://127.0.0.1:8091';
/** The emulator, as config/cards.json has it. */
const configuredEmulator = 'http://127.0.0.1:8092';

/** Edits development sources: panels are served at another origin. */
export const panelOriginIn =
  (origin: string) =>
  (sources: string): string =>
    sources.replaceAll(configuredOrigin, origin);

export interface PanelsPlan {
  readonly endpoints: Pick<Endpoints, 'clickhouseUrl' | 'elasticsearchUrl'>;
  readonly stream: string;
  readonly ingressUrl: string;
  readonly configFolder: string;
  readonly logFolder: string;
  readonly ports: { readonly agentPanel: number; readonly emulator: number; readonly ops: number };
  readonly watched?: WatchedService | undefined;
}

export interface RunningPanels {
  readonly service: RunningService;
  readonly emulator: Emulator;
  /** The panel's own address, with its key. */
  readonly panelUrl: string;
  close(): Promise<void>;
}

/** Starts the agent panel service and an emulated workbench that embeds the panel. */
export async function startPanels(plan: PanelsPlan): Promise<RunningPanels> {
  const { endpoints, stream, ports } = plan;
  const key = readFileSync(secret('panel-key'), 'utf8').trim();
  const { sourceId, token } = staffSource();
  const panelUrl = `http://127.0.0.1:${ports.agentPanel}/panels/${sourceId}/?key=${key}`;
  const emulator = await startEmulator({
    port: ports.emulator,
    token,
    panelUrl,
    ...(await recentVisitors(endpoints.clickhouseUrl, stream, sourceId)),
  });
  const panelsFile = writePanel(plan, sourceId, emulator);
  const service = launch({
    name: 'agent-panel',
    logFolder: plan.logFolder,
    opsPort: ports.ops,
    env: {
      SLUICE_HOST: '127.0.0.1',
      SLUICE_PORT: String(ports.agentPanel),
      SLUICE_PANELS_FILE: panelsFile,
      SLUICE_ELASTICSEARCH_URL: endpoints.elasticsearchUrl,
    },
    watched: plan.watched,
  });
  const close = async (): Promise<void> => {
    await stopServices([service]);
    await emulator.close();
  };
  await waitUntilReady(service, plan).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { service, emulator, panelUrl, close };
}

/** @returns the file that the service reads */
function writePanel(
  { configFolder, stream, ingressUrl }: PanelsPlan,
  source: string,
  emulator: Emulator,
): string {
  mkdirSync(configFolder, { recursive: true });
  const panelsFile = join(configFolder, 'panels.yaml');
  const cardsFile = join(configFolder, 'cards.json');
  const cards = readFileSync(join(config, 'cards.json'), 'utf8');
  // The emulator has the picture.
  writeFileSync(cardsFile, cards.replaceAll(configuredEmulator, emulator.url));
  const panel = {
    source,
    page: 'workbench',
    stream,
    gateway: ingressUrl,
    accessKey: { current: { file: secret('panel-key') } },
    ticketKey: { current: { file: secret('staff-ticket-key') } },
    frameAncestors: [emulator.url],
    scriptUrl: emulator.scriptUrl,
    cards: cardsFile,
  };
  // JSON is YAML, too.
  writeFileSync(panelsFile, JSON.stringify({ panels: [panel] }, null, 2));
  return panelsFile;
}

/** Visitors that there is something to show of; without any the emulator has its own. */
async function recentVisitors(
  clickhouseUrl: string,
  stream: string,
  sourceId: string,
): Promise<{ visitors?: EmulatedVisitor[] }> {
  const query = `SELECT visitor_id AS visitorId, any(visitor_name) AS visitorName,
      argMax(conversation_id, received_at) AS conversationId
    FROM ${stream}.conversation_latest
    WHERE source_id = '${sourceId}' AND visitor_id != '' AND conversation_id != ''
    GROUP BY visitor_id ORDER BY max(received_at) DESC LIMIT 6 FORMAT JSONEachRow`;
  const answer = await fetch(`${clickhouseUrl}/`, { method: 'POST', body: query });
  if (!answer.ok) throw new Error(`ClickHouse answered ${answer.status}: ${await answer.text()}`);
  const visitors = (await answer.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { visitorId, visitorName, conversationId } = JSON.parse(line) as Record<string, string | null>;
      return {
        visitorId: visitorId ?? '',
        ...(visitorName ? { visitorName } : {}),
        ...(conversationId ? { conversationId } : {}),
      };
    });
  return visitors.length > 0 ? { visitors } : {};
}
