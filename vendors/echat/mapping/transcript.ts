import { readClockTime } from '@sluice/vendor-kit/mapping/times';

/** One turn of a transcript. */
export interface Turn {
  /** `start` and `end` are the frames that the vendor writes around a conversation; `loose` is text before any turn. */
  readonly role: 'start' | 'end' | 'speaker' | 'loose';
  /** Who speaks, as written; null for frames and loose text. */
  readonly name: string | null;
  /** Epoch ms UTC; null for loose text. */
  readonly sentAt: number | null;
  readonly text: string;
  /** The turn as it is in the transcript: all of them, joined, are the transcript. */
  readonly source: string;
}

type Head = Pick<Turn, 'role' | 'name' | 'sentAt'>;

/** Turns are separated by a backslash and an n, two characters, or by a real line break. */
const lineBreak = /\\n|\r?\n/g;
const lastBreak = /(?:\\n|\r?\n)$/;
const frame = /^\s*对话(开始|结束)\s*>>\s*(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\s*$/;
/** A name holds no `>`: text such as `a > b>2016-…` belongs to the message before it. */
const speaker = /^([^>]{1,100})>(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\s*$/;

/**
 * Splits a transcript into turns. A turn starts with a line `name>yyyy-MM-dd HH:mm:ss`, whole and alone, with
 * a time that exists; every other line belongs to the turn before it, line breaks included.
 */
export function parseTranscript(transcript: string, utcOffsetMinutes: number): Turn[] {
  const turns: Turn[] = [];
  let head: Head = { role: 'loose', name: null, sentAt: null };
  let from = 0;
  let textFrom = 0;
  const finish = (to: number): void => {
    // The line break before the next turn's head is not part of the text.
    const text = transcript.slice(textFrom, to).replace(lastBreak, '');
    if (to > from) turns.push({ ...head, text, source: transcript.slice(from, to) });
  };
  eachLine(transcript, (lineFrom, lineTo, nextFrom) => {
    const next = readHead(transcript.slice(lineFrom, lineTo), utcOffsetMinutes);
    if (!next) return;
    finish(lineFrom);
    head = next;
    from = lineFrom;
    textFrom = nextFrom;
  });
  finish(transcript.length);
  return turns;
}

/** @param visit told where each line begins and ends, and where the one behind its line break begins */
function eachLine(text: string, visit: (from: number, to: number, next: number) => void): void {
  let from = 0;
  for (const found of text.matchAll(lineBreak)) {
    const next = found.index + found[0].length;
    visit(from, found.index, next);
    from = next;
  }
  visit(from, text.length, text.length);
}

function readHead(line: string, utcOffsetMinutes: number): Head | null {
  // Most lines are text: a head ends in a time behind a `>`.
  if (!line.includes('>')) return null;
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
