import { refusalReasons, type RecentPush } from '@sluice/raw-event/recent-pushes';

export interface RefusalLog {
  note(push: RecentPush): void;
  /** Says how many lines were left out, and begins again. To be called each minute. */
  endMinute(): void;
}

/** Of how many addresses a line is written, for one source and reason, until the minute ends. */
const addressesPerMinute = 5;

interface Minute {
  readonly addresses: Set<string>;
  leftOut: number;
}

/**
 * A line for each request that was not taken, and for each that became a dead letter: one a minute for each source, reason
 * and address, and of the first addresses alone, since strangers have as many as they like. What is left out is counted.
 * What it remembers is bounded by the sources, the reasons and `addressesPerMinute`.
 * @param warn takes the fields of the line and its message
 */
export function createRefusalLog(warn: (fields: object, message: string) => void): RefusalLog {
  const minutes = new Map<string, Minute & { readonly source: string | null; readonly reason: string }>();
  const say = (push: RecentPush, reason: string, what: string): void => {
    const { source, address, requestId, status } = push;
    const key = `${source ?? ''} ${reason}`;
    const minute = minutes.get(key) ?? { source, reason, addresses: new Set<string>(), leftOut: 0 };
    minutes.set(key, minute);
    const from = address ?? 'an unknown address';
    if (minute.addresses.has(from) || minute.addresses.size === addressesPerMinute) {
      minute.leftOut += 1;
      return;
    }
    minute.addresses.add(from);
    warn({ source, reason, address, requestId, status }, `${nameOf(source)} from ${from} ${what}`);
  };
  return {
    note(push) {
      if (push.reason !== null)
        say(push, push.reason, `was answered ${push.status}: ${refusalReasons[push.reason]}.`);
      for (const reason of push.deadLetters)
        say(push, reason, `was acknowledged and became a dead letter: ${reason}. See "sluice dlq list".`);
    },
    endMinute() {
      for (const { source, reason, leftOut } of minutes.values())
        if (leftOut > 0)
          warn(
            { source, reason, leftOut },
            `${nameOf(source)}, ${reason}: ${leftOut} more in the last minute. "GET /pushes" on the management port has the last ones.`,
          );
      minutes.clear();
    },
  };
}

function nameOf(source: string | null): string {
  return source === null ? 'A request for no known source' : `A request for ${source}`;
}
