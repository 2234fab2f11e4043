import { wholeDigits } from './whole-digits.ts';

const clockForm = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?$/;

/**
 * A vendor's clock time without a zone, `yyyy-MM-dd HH:mm:ss` with an optional fraction, a space
 * or a `T` in its middle.
 * @param utcOffsetMinutes what the vendor's clock is ahead of UTC
 * @returns epoch ms; null for what is no time that ever was (2019-02-30, 0000-00-00 00:00:00)
 */
export function readClockTime(text: string, utcOffsetMinutes: number): number | null {
  const sent = text.trim();
  if (!clockForm.test(sent)) return null;
  const [year, month, day] = [numberAt(sent, 0, 4), numberAt(sent, 5, 7), numberAt(sent, 8, 10)];
  const [hour, minute, second] = [numberAt(sent, 11, 13), numberAt(sent, 14, 16), numberAt(sent, 17, 19)];
  const millisecond = sent.length > 20 ? Number(sent.slice(20, 23).padEnd(3, '0')) : 0;
  // Date.UTC turns the 30th of February into a day in March, and year 0 to 99 into 19xx.
  if (year < 100 || month < 1 || month > 12 || !isDay(year, month, day)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond) - utcOffsetMinutes * 60_000;
}

/** Most days are there in every month. */
const isDay = (year: number, month: number, day: number): boolean =>
  day >= 1 && (day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate());

/** The number between two places, digits alone: several times as fast as by way of a text. */
function numberAt(digits: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) number = 10 * number + digits.charCodeAt(at) - 0x30;
  return number;
}

const epochForm = /^[1-9]\d{12}$/;
/** As .NET writes a time; the offset behind it says where its clock stood, and nothing of the time. */
const dotNetForm = /^\\?\/Date\((\d{13})(?:[-+]\d{4})?\)\\?\/$/;
const zonedForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3}0*)?(?:Z|[-+]\d\d:?\d\d)$/;

/**
 * Epoch milliseconds, 13 digits, also as `1.539153409792E12`, `1539153409792.0` and `/Date(1539153409792)/`, or an
 * ISO 8601 time with its offset. Zero and other lengths are no times.
 */
export function readEpochMs(text: string): number | null {
  const trimmed = text.trim();
  if (epochForm.test(trimmed)) return Number(trimmed);
  if (trimmed.length > 40) return null;
  const digits = dotNetForm.exec(trimmed)?.[1] ?? wholeDigits(trimmed);
  if (digits !== null) return epochForm.test(digits) ? Number(digits) : null;
  return zonedForm.test(trimmed) ? readZoned(trimmed) : null;
}

/** The clock time, which must be one that ever was, less its offset. */
function readZoned(text: string): number | null {
  const [, clock = '', fraction = '', sign = '+', hours = '0', minutes = '0'] =
    /^([^Z+.]{19})(\.\d+)?(?:Z|([-+])(\d\d):?(\d\d))$/.exec(text) ?? [];
  if (Number(hours) > 14 || Number(minutes) > 59) return null;
  const offset = Number(hours) * 60 + Number(minutes);
  return readClockTime(clock + fraction, sign === '-' ? -offset : offset);
}
