import { readWhole, type Reader } from './reader.ts';

/** A score within its scale, null beyond it. Does not consume the text: another field may read it as sent. */
export const score = (path: string, worst: number, best: number): Reader<number | null> => ({
  origins: [{ path }],
  read(fields) {
    const number = readWhole(fields.peek(path) ?? '');
    return number !== null && number >= worst && number <= best ? number : null;
  },
});
