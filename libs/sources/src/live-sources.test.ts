import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveSources } from './live-sources.ts';

jest.useFakeTimers();

const yaml = (id: string) =>
  `sources: [{id: ${id}, vendor: echat, signed: true, encrypted: false, token: {current: {file: token}}}]`;

/** Live sources of a folder, and what they tell; `pass` lets the time between two readings pass. */
function start(refuse: (ids: string[]) => string | null = () => null) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-live-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  write('token', 'old');
  write('sources.yaml', yaml('shop'));
  const told: string[] = [];
  const live = liveSources(
    join(folder, 'sources.yaml'),
    {},
    {
      everyMs: 1_000,
      refuse: (sources) => refuse(sources.map(({ id }) => id)),
      on: {
        changed: (sources) => told.push(`changed: ${sources.map(({ id }) => id).join(', ')}`),
        problem: (sentence) => told.push(sentence),
      },
    },
  );
  return { live, told, write, pass: () => jest.advanceTimersByTime(1_000) };
}

test('a secret that changed is used, and nothing is told while nothing changes', () => {
  const { live, told, write, pass } = start();
  pass();
  expect([live.find('shop')?.token?.current.reveal(), told]).toEqual(['old', []]);
  write('token', 'new');
  pass();
  pass();
  expect([live.find('shop')?.token?.current.reveal(), told]).toEqual(['new', ['changed: shop']]);
  live.stop();
});

test('a file that cannot be used changes nothing; the problem is told once, and forgotten when it is mended', () => {
  const { live, told, write, pass } = start();
  write('token', '');
  pass();
  pass();
  expect(told).toEqual([expect.stringContaining('names the file token, which is empty')]);
  expect([live.find('shop')?.token?.current.reveal(), live.problem()]).toEqual(['old', told[0]]);
  write('token', 'old');
  pass();
  expect([live.problem(), told.length]).toEqual([null, 1]);
  live.stop();
});

test('sources that need a restart are refused with the reason', () => {
  const { live, told, write, pass } = start((ids) => (ids.includes('other') ? 'Restart it.' : null));
  write('sources.yaml', yaml('other'));
  pass();
  expect([live.all().map(({ id }) => id), told, live.problem()]).toEqual([
    ['shop'],
    ['Restart it.'],
    'Restart it.',
  ]);
  live.stop();
});

test('after the stop nothing is read any more', () => {
  const { live, told, write, pass } = start();
  live.stop();
  write('token', 'new');
  pass();
  expect(told).toEqual([]);
});
