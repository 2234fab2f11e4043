import { throttled } from './throttled.ts';

let nowMs: number;
let said: string[];
let say: (level: 'error' | 'warn', sentence: string) => void;

beforeEach(() => {
  nowMs = 0;
  said = [];
  say = throttled(
    (level, sentence) => void said.push(`${level} ${sentence}`),
    () => nowMs,
  );
});

test('a sentence is said once a minute, and then how often it was left out', () => {
  for (; nowMs <= 120_000; nowMs += 10_000) say('error', 'no broker');
  expect(said).toEqual([
    'error no broker',
    'error no broker (left out 5 times since)',
    'error no broker (left out 5 times since)',
  ]);
});

test('each sentence is for itself', () => {
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

test('it remembers a hundred sentences', () => {
  for (let n = 0; n <= 100; n += 1) say('warn', `odd ${n}`);
  said.length = 0;
  say('warn', 'odd 1');
  say('warn', 'odd 0');
  expect(said).toEqual(['warn odd 0']);
});
