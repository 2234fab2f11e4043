import { readClockTime } from '../times.ts';

/** One turn of a transcript. */
export interface Turn {
  /** `start` and `end` are the frames that the vendor writes around a conversation; `loose` is text before any turn. */
  readonly role: 'start' | 'end' | 'speaker' | 'loose';
  /** Who speaks, as written; null for frames and loose text. */
  readonly name: string | null;
  /** Epoch ms UTC; null for loose text. */
  readonly sentAt: number | null;
  readonly text: string;
}

/** Turns are separated by a backslash and an n, two characters, or by a real line break. */
const lineBreak = /\\n|\r?\n/g;
const frame = /^\s*对话(开始|结束)\s*>>\s*(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\s*$/;
/** A name holds no `>`: text such as `a > b>2016-…` belongs to the message before it. */
const speaker = /^([^>]{1,100})>(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\s*$/;

/**
 * Splits a transcript into turns. A turn starts with a line `name>yyyy-MM-dd HH:mm:ss`, whole and alone, with
 * a time that exists; every other line belongs to the turn before it, line breaks included.
 */
export function parseTranscript(transcript: string, utcOffsetMinutes: number): Turn[] {
  if (transcript === '') return [];
  const turns: Turn[] = [];
  let head: Omit<Turn, 'text'> = { role: 'loose', name: null, sentAt: null };
  let text = '';
  const finish = (): void => {
    // The line break before the next turn's head is not part of the text.
    const body = text.replace(/(?:\\n|\r?\n)$/, '');
    if (head.role !== 'loose' || body !== '') turns.push({ ...head, text: body });
  };
  for (const { line, brk } of linesOf(transcript)) {
    const next = readHead(line, utcOffsetMinutes);
    if (next) {
      finish();
      head = next;
      text = '';
    } else {
      text += line + brk;
    }
  }
  finish();
  return turns;
}

function* linesOf(text: string): Generator<{ line: string; brk: string }> {
  let from = 0;
  for (const match of text.matchAll(lineBreak)) {
    yield { line: text.slice(from, match.index), brk: match[0] };
    from = match.index + match[0].length;
  }
  yield { line: text.slice(from), brk: '' };
}

function readHead(line: string, utcOffsetMinutes: number): Omit<Turn, 'text'> | null {
  const framed = frame.exec(line);
  if (framed) {
    const sentAt = readClockTime(framed[2] ?? '', utcOffsetMinutes);
    return sentAt === null ? null : { role: framed[1] === '开始' ? 'start' : 'end', name: null, sentAt };
  }
  const spoken = speaker.exec(line);
  if (!spoken) return null;
  const sentAt = readClockTime(spoken[2] ?? '', utcOffsetMinutes);
  return sentAt === null ? null : { role: 'speaker', name: spoken[1] ?? '', sentAt };
}
