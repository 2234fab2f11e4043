import { join } from 'node:path';
import { startSluice } from '../testing/run-sluice.ts';

jest.setTimeout(30_000);

test('a reader that has read enough ends the command without a word, as a shell expects it', async () => {
  const sources = join(import.meta.dirname, '../../../config/sources.yaml');
  const running = startSluice(['check', 'sources', '--sources', sources]);
  running.process.stdout?.destroy();
  const { code, stderr } = await running.ended;
  expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
});
