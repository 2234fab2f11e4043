/** Records that may be decoded and not written yet, by number and encoded size. */
export interface RoomLimits {
  readonly records: number;
  readonly bytes: number;
  /** The part of both that one topic may hold, so that there is room for the others while its table hangs. */
  readonly topicShare: number;
}

/**
 * Bounds the memory of a sink over all partitions of a backlog: a decoded event takes some ten times its encoded size,
 * and its row and their JSON half as much again.
 */
export interface Room {
  /**
   * Resolves when there is room, first come, first served; who waits for room of their topic alone holds up no other
   * topic. What is larger than the limits comes in alone.
   * @returns gives the room back; to be called once
   */
  enter(topic: string, records: number, bytes: number): Promise<() => void>;
}

interface Guest {
  readonly topic: string;
  readonly records: number;
  readonly bytes: number;
  readonly come: () => void;
}

export function createRoom({ records, bytes, topicShare }: RoomLimits): Room {
  const inside = new Set<Guest>();
  const waiting = new Set<Guest>();
  const fits = (guest: Guest, others: Guest[], share: number): boolean =>
    others.length === 0 ||
    (sumOf([...others, guest], 'records') <= share * records &&
      sumOf([...others, guest], 'bytes') <= share * bytes);
  const letIn = (): void => {
    const full = new Set<string>();
    for (const guest of waiting) {
      const { topic } = guest;
      const ofTopic = [...inside].filter((other) => other.topic === topic);
      if (full.has(topic) || !fits(guest, ofTopic, topicShare)) {
        full.add(topic);
        continue;
      }
      // Who would fit and came later waits, or this one might for ever.
      if (!fits(guest, [...inside], 1)) return;
      waiting.delete(guest);
      inside.add(guest);
      guest.come();
    }
  };
  return {
    enter: (topic, ofRecords, ofBytes) =>
      new Promise((resolve) => {
        const leave = (): void => {
          inside.delete(guest);
          letIn();
        };
        const guest = { topic, records: ofRecords, bytes: ofBytes, come: () => resolve(leave) };
        waiting.add(guest);
        letIn();
      }),
  };
}

const sumOf = (guests: readonly Guest[], of: 'records' | 'bytes'): number =>
  guests.reduce((sum, guest) => sum + guest[of], 0);
