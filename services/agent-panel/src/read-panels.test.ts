import { workbenchScriptUrl } from '@sluice/echat-staff-sdk/script-url';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PanelsError, readPanels } from './read-panels.ts';

const good = {
  source: 'shop',
  page: 'panel',
  gateway: 'https://sluice.example.com',
  accessKey: { current: { env: 'KEY' } },
  ticketKey: { current: { file: 'ticket-key' }, previous: { env: 'KEY' } },
  frameAncestors: ['https://*.example.com'],
};
function reading(...panels: object[]): () => ReturnType<typeof readPanels> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-panels-'));
  const file = join(folder, 'panels.yaml');
  writeFileSync(file, JSON.stringify({ panels }));
  writeFileSync(join(folder, 'ticket-key'), 'k'.repeat(32));
  return () => readPanels(file, { KEY: 'k'.repeat(32), SHORT: 'short' });
}

test('a panel has the documented defaults, and its secrets do not show', () => {
  const [panel] = reading({ ...good, cards: 'cards.json' })();
  expect(panel).toMatchObject({
    stream: 'sluice',
    scriptUrl: workbenchScriptUrl,
    conversationParameter: ['chatData', 'chatRecordId'],
    cardsFile: expect.stringMatching(/\/cards\.json$/) as string,
  });
  expect(JSON.stringify(panel)).not.toContain('kkkk');
});

test.each<[string, object[], string]>([
  ['no panel', [], 'lists no panel'],
  ['two of one source', [good, good], 'A source has two panels'],
  ['a gateway with a path', [{ ...good, gateway: 'https://a.example/x' }], 'must be an origin'],
  ['anybody as a frame', [{ ...good, frameAncestors: ['*'] }], 'must be an origin'],
  [
    'a directive in an ancestor',
    [{ ...good, frameAncestors: ["https://a.example; script-src 'unsafe-inline'"] }],
    'must be an origin',
  ],
  [
    'a short key',
    [{ ...good, accessKey: { current: { env: 'SHORT' } } }],
    'accessKey is shorter than 16 bytes',
  ],
  [
    'a key that is not there',
    [{ ...good, ticketKey: { current: { file: 'nope' } } }],
    'ticketKey.current names the ',
  ],
  [
    'a secret in the file',
    [{ ...good, accessKey: { current: 's3cret' } }],
    'do not write a secret itself into this file',
  ],
  ['an unknown setting', [{ ...good, colour: 'red' }], 'colour'],
])('%s is refused with a message', (_name, panels, message) => {
  expect(reading(...panels)).toThrow(PanelsError);
  expect(reading(...panels)).toThrow(message);
});
