import { developmentSources } from '@sluice/start/development-sources';
import { createHash } from 'node:crypto';
import { startEmulator } from '@sluice/workbench-emulator/start-emulator';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { callIn, connectIn, listenIn, openBarePage, startBench, until, type Bench } from './bench.ts';
import { findBrowser, launchBrowser } from './browser.ts';

const program = findBrowser();
const card = { eventId: 'cook1005', title: '毛衣', content: '<b>¥211</b>' };
const announced = [
  ['sendTxtMsgToVisitor', '您好'],
  ['sendImageToVisitor', { smallImg: 'https://cdn.example/s.jpg', sourceImg: 'https://cdn.example/l.jpg' }],
  [
    'sendVideoToVisitor',
    { videoThumbUrl: 'https://cdn.example/t.jpg', fileUrl: 'https://cdn.example/v.mp4' },
  ],
  ['sendVoiceToVisitor', { fileUrl: 'https://cdn.example/a.mp3', voiceDuration: 3 }],
  ['sendFileToVisitor', { fileUrl: 'https://cdn.example/a.pdf', fileName: 'a.pdf', fileSize: 12 }],
] as const;
const listeners = ['onSelectVisitor', 'onReceiveMsg', 'onCrmUpdate'] as const;

(program === null ? describe.skip : describe)('the SDK in a browser, within the emulated workbench', () => {
  let bench: Bench;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    [bench, browser] = await Promise.all([startBench(), launchBrowser(program!)]);
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await bench.close();
  }, 120_000);
  beforeEach(async () => {
    for (const [method] of announced) bench.panels.emulator.setMethod(method, false);
    for (const method of listeners) bench.panels.emulator.setMethod(method, false);
    bench.panels.emulator.setSignatureLife(300_000);
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(() => context.close());

  test('connects, reads parameters, and shows what it does to the visitor', async () => {
    const frame = await openBarePage(page, bench);
    expect(await connectIn(frame, bench)).toBe('connected');
    expect(await callIn(frame, 'getParamData', 'visitorData', 'visitorId')).toBe('web377724523');
    expect(await callIn(frame, 'getParamData', 'nothing')).toBe('');
    expect(await callIn(frame, 'pushVisitorEvent', card)).toBe('done');
    expect(await callIn(frame, 'setVisitorChatSign', { chatSign: 1 })).toBe('done');
    await page.locator('[data-kind=card] [data-field=title]', { hasText: '毛衣' }).waitFor();
    await page.locator('#sign output', { hasText: /^1$/ }).waitFor();
  }, 60_000);

  test('a wrong argument never reaches the vendor', async () => {
    const frame = await openBarePage(page, bench);
    await connectIn(frame, bench);
    expect(await callIn(frame, 'setVisitorChatSign', { chatSign: 2 })).toMatch(/^invalid: .*must be 0 or 1/);
    expect(await callIn(frame, 'pushVisitorEvent', {})).toMatch(/^invalid: .*title must be a text/);
    expect(await page.locator('#sign output').textContent()).toBe('–');
    expect(await page.locator('#window li').count()).toBe(0);
  }, 60_000);

  test('a source whose token is not that of the workbench: the vendor says why', async () => {
    const other = await startEmulator({ port: 0, token: 'another', panelUrl: 'http://127.0.0.1:1/' });
    try {
      const frame = await openBarePage(page, { ...bench, panels: { ...bench.panels, emulator: other } });
      const answer = await connectIn(frame, bench, { scriptUrl: other.scriptUrl });
      expect(answer).toBe('refused: The workbench refuses the page: 签名错误');
    } finally {
      await other.close();
    }
  }, 60_000);

  test.each([
    ['a token that the gateway does not know', { credential: 'a stranger' }, /^gateway: .*401 unauthorized/],
    ['a source that is not there', { source: 'nobody' }, /^gateway: /],
    ['a script that is not there', { scriptUrl: 'http://127.0.0.1:9/jssdk.js' }, /^script: /],
    ['a gateway that does not answer', { gateway: 'http://127.0.0.1:9' }, /^gateway: /],
  ])(
    '%s is told',
    async (_name, options, line) => {
      const frame = await openBarePage(page, bench);
      expect(await connectIn(frame, bench, options)).toMatch(line);
    },
    60_000,
  );

  test('a signature that has expired is asked for again, once', async () => {
    let asked = 0;
    await context.route('**/js-sdk/config', async (route) => {
      asked += 1;
      if (asked > 1) return route.continue();
      const timestamp = String(Math.floor(Date.now() / 1000) - 600);
      const parts = [bench.token, timestamp, 'old'].sort().join('');
      const signature = createHash('sha1').update(parts).digest('hex');
      const json = { timestamp, nonce: 'old', signature, expiresAt: Date.now() + 60_000 };
      return route.fulfill({ json, headers: { 'access-control-allow-origin': bench.barePage } });
    });
    const frame = await openBarePage(page, bench);
    expect([await connectIn(frame, bench), asked]).toEqual(['connected', 2]);
  }, 60_000);

  test('a workbench that takes no signature is not asked for ever', async () => {
    bench.panels.emulator.setSignatureLife(-1);
    let asked = 0;
    page.on('request', (request) => {
      if (request.method() === 'GET' && request.url().endsWith('/js-sdk/config')) asked += 1;
    });
    const frame = await openBarePage(page, bench);
    expect(await connectIn(frame, bench)).toBe('refused: The workbench refuses the page: 签名过期');
    expect(asked).toBe(2);
  }, 60_000);

  test.each(announced)(
    '%s is refused until the vendor has it, and works from then on',
    async (method, argument) => {
      let frame = await openBarePage(page, bench);
      await connectIn(frame, bench);
      expect(await callIn(frame, 'supports', method)).toBe(false);
      expect(await callIn(frame, method, argument)).toMatch(/^unsupported: The vendor's script has no /);

      bench.panels.emulator.setMethod(method, true);
      frame = await openBarePage(page, bench);
      await connectIn(frame, bench);
      expect(await callIn(frame, 'supports', method)).toBe(true);
      expect(await callIn(frame, method, argument)).toBe('done');
      await page.locator('#window li').waitFor();
    },
    60_000,
  );

  test.each(listeners)(
    '%s is refused until the vendor has it, and is heard from then on',
    async (method) => {
      let frame = await openBarePage(page, bench);
      await connectIn(frame, bench);
      expect(await listenIn(frame, method)).toBe('unsupported');

      bench.panels.emulator.setMethod(method, true);
      frame = await openBarePage(page, bench);
      await connectIn(frame, bench);
      expect(await listenIn(frame, method)).toBe('listening');
      await page.locator('#message input').fill('在吗');
      await page.locator('#message button').click();
      await page.locator('#contact input[name=nickName]').fill('小明');
      await page.locator('#contact button').click();
      // Without this method the page would be opened again.
      if (method === 'onSelectVisitor') await page.locator('#visitors button').nth(1).click();
      const heard = await until(
        () => frame.evaluate(() => (globalThis as unknown as { heard: Record<string, unknown>[] }).heard[0]),
        'something is heard',
      );
      const expected = {
        onSelectVisitor: { chatStatus: 1, visitorData: { visitorId: 'vip377724524' } },
        onReceiveMsg: { visitorId: 'web377724523', msgType: 1, content: '在吗' },
        onCrmUpdate: { visitorId: 'web377724523', nickName: '小明' },
      };
      expect(heard).toMatchObject(expected[method]);
    },
    60_000,
  );

  describe('what is captured', () => {
    test('reaches the store: what, who, which conversation, and what came of it', async () => {
      const conversationId = `1_${Date.now()}`;
      const frame = await openBarePage(page, bench);
      await connectIn(frame, bench, {}, { conversationId, staffId: '8021' });
      await callIn(frame, 'pushVisitorEvent', card);
      await callIn(frame, 'setVisitorChatSign', { chatSign: 0 });
      await callIn(frame, 'sendTxtMsgToVisitor', '一句话');
      await callIn(frame, 'setVisitorChatSign', { chatSign: 7 });
      const rows = await until(async () => {
        const found = await bench.actions(`conversation_id = '${conversationId}'`);
        return found.length >= 5 && found;
      }, 'five actions');
      expect(rows.map(({ action, result }) => `${String(action)} ${String(result)}`).sort()).toEqual([
        'CARD_PUSHED DONE',
        'CONNECTED DONE',
        'CONVERSATION_SIGNED DONE',
        'CONVERSATION_SIGNED INVALID',
        'TEXT_SENT UNSUPPORTED',
      ]);
      const of = (action: string) => rows.find((row) => row.action === action);
      expect(of('CARD_PUSHED')).toMatchObject({
        ...{
          source_id: developmentSources.encrypted,
          page_id: 'workbench',
          visitor_id: 'web377724523',
          staff_id: '8021',
        },
        ...{ card_id: 'cook1005', card_title: '毛衣', card_content: '<b>¥211</b>', staff_verified: false },
      });
      // Text is left out unless the page says otherwise.
      expect(of('TEXT_SENT')).toMatchObject({ message_text: null, left_out: ['message.content'] });
    }, 120_000);

    test.each([
      ['keep', '一句话'],
      ['hash', `sha256:${createHash('sha256').update('一句话').digest('hex')}`],
      ['drop', null],
    ])(
      'text is redacted as the page configures: %s',
      async (redaction, text) => {
        bench.panels.emulator.setMethod('sendTxtMsgToVisitor', true);
        const frame = await openBarePage(page, bench);
        await connectIn(frame, bench, { capture: { text: redaction } });
        const since = Date.now();
        await callIn(frame, 'sendTxtMsgToVisitor', '一句话');
        const rows = await until(async () => {
          const found = await bench.actions(
            `action = 'TEXT_SENT' AND result = 'DONE' AND toUnixTimestamp64Milli(occurred_at) >= ${since}`,
          );
          return found.length > 0 && found;
        }, 'the text');
        expect(rows).toMatchObject([{ message_text: text }]);
      },
      120_000,
    );

    test('while offline it waits, the page works on, and all of it is sent once afterwards', async () => {
      const frame = await openBarePage(page, bench);
      await connectIn(frame, bench);
      await callIn(frame, 'flush');
      await context.setOffline(true);
      const titles = Array.from({ length: 30 }, (_, at) => `offline ${Date.now()} ${at}`);
      for (const title of titles) expect(await callIn(frame, 'pushVisitorEvent', { title })).toBe('done');
      await callIn(frame, 'flush');
      expect(await callIn(frame, 'waiting')).toBe(30);
      await context.setOffline(false);
      await until(async () => (await callIn(frame, 'waiting')) === 0, 'nothing waits');
      const list = titles.map((title) => `'${title}'`).join(',');
      const rows = await until(async () => {
        const found = await bench.actions(`card_title IN (${list})`);
        return found.length >= 30 && found;
      }, 'thirty cards');
      expect(rows.map(({ card_title }) => card_title).sort()).toEqual(titles.toSorted());
    }, 120_000);

    test('what a page did just before it closes is still sent', async () => {
      const frame = await openBarePage(page, bench);
      await connectIn(frame, bench);
      const title = `closing ${Date.now()}`;
      await callIn(frame, 'pushVisitorEvent', { title });
      await page.close({ runBeforeUnload: true });
      const rows = await until(async () => {
        const found = await bench.actions(`card_title = '${title}'`);
        return found.length > 0 && found;
      }, 'the card');
      expect(rows).toHaveLength(1);
    }, 120_000);

    test('what a closed page could not send the next one sends, as one event', async () => {
      let isAway = true;
      await context.route('**/staff-actions', (route) => (isAway ? route.abort() : route.continue()));
      const title = `left ${Date.now()}`;
      const frame = await openBarePage(page, bench);
      await connectIn(frame, bench);
      await callIn(frame, 'pushVisitorEvent', { title });
      await callIn(frame, 'flush');
      expect(Number(await callIn(frame, 'waiting'))).toBeGreaterThan(0);
      await page.close();

      isAway = false;
      page = await context.newPage();
      const next = await openBarePage(page, bench);
      await connectIn(next, bench);
      const rows = await until(async () => {
        const found = await bench.actions(`card_title = '${title}'`);
        return found.length > 0 && found;
      }, 'the card');
      expect(rows).toHaveLength(1);
      await until(async () => (await callIn(next, 'waiting')) === 0, 'nothing waits');
    }, 120_000);

    test('a gateway that is broken, and a page that breaks its own promises, break nothing', async () => {
      await context.route('**/staff-actions', (route) => route.fulfill({ status: 500, body: 'x' }));
      const frame = await openBarePage(page, bench);
      await frame.evaluate(() => {
        const broken = () => {
          throw new Error('broken');
        };
        Object.defineProperty(globalThis, 'indexedDB', { get: broken });
      });
      expect(await connectIn(frame, bench)).toBe('connected');
      expect(await callIn(frame, 'pushVisitorEvent', card)).toBe('done');
      await callIn(frame, 'flush');
    }, 60_000);
  });
});
