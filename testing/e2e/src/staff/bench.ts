import { developmentSources } from '@sluice/start/development-sources';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { bundlePlainSdk } from '@sluice/echat-staff-sdk/bundle';
import { seededRandom } from '@sluice/simulator/random';
import { sealPush } from '@sluice/simulator/seal-push';
import { simulatedSources } from '@sluice/vendors/simulators';
import { freePorts } from '@sluice/dev-servers/free-port';
import { startPanels, type RunningPanels } from '@sluice/start/panels';
import { root, startSystem, type System } from '../system.ts';

export const sourceId = developmentSources.encrypted;
const pageToken = readFileSync(join(root, 'config/dev-secrets/staff-page-token'), 'utf8').trim();

/** The whole product with a panel, an emulated workbench around it, and pages of our own on the panel's origin. */
export interface Bench {
  readonly system: System;
  readonly panels: RunningPanels;
  readonly origin: string;
  /** Of a page that does nothing but hold the SDK as a plain script. */
  readonly barePage: string;
  /** What the panel's source and its vendor sign with. */
  readonly token: string;
  /** Pushes a document to the panel's source, as the vendor would. */
  push(dataType: string, xml: string): Promise<void>;
  /** Rows of staff actions, by a condition on them. */
  actions(where: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const [agentPanel = 0, ops = 0] = await freePorts(2);
  const origin = `http://127.0.0.1:${agentPanel}`;
  const bare = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><script>${sdk}</script>`);
  }).listen(0, '127.0.0.1');
  const sdk = await bundlePlainSdk();
  if (!bare.listening) await once(bare, 'listening');
  const barePage = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;
  const system = await startSystem((sources) =>
    sources.replace(/origins: \[.*\]/, `origins: ['${origin}', '${barePage}']`),
  );
  const { endpoints, stream, ingressUrl, plan } = system;
  const panels = await startPanels({
    ...{ endpoints, stream, ingressUrl },
    configFolder: plan.logFolder,
    logFolder: plan.logFolder,
    ports: { agentPanel, emulator: 0, ops },
  });
  const source = (await simulatedSources(system.sourcesFile)).find(({ id }) => id === sourceId);
  if (source?.signingKey === undefined) throw new Error(`There is no signed source ${sourceId}.`);
  return {
    system,
    panels,
    origin,
    barePage,
    token: source.signingKey,
    async push(dataType, text) {
      const plain = {
        id: '',
        vendor: source.vendor,
        sourceId,
        dataType,
        text,
        secretParts: [{ start: 0, end: text.length }],
        records: 1,
        presealed: false,
      } as const;
      const { path, headers, body } = sealPush(plain, source, { now: Date.now, random: seededRandom(text) });
      const answer = await fetch(`${ingressUrl}${path}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      });
      if ((await answer.text()) !== 'success') throw new Error(`${dataType} was not acknowledged.`);
    },
    async actions(where) {
      const query = `SELECT * FROM ${stream}.staff_action_latest WHERE ${where} ORDER BY occurred_at FORMAT JSONEachRow`;
      const answer = await fetch(`${endpoints.clickhouseUrl}/`, { method: 'POST', body: query });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    async close() {
      bare.closeAllConnections();
      bare.close();
      await panels.close();
      await system.close();
    },
  };
}

/** Waits until something is found; what it is found by may throw meanwhile. */
export async function until<T>(find: () => Promise<T | null | undefined | false>, what: string): Promise<T> {
  const deadline = performance.now() + 40_000;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`Not within 40 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The panel within the emulated workbench, once the first visitor was chosen. */
export async function openPanel(page: Page, bench: Bench, visitor = 0): Promise<Frame> {
  bench.panels.emulator.setPanelUrl(bench.panels.panelUrl);
  return openFrame(page, bench, visitor);
}

/** A page with the SDK alone, within the emulated workbench. */
export async function openBarePage(page: Page, bench: Bench): Promise<Frame> {
  bench.panels.emulator.setPanelUrl(`${bench.barePage}/`);
  return openFrame(page, bench, 0);
}

async function openFrame(page: Page, { panels, origin, barePage }: Bench, visitor: number): Promise<Frame> {
  await page.goto(panels.emulator.url);
  await page.locator('#visitors button').nth(visitor).click();
  const frame = await until(
    () =>
      Promise.resolve(page.frames().find((one) => [origin, barePage].includes(new URL(one.url()).origin))),
    'the panel is opened',
  );
  await frame.waitForLoadState();
  return frame;
}

/** What a page of a company would do: connect, say who is there, and keep what comes of it for the test. */
export async function connectIn(
  frame: Frame,
  bench: Bench,
  options: object = {},
  identity: object = {},
): Promise<string> {
  const settings = {
    gateway: bench.system.ingressUrl,
    source: sourceId,
    credential: pageToken,
    scriptUrl: bench.panels.emulator.scriptUrl,
    ...options,
  };
  return frame.evaluate(
    async ([given, known]) => {
      const page = globalThis as unknown as {
        SluiceStaff: { connect(options: object): Promise<unknown> };
        sdk: unknown;
      };
      try {
        page.sdk = await page.SluiceStaff.connect({ ...given, identity: () => known });
        return 'connected';
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return `${code}: ${message}`;
      }
    },
    [settings, identity] as const,
  );
}

/** Calls a method of the connected SDK. */
export async function callIn(frame: Frame, method: string, ...given: readonly unknown[]): Promise<unknown> {
  return frame.evaluate(
    async ([name, values]) => {
      const { sdk } = globalThis as unknown as { sdk: Record<string, (...values: unknown[]) => unknown> };
      try {
        return (await sdk[name]?.(...values)) ?? 'done';
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return `${code}: ${message}`;
      }
    },
    [method, given] as const,
  );
}

/** Listens by a method of the connected SDK; what comes is found at `heard`. */
export function listenIn(frame: Frame, method: string): Promise<string> {
  return frame.evaluate(async (name) => {
    const page = globalThis as unknown as {
      sdk: Record<string, (callback: (event: unknown) => void) => Promise<unknown>>;
      heard?: unknown[];
    };
    const heard = (page.heard ??= []);
    try {
      await page.sdk[name]?.((event) => heard.push(event));
      return 'listening';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }, method);
}

/** Everything that shows that a script ran which should not: a mark, a dialog, an error. */
export function watchForScripts(context: BrowserContext): { found: string[] } {
  const found: string[] = [];
  context.on('dialog', (dialog) => {
    found.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('weberror', (error) => found.push(`error ${error.error().message}`));
  return { found };
}
