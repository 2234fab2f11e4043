import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Somebody who is in a chat. */
export interface EmulatedVisitor {
  readonly visitorId: string;
  readonly visitorName?: string;
  readonly conversationId?: string;
}

export interface EmulatorOptions {
  /** 0: any. */
  readonly port: number;
  /** What the vendor verifies signatures with. */
  readonly token: string;
  /** The page that is embedded, with the parameters that the company configured. */
  readonly panelUrl: string;
  /** How long a signature is good, in ms. The vendor does not say. */
  readonly signatureLifeMs?: number;
  readonly visitors?: readonly EmulatedVisitor[];
}

export interface Emulator {
  readonly url: string;
  /** The vendor's script, for a panel's settings. */
  readonly scriptUrl: string;
  setPanelUrl(url: string): void;
  setSignatureLife(ms: number): void;
  /** Switches a method on or off; panels that are opened from now on have it, or not. */
  setMethod(name: string, isOn: boolean): void;
  /** Signatures that were verified so far. */
  verified(): number;
  close(): Promise<void>;
}

/** Announced methods (未开放) are off, as at the vendor. */
const documented: Readonly<Record<string, boolean>> = {
  pushVisitorEvent: true,
  setVisitorChatSign: true,
  onSelectVisitor: false,
  sendTxtMsgToVisitor: false,
  sendImageToVisitor: false,
  sendVideoToVisitor: false,
  sendVoiceToVisitor: false,
  sendFileToVisitor: false,
  onReceiveMsg: false,
  onCrmUpdate: false,
};
const presetVisitors: readonly EmulatedVisitor[] = [
  { visitorId: 'web377724523', visitorName: '游客一', conversationId: '1_5987809' },
  { visitorId: 'vip377724524', visitorName: '会员二', conversationId: '1_5987810' },
];
const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
};
const file = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

/**
 * Echat's workbench for who has no account there: it embeds a panel, verifies its signature as the vendor does, and
 * shows what the visitor would see. It shares no code with the gateway.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { token, visitors = presetVisitors } = options;
  let { panelUrl, signatureLifeMs = 300_000 } = options;
  let verified = 0;
  const methods: Record<string, boolean> = { ...documented };

  /** sha1 over the three, sorted and joined; the vendor's page says that a signature may be too old, not when. */
  const verify = ({ timestamp, nonce, signature }: Record<string, unknown>): object => {
    const parts = [token, String(timestamp), String(nonce)].sort();
    const expected = createHash('sha1').update(parts.join('')).digest('hex');
    if (signature !== expected) return { ok: false, errMsg: '签名错误' };
    const sentMs = String(timestamp).length === 10 ? Number(timestamp) * 1000 : Number(timestamp);
    if (Math.abs(Date.now() - sentMs) > signatureLifeMs) return { ok: false, errMsg: '签名过期' };
    verified += 1;
    return { ok: true };
  };
  const script = (origin: string): string => {
    const on = Object.keys(methods).filter((name) => methods[name]);
    return file('vendor-script.js')
      .replace('= METHODS;', `= ${JSON.stringify(on)};`)
      .replace('= WORKBENCH;', `= ${JSON.stringify(origin)};`);
  };

  const answer = async (request: IncomingMessage, origin: string): Promise<[type: string, text: string]> => {
    const path = (request.url ?? '').replace(/\?.*/, '').slice(1) || 'workbench.html';
    const isPost = request.method === 'POST';
    if (isPost && path === 'verify')
      return ['application/json', JSON.stringify(verify(await bodyOf(request)))];
    if (isPost && path === 'methods') {
      for (const [name, isOn] of Object.entries(await bodyOf(request)))
        if (Object.hasOwn(methods, name)) methods[name] = isOn === true;
      return ['application/json', '{}'];
    }
    if (path === 'state') return ['application/json', JSON.stringify({ panelUrl, visitors, methods })];
    if (path === 'open/staff/jssdk-1.0.0.js') return ['text/javascript', script(origin)];
    const [, kind = ''] = /^(?:workbench\.(?=html|css|js)|card\.(?=svg))(\w+)$/.exec(path) ?? [];
    const type = types[kind];
    return type === undefined ? ['', ''] : [type, file(path)];
  };
  const server = createServer((request, response) => {
    void respond(request, response).catch(() => response.destroy());
  });
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [type, text] = await answer(request, url);
    response.writeHead(type === '' ? 404 : 200, {
      'content-type': `${type || 'text/plain'}; charset=utf-8`,
      'cache-control': 'no-store',
    });
    response.end(text);
  };
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    scriptUrl: `${url}/open/staff/jssdk-1.0.0.js`,
    setPanelUrl: (changed) => void (panelUrl = changed),
    setSignatureLife: (ms) => void (signatureLifeMs = ms),
    setMethod: (name, isOn) => void (methods[name] = isOn),
    verified: () => verified,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const value: unknown = JSON.parse(Buffer.concat(parts).toString());
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
