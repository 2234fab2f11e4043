/**
 * The digits of a whole number that is written with a point or an exponent, as Gson, Jackson and .NET write one that
 * they took for a double: `1.539153409792E12`, `5.0`. Exact: nothing is rounded.
 * @returns null for another text, and for what is not whole
 */
export function wholeDigits(text: string): string | null {
  // Most texts are not digits, and this is cheaper than matching them.
  if (text.length > 40 || !/^-?\d/.test(text)) return null;
  const [, sign, before = '', after = '', exponent = '0'] =
    /^(-?)(\d{1,20})(?:\.(\d{1,20}))?(?:[eE]\+?(\d{1,2}))?$/.exec(text) ?? [];
  if (sign === undefined) return null;
  const point = before.length + Number(exponent);
  const digits = (before + after).padEnd(point, '0');
  if (/[^0]/.test(digits.slice(point))) return null;
  const whole = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  return whole === '0' ? whole : sign + whole;
}
