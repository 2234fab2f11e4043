import fc from 'fast-check';
import { parseTranscript } from './transcript.ts';

const beijing = 480;
const at = (clock: string): number => Date.parse(`${clock.replace(' ', 'T')}+08:00`);

/** Pieces that transcripts are made of, and pieces that look like them. */
const piece = fc.oneof(
  fc.constantFrom(
    ...['\\n', '\n', '\r\n', '访客>2016-08-17 10:47:08', 'Ella>2016-08-17 10:47:13.0', '>', '>>', '\\', 'n'],
    ...['对话开始 >>2016-08-17 10:47:01.0', '对话结束 >>2016-08-17 10:51:12.0', '2016-08-17 10:47:08', ' '],
    ...['Ella>2016-02-30 10:47:13', 'a>b>2016-08-17 10:47:08', '😀', '您好', '<b>', ']]>', '访客关闭对话'],
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const transcript = fc.array(piece, { maxLength: 40, size: 'max' }).map((pieces) => pieces.join(''));

test('the turns, joined, are the transcript', () => {
  fc.assert(
    fc.property(transcript, (text) => {
      const turns = parseTranscript(text, beijing);
      expect(turns.map(({ source }) => source).join('')).toBe(text);
      for (const turn of turns) expect(turn.source).toContain(turn.text);
    }),
    { numRuns: 2_000 },
  );
});

/** A message as people write them: it may hold line breaks, `>` and times, but no head of a turn. */
const message = fc
  .array(fc.constantFrom('您好', '> 引用', '2016-08-17 10:47:08', 'a > b', '\\n', '\n', '', '😀'), {
    maxLength: 6,
  })
  // A line break at exactly the end may be the separator after the last turn.
  .map((parts) => (parts.length === 0 ? '' : `${parts.join('x')}。`));
const turn = fc.record({
  name: fc.constantFrom('访客', 'Ella', '客服 小王', '机器人'),
  second: fc.integer({ min: 0, max: 59 }),
  message,
});

test.each(['\\n', '\n'])('what was written with %j between is read again', (separator) => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 10 }), fc.boolean(), (turns, framed) => {
      const clock = (second: number): string => `2016-08-17 10:47:${String(second).padStart(2, '0')}`;
      const lines = turns.flatMap(({ name, second, message: text }) => [`${name}>${clock(second)}`, text]);
      const frames = ['对话开始 >>2016-08-17 10:47:00.0', '对话结束 >>2016-08-17 10:51:12.0'] as const;
      const whole = framed ? [frames[0], ...lines, frames[1]] : lines;
      const read = parseTranscript(whole.join(separator), beijing).filter(({ role }) => role === 'speaker');
      expect(read.map(({ name, sentAt, text }) => ({ name, sentAt, text }))).toEqual(
        turns.map(({ name, second, message: text }) => ({ name, sentAt: at(clock(second)), text })),
      );
    }),
    { numRuns: 500 },
  );
});

test('an empty transcript has no turn', () => {
  expect(parseTranscript('', beijing)).toEqual([]);
});
