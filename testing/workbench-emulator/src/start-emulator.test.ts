import { createHash } from 'node:crypto';
import { startEmulator, type Emulator } from './start-emulator.ts';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ port: 0, token: 'myToken', panelUrl: 'http://127.0.0.1:1/?key=a' });
});
afterEach(() => emulator.close());

const post = async (path: string, body: object): Promise<unknown> => {
  const answer = await fetch(`${emulator.url}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return answer.json();
};
const signed = (timestamp: string, nonce = 'myNonce') => ({
  timestamp,
  nonce,
  signature: createHash('sha1').update([timestamp, nonce, 'myToken'].sort().join('')).digest('hex'),
});

test("the vendor's own example of a signature is good", async () => {
  const signature = '81ceaac69a2f44be4f98d4adbea202d5792c62bb';
  expect(await post('verify', { timestamp: 'myTimestamp', nonce: 'myNonce', signature })).toEqual({
    ok: true,
  });
});

test('a signature is good for its life, in seconds and in ms', async () => {
  const nowMs = Date.now();
  const seconds = String(Math.floor(nowMs / 1000));
  expect(await post('verify', signed(seconds))).toEqual({ ok: true });
  expect(await post('verify', signed(String(nowMs)))).toEqual({ ok: true });
  expect(emulator.verified()).toBe(2);
  emulator.setSignatureLife(-1);
  expect(await post('verify', signed(seconds))).toEqual({ ok: false, errMsg: '签名过期' });
  expect(await post('verify', { ...signed(seconds), nonce: 'another' })).toEqual({
    ok: false,
    errMsg: '签名错误',
  });
});

test("the script has the vendor's open methods, and announced ones when they are switched on", async () => {
  const script = async (): Promise<string> => (await fetch(emulator.scriptUrl)).text();
  expect(await script()).toContain('methods = ["pushVisitorEvent","setVisitorChatSign"];');
  await post('methods', { onReceiveMsg: true, pushVisitorEvent: false, nonsense: true });
  expect(await script()).toContain('methods = ["setVisitorChatSign","onReceiveMsg"];');
});

test('the page and what it loads are there, and nothing else', async () => {
  for (const path of ['', 'workbench.css', 'workbench.js', 'state', 'card.svg'])
    expect((await fetch(`${emulator.url}/${path}`)).status).toBe(200);
  for (const path of ['start-emulator.ts', '../package.json', 'workbench.ts', 'card.html', 'workbench.svg'])
    expect((await fetch(`${emulator.url}/${path}`)).status).toBe(404);
});
