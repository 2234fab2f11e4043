import type { Reader } from '@sluice/vendor-kit/mapping/reader';
import { readEpochMs } from '@sluice/vendor-kit/mapping/times';

const zoned = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[-+]\d\d:?\d\d)$/;

/** An ISO 8601 time with its offset, up to nanoseconds. One that is finer than a millisecond is read and not taken. */
export const isoTime = (path: string): Reader<number | null> => ({
  origins: [{ path }],
  read(fields) {
    const [, clock = '', fraction = '', zone = ''] = zoned.exec(fields.peek(path)?.trim() ?? '') ?? [];
    const time = readEpochMs(`${clock}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
    if (time !== null && !/[1-9]/.test(fraction.slice(3))) fields.text(path);
    return time;
  },
});
