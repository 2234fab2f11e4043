/**
 * Reads the header `Retry-After`: seconds, or a date of HTTP.
 * @returns how long to wait, in ms; 0 without the header, and for what is neither
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  if (header === undefined) return 0;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return waitMs > 0 ? waitMs : 0;
}
