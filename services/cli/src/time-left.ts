/**
 * How long some work will go on, at its pace so far: `about 5 min left`; `nobody knows how long` before anything is done.
 */
export function timeLeft(done: number, total: number, elapsedMs: number): string {
  if (done <= 0) return 'nobody knows how long';
  const seconds = (Math.max(0, total - done) * elapsedMs) / done / 1000;
  if (seconds < 90) return `about ${Math.round(seconds)} s left`;
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 3600)} h left`;
}
