const beijingOffsetMs = 8 * 60 * 60 * 1000;

/**
 * Epoch milliseconds as many vendors write a time: `yyyy-MM-dd HH:mm:ss`, Beijing time, no zone, milliseconds cut.
 */
export function formatBeijingTime(epochMs: number): string {
  return new Date(epochMs + beijingOffsetMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** 0 to 23. @param at epoch milliseconds */
export function beijingHour(at: number): number {
  return Number(formatBeijingTime(at).slice(11, 13));
}
