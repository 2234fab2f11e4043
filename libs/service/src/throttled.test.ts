import { throttled } from './throttled.ts';

let nowMs: number;
let said: string[];
let say: (level: 'error' | 'warn', message: string) => void;

beforeEach(() => {
  nowMs = 0;
  said = [];
  say = throttled(
    (level, message) => void said.push(`${level} ${message}`),
    () => nowMs,
  );
});

test('a message is logged once a minute, and then how often it was left out', () => {
  for (; nowMs <= 120_000; nowMs += 10_000) say('error', 'no broker');
  expect(said).toEqual([
    'error no broker',
    'error no broker (left out 5 times since)',
    'error no broker (left out 5 times since)',
  ]);
});

test('each message is counted alone', () => {
  say('error', 'no broker a');
  say('warn', 'no broker b');
  say('error', 'no broker a');
  expect(said).toEqual(['error no broker a', 'warn no broker b']);
});

test('after a quiet minute nothing is added', () => {
  say('warn', 'slow');
  nowMs = 60_000;
  say('warn', 'slow');
  expect(said).toEqual(['warn slow', 'warn slow']);
});

test('it keeps a hundred messages', () => {
  for (let n = 0; n <= 100; n += 1) say('warn', `odd ${n}`);
  said.length = 0;
  say('warn', 'odd 1');
  say('warn', 'odd 0');
  expect(said).toEqual(['warn odd 0']);
});
