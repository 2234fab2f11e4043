/** How long some work will continue at its pace so far, in s; null before anything is done. */
export function secondsLeft(done: number, total: number, elapsedMs: number): number | null {
  return done <= 0 ? null : Math.round((Math.max(0, total - done) * elapsedMs) / done / 1000);
}

/** `about 5 min left`; `time left unknown` before anything is done. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null) return 'time left unknown';
  if (seconds < 90) return `about ${seconds} s left`;
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 3600)} h left`;
}
