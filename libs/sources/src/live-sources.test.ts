import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveSources, serviceSources } from './live-sources.ts';
import type { SourceVendor } from './source-vendor.ts';
import { vendors } from '../testing/made-up-vendors.ts';

jest.useFakeTimers();

const [oldToken, newToken] = ['an old token of Acme A', 'a new token of Acme A'];

const yaml = (id: string) =>
  `sources: [{id: ${id}, vendor: acme, signed: true, encrypted: false, token: {current: {file: token}}}]`;

/** Live sources of a folder, and what they tell; `pass` lets the time between two readings pass. */
function start(
  refuse: (ids: string[]) => string | null = () => null,
  of: Record<string, SourceVendor> = vendors,
) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-live-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  write('token', oldToken);
  write('sources.yaml', yaml('shop'));
  const told: string[] = [];
  const live = liveSources(
    join(folder, 'sources.yaml'),
    {},
    {
      vendors: of,
      everyMs: 1_000,
      refuse: (sources) => refuse(sources.map(({ id }) => id)),
      on: {
        changed: (_sources, changes) => told.push(`changed: ${changes.join('; ')}`),
        problem: (message) => told.push(message),
      },
    },
  );
  return { live, told, write, pass: () => jest.advanceTimersByTime(1_000) };
}

test('a secret that changed is used, and nothing is told while nothing changes', () => {
  const { live, told, write, pass } = start();
  pass();
  expect([live.find('shop')?.token?.current.reveal(), told]).toEqual([oldToken, []]);
  write('token', newToken);
  pass();
  pass();
  expect([live.find('shop')?.token?.current.reveal(), told]).toEqual([
    newToken,
    ['changed: shop: token.current'],
  ]);
  live.stop();
});

test('what has not changed is not parsed again', () => {
  let parsed = 0;
  const problemsOf = () => {
    parsed += 1;
    return [];
  };
  const { live, told, write, pass } = start(undefined, { ...vendors, acme: { ...vendors.acme, problemsOf } });
  expect(parsed).toBe(1);
  pass();
  expect(parsed).toBe(1);
  write('token', newToken);
  pass();
  pass();
  expect([parsed, told]).toEqual([2, ['changed: shop: token.current']]);
  live.stop();
});

test('a file that cannot be used changes nothing; the problem is told once, and forgotten when it is fixed', () => {
  const { live, told, write, pass } = start();
  write('token', '');
  pass();
  pass();
  expect(told).toEqual([expect.stringMatching(/names the file token \(.*token\), which is empty/)]);
  expect([live.find('shop')?.token?.current.reveal(), live.problem()]).toEqual([oldToken, told[0]]);
  write('token', oldToken);
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

test('after the stop nothing is read', () => {
  const { live, told, write, pass } = start();
  live.stop();
  write('token', newToken);
  pass();
  expect(told).toEqual([]);
});

test('a service warns at its start and after each change, and not in between', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-live-'));
  writeFileSync(join(folder, 'token'), oldToken);
  writeFileSync(join(folder, 'sources.yaml'), yaml('shop'));
  const warned: string[] = [];
  const told: string[] = [];
  const silent = () => undefined;
  const context = {
    log: {
      warn: (message: string) => warned.push(message),
      info: (message: string) => told.push(message),
      error: silent,
    },
    telemetry: { gauge: silent, gauges: silent },
  } as unknown as Parameters<typeof serviceSources>[3];
  const live = serviceSources(join(folder, 'sources.yaml'), {}, vendors, context, undefined, (sources) =>
    sources.map(({ token }) => token?.current.reveal() ?? ''),
  );
  jest.advanceTimersByTime(5_000);
  expect(warned).toEqual([oldToken]);
  writeFileSync(join(folder, 'token'), newToken);
  jest.advanceTimersByTime(5_000);
  expect(warned).toEqual([oldToken, newToken]);
  expect(told).toEqual(['the sources changed: shop: token.current']);
  live.stop();
});
