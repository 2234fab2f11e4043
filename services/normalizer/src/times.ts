const clockForm = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})\d*)?$/;

/**
 * A vendor's clock time without a zone, `yyyy-MM-dd HH:mm:ss` with an optional fraction.
 * @param utcOffsetMinutes what the vendor's clock is ahead of UTC
 * @returns epoch ms; null for what is no time that ever was (2019-02-30, 0000-00-00 00:00:00)
 */
export function readClockTime(text: string, utcOffsetMinutes: number): number | null {
  const match = clockForm.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const millisecond = Number((match[7] ?? '').padEnd(3, '0'));
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const read = new Date(utc);
  // Date.UTC turns the 30th of February into a day in March, and year 0 to 99 into 19xx.
  const real =
    read.getUTCFullYear() === year &&
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    read.getUTCHours() === hour &&
    read.getUTCMinutes() === minute &&
    read.getUTCSeconds() === second;
  return real ? utc - utcOffsetMinutes * 60_000 : null;
}

/** Epoch milliseconds, 13 digits. Zero and other lengths are no times. */
export function readEpochMs(text: string): number | null {
  const trimmed = text.trim();
  return /^[1-9]\d{12}$/.test(trimmed) ? Number(trimmed) : null;
}
