import { developmentSources } from '@sluice/start/development-sources';
import { startEmulator } from '@sluice/workbench-emulator/start-emulator';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { openPanel, sourceId, startBench, until, watchForScripts, type Bench } from './bench.ts';
import { findBrowser, launchBrowser, screenshotPath } from './browser.ts';

const program = findBrowser();
/** It runs where it is taken for HTML, in an attribute, in a URL or in a script. */
const hostile = `"><img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>'\`\${ran=1}\u202e`;
/** Whether an image of the same kind has failed: it was asked for later than those that must not have run anything. */
const imageHasFailed = (): Promise<void> =>
  new Promise((resolve) => {
    const { document } = globalThis as unknown as {
      document: { createElement(name: string): { src: string; onerror: () => void } };
    };
    Object.assign(document.createElement('img'), { onerror: () => resolve(), src: 'x' });
  });
const inXml = (value: string): string => `<![CDATA[${value}]]>`;

(program === null ? describe.skip : describe)('the panel in a browser, within the emulated workbench', () => {
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
    bench.panels.emulator.setMethod('onSelectVisitor', false);
    context = await browser.newContext({ locale: 'zh-CN' });
    page = await context.newPage();
  });
  afterEach(() => context.close());

  const connected = async (visitor = 0, words = '已连接工作台'): Promise<Frame> => {
    const frame = await openPanel(page, bench, visitor);
    await frame.locator('#status', { hasText: words }).waitFor();
    return frame;
  };
  test('a click is found as a row in ClickHouse and as a document in Elasticsearch', async () => {
    const frame = await connected();
    const since = Date.now();
    await frame.locator('[data-card=cook1005] button').click();
    await frame.locator('#status', { hasText: '已发送:2016秋冬新品' }).waitFor();
    await frame.locator('#mark button').first().click();
    await frame.locator('#mark button[aria-pressed=true]', { hasText: '已解决' }).waitFor();
    await page.locator('[data-kind=card] [data-field=eventId]', { hasText: 'cook1005' }).waitFor();
    await page.locator('#sign output', { hasText: /^1$/ }).waitFor();

    const rows = await until(async () => {
      const found = await bench.actions(
        `action IN ('CARD_PUSHED', 'CONVERSATION_SIGNED') AND toUnixTimestamp64Milli(occurred_at) >= ${since}`,
      );
      return found.length === 2 && found;
    }, 'both actions in ClickHouse');
    expect(rows).toMatchObject([
      { card_id: 'cook1005', visitor_id: 'web377724523', conversation_id: '1_5987809', result: 'DONE' },
      { sign: 1, visitor_id: 'web377724523', conversation_id: '1_5987809', page_id: 'workbench' },
    ]);
    const { endpoints, stream } = bench.system;
    for (const { event_id } of rows) {
      const url = `${endpoints.elasticsearchUrl}/${stream}-staff-action-*/_search`;
      const body = JSON.stringify({ query: { ids: { values: [event_id] } } });
      const document = await until(async () => {
        const answer = await fetch(url, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json' },
        });
        const { hits } = (await answer.json()) as { hits?: { hits: { _source: Record<string, unknown> }[] } };
        return hits?.hits[0]?._source;
      }, 'the document');
      expect(document).toMatchObject({ visitor_id: 'web377724523', page_id: 'workbench' });
    }
  }, 120_000);

  test('hostile text in every field is text: nothing of it runs', async () => {
    const visitorId = 'web377724523';
    const id = `1_${Date.now() % 1_000_000_000}`;
    const ids = `<visitorId>${visitorId}</visitorId>`;
    await bench.push(
      'chatStart',
      `<xml><msgId>${id}</msgId><visitorData>${ids}<visitorName>${inXml(hostile)}</visitorName></visitorData><chatData><chatRecordId>${id}</chatRecordId><chatRequestTime>2026-01-02 03:04:05</chatRequestTime><chatStaffName>${inXml(hostile)}</chatStaffName></chatData></xml>`,
    );
    await bench.push(
      'chatScore',
      `<xml><chatRecordId>${id}</chatRecordId><chatScore>2</chatScore><scoreSuggest>${inXml(hostile)}</scoreSuggest></xml>`,
    );
    await bench.push(
      'chatSubject',
      `<xml><chatRecordId>${id}</chatRecordId><chatSubject>${inXml(hostile)}</chatSubject></xml>`,
    );
    const person = [
      'name',
      'nickName',
      'phone',
      'qq',
      'wechat',
      'email',
      'province',
      'city',
      'address',
      'memo',
    ];
    const crm = person.map((name) => `<${name}>${inXml(hostile)}</${name}>`).join('');
    await bench.push('crmStatus', `<xml><crmStatus>1</crmStatus><crmData>${ids}${crm}</crmData></xml>`);

    const scripts = watchForScripts(context);
    const card = {
      eventId: hostile,
      title: hostile,
      price: hostile,
      content: hostile,
      memo: hostile,
      url: hostile,
    };
    await context.route('**/panels/*/cards', (route) => route.fulfill({ json: { cards: [card] } }));
    const frame = await until(async () => {
      const opened = await connected();
      const shown = opened.locator('#record');
      // An index that was just made may not answer yet.
      await shown.locator('section, .bad').first().waitFor();
      const text = (await shown.textContent()) ?? '';
      return text.includes('2/5') && text.includes('邮箱') && opened;
    }, 'what was pushed is shown');
    expect(
      (await frame.locator('#record').textContent())?.split('onerror="globalThis.ran=1"').length,
    ).toBeGreaterThan(10);
    await frame.locator('#cards li button').click();
    await page.locator('[data-kind=card]').waitFor();
    await frame.locator('#cards input').fill(hostile);
    await page.locator('#message input').fill(hostile);
    await page.locator('#message button').click();

    // The card's own frame runs nothing, not even for this test, and so never counts as idle.
    for (const one of page.frames().filter((frame) => !frame.url().startsWith('about:'))) {
      await one.evaluate(imageHasFailed);
      expect(await one.evaluate(() => (globalThis as { ran?: number }).ran)).toBeUndefined();
    }
    expect(await frame.locator('main script, main img[onerror]').count()).toBe(0);
    expect(scripts.found).toEqual([]);
    await page.locator('#panel iframe').screenshot({ path: screenshotPath('panel-hostile') });

    const rows = await until(async () => {
      const found = await bench.actions(`action = 'CARD_PUSHED' AND card_id != 'cook1005'`);
      return found.length > 0 && found;
    }, 'the hostile card');
    expect(rows[0]).toMatchObject({ card_id: hostile, card_title: hostile });
  }, 180_000);

  test('a visitor of another source, or of another stream, is never shown', async () => {
    const { endpoints, stream } = bench.system;
    const visitor_id = 'web-shared-1';
    const at = Date.now();
    const write = async (index: string, source_id: string, conversation_id: string): Promise<void> => {
      const document = { visitor_id, conversation_id, meta: { source_id, occurred_at: at, received_at: at } };
      const answer = await fetch(`${endpoints.elasticsearchUrl}/${index}/_doc?refresh=true`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(document),
      });
      expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([201, '']);
    };
    // The same template for both streams: only its name hides the other one's index.
    const own = `${stream}-conversation-2026-01`;
    const foreign = `other-${own}`;
    await write(own, sourceId, 'own');
    await write(own, developmentSources.plain, 'of-another-source');
    const mapping = await (await fetch(`${endpoints.elasticsearchUrl}/${own}/_mapping`)).json();
    const [{ mappings } = { mappings: {} }] = Object.values(mapping as Record<string, { mappings: object }>);
    await fetch(`${endpoints.elasticsearchUrl}/${foreign}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mappings }),
    });
    await write(foreign, sourceId, 'of-another-stream');

    const panel = `${bench.origin}/panels/${sourceId}`;
    const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });
    const key = new URL(bench.panels.panelUrl).searchParams.get('key') ?? '';
    const session = await fetch(`${panel}/session`, { method: 'POST', ...bearer(key) });
    const { ticket } = (await session.json()) as { ticket: string };
    const shown = await fetch(`${panel}/visitors/${visitor_id}`, bearer(ticket));
    expect(shown.headers.get('cache-control')).toBe('no-store');
    const { conversations } = (await shown.json()) as { conversations: { id: string }[] };
    expect(conversations.map(({ id }) => id)).toEqual(['own']);
    expect(
      (
        await fetch(
          `${bench.origin}/panels/${developmentSources.plain}/visitors/${visitor_id}`,
          bearer(ticket),
        )
      ).status,
    ).toBe(401);
    for (const method of ['PUT', 'POST', 'DELETE'])
      expect((await fetch(`${panel}/visitors/${visitor_id}`, { method, ...bearer(ticket) })).status).toBe(
        404,
      );
    await fetch(`${endpoints.elasticsearchUrl}/${foreign}`, { method: 'DELETE' });
  }, 60_000);

  test('a rating by a bare number is shown only where one conversation alone has the number', async () => {
    const { endpoints, stream } = bench.system;
    const at = Date.now();
    const write = async (entity: string, conversation_id: string, more: object): Promise<void> => {
      const conversation_number = conversation_id.replace(/^\d+_/, '');
      const meta = { source_id: sourceId, occurred_at: at, received_at: at };
      const answer = await fetch(
        `${endpoints.elasticsearchUrl}/${stream}-${entity}-2026-01/_doc?refresh=true`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ conversation_id, conversation_number, meta, ...more }),
        },
      );
      expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([201, '']);
    };
    await write('conversation', '1_880001', { visitor_id: 'web-number-1' });
    await write('conversation', '3_880001', { visitor_id: 'web-number-2' });
    await write('rating', '880001', { comment: 'words of the other visitor' });
    await write('conversation', '1_880002', { visitor_id: 'web-number-1' });
    await write('rating', '880002', { comment: 'own words' });

    const panel = `${bench.origin}/panels/${sourceId}`;
    const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });
    const key = new URL(bench.panels.panelUrl).searchParams.get('key') ?? '';
    const session = await fetch(`${panel}/session`, { method: 'POST', ...bearer(key) });
    const { ticket } = (await session.json()) as { ticket: string };
    const shown = await fetch(`${panel}/visitors/web-number-1`, bearer(ticket));
    const { conversations } = (await shown.json()) as {
      conversations: { id: string; comment: string | null }[];
    };
    expect(new Map(conversations.map(({ id, comment }) => [id, comment]))).toEqual(
      new Map([
        ['1_880001', null],
        ['1_880002', 'own words'],
      ]),
    );
  }, 60_000);

  test.each([
    ['zh-CN', '已连接工作台', '最近会话'],
    ['en-US', 'Connected with the workbench', 'Recent conversations'],
  ])(
    'at 320 px in %s nothing is cut off',
    async (locale, words, heading) => {
      await context.close();
      context = await browser.newContext({ locale, viewport: { width: 1100, height: 900 } });
      page = await context.newPage();
      const frame = await connected(0, words);
      await page.addStyleTag({ content: '#panel iframe { width: 320px !important; }' });
      await frame.locator('h2', { hasText: heading }).waitFor();
      const { width, needed, language } = await frame.evaluate(() => {
        const { document } = globalThis as unknown as {
          document: { documentElement: { clientWidth: number; scrollWidth: number; lang: string } };
        };
        const { clientWidth, scrollWidth, lang } = document.documentElement;
        return { width: clientWidth, needed: scrollWidth, language: lang };
      });
      expect(width).toBeLessThanOrEqual(320);
      expect(needed).toBeLessThanOrEqual(width);
      expect(language).toBe(locale === 'zh-CN' ? 'zh-CN' : 'en');
      await page.locator('#panel iframe').screenshot({ path: screenshotPath(`panel-320-${locale}`) });
    },
    60_000,
  );

  test('its language can be changed, and stays changed', async () => {
    let frame = await connected();
    await frame.locator('#language').click();
    await frame.locator('h2', { hasText: 'Cards' }).waitFor();
    frame = await connected(1, 'Connected with the workbench');
    expect(await frame.locator('#language').textContent()).toBe('中文');
  }, 60_000);

  test('the keyboard is enough: search, push, mark', async () => {
    const frame = await connected();
    await frame.locator('#cards input').focus();
    await page.keyboard.type('wool');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('[data-kind=card] [data-field=eventId]', { hasText: 'scarf-7' }).waitFor();
    // Back over the search to the last of the two marks.
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    await frame.locator('#mark button[aria-pressed=true]', { hasText: '未解决' }).waitFor();
    await page.locator('#sign output', { hasText: /^0$/ }).waitFor();
    await frame.locator('#cards input').fill('no such card');
    await frame.locator('#cards li', { hasText: '没有符合的卡片' }).waitFor();
  }, 60_000);

  test('follows the visitor without being opened again, once the vendor reports visitors', async () => {
    bench.panels.emulator.setMethod('onSelectVisitor', true);
    const frame = await connected();
    await frame.locator('h1', { hasText: 'web377724523' }).waitFor();
    const opened = frame.url();
    await page.locator('#visitors button').nth(1).click();
    await frame.locator('h1', { hasText: 'vip377724524' }).waitFor();
    expect(frame.url()).toBe(opened);
  }, 60_000);

  test('its key leaves the address, and a wrong one is told', async () => {
    const frame = await connected();
    expect(frame.url()).not.toContain('key=');
    expect(frame.url()).toContain('visitorData=');
    await context.clearCookies();
    bench.panels.emulator.setPanelUrl(bench.panels.panelUrl.replace(/key=.*/, 'key=wrong'));
    await page.goto(bench.panels.emulator.url);
    await page.locator('#visitors button').first().click();
    await page.frameLocator('#panel iframe').locator('#status', { hasText: '面板密钥无效' }).waitFor();
  }, 60_000);

  test('is framed by the allowed origins alone', async () => {
    const other = await startEmulator({ port: 0, token: bench.token, panelUrl: bench.panels.panelUrl });
    try {
      const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
      await page.goto(other.url);
      await page.locator('#visitors button').first().click();
      await refused;
      expect(await page.frameLocator('#panel iframe').locator('main').count()).toBe(0);
    } finally {
      await other.close();
    }
  }, 60_000);
});
