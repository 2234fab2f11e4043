/** Records that may be decoded and not written yet, by number and encoded size. */
export interface RoomLimits {
  readonly records: number;
  readonly bytes: number;
}

/**
 * Bounds the memory of a sink over all partitions of a backlog: a decoded event takes some ten times its encoded size,
 * and its row and their JSON half as much again.
 */
export interface Room {
  /**
   * Resolves when there is room, first come, first served. What is larger than the limits comes in alone.
   * @returns gives the room back; to be called once
   */
  enter(records: number, bytes: number): Promise<() => void>;
}

export function createRoom(limits: RoomLimits): Room {
  const held = { records: 0, bytes: 0 };
  const waiting: { readonly records: number; readonly bytes: number; readonly come: () => void }[] = [];
  const letIn = (): void => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      const fits = held.records + next.records <= limits.records && held.bytes + next.bytes <= limits.bytes;
      if (!fits && held.records > 0) return;
      waiting.shift();
      held.records += next.records;
      held.bytes += next.bytes;
      next.come();
    }
  };
  return {
    enter: (records, bytes) =>
      new Promise((resolve) => {
        const leave = (): void => {
          held.records -= records;
          held.bytes -= bytes;
          letIn();
        };
        waiting.push({ records, bytes, come: () => resolve(leave) });
        letIn();
      }),
  };
}
