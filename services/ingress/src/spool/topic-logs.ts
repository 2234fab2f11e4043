import type { OpenedLog, SpoolLog } from './log.ts';

/** The logs of a spool, one for each topic. A log is made when its topic first needs one. */
export interface TopicLogs {
  get(topic: string): SpoolLog | undefined;
  all(): Iterable<SpoolLog>;
  /** Resolves to the log, or to the reason why the disk does not let it be made. One attempt at a time for each topic. */
  open(topic: string): Promise<SpoolLog | string>;
  /** Topics whose log the disk did not let be made, with the reason. */
  readonly unopened: ReadonlyMap<string, string>;
  /** Waits for the logs that are being made. */
  close(): Promise<void>;
}

/**
 * @param root the log of the folder itself, which has the lock of all: it is closed last
 * @param openTopic makes or opens the log of a topic
 */
export function createTopicLogs(root: SpoolLog, openTopic: (topic: string) => Promise<OpenedLog>): TopicLogs {
  const logs = new Map<string, SpoolLog>([['', root]]);
  const opening = new Map<string, Promise<SpoolLog | string>>();
  const unopened = new Map<string, string>();

  const openOnce = async (topic: string): Promise<SpoolLog | string> => {
    const opened = await openTopic(topic);
    opening.delete(topic);
    if (opened.outcome === 'refused') {
      unopened.set(topic, opened.reason);
      return opened.reason;
    }
    unopened.delete(topic);
    logs.set(topic, opened.log);
    return opened.log;
  };
  return {
    get: (topic) => logs.get(topic),
    all: () => logs.values(),
    open(topic) {
      const known = opening.get(topic);
      if (known) return known;
      const opened = openOnce(topic);
      opening.set(topic, opened);
      return opened;
    },
    unopened,
    async close() {
      await Promise.all(opening.values());
      const [first, ...others] = logs.values();
      await Promise.all(others.map((log) => log.close()));
      await first?.close();
    },
  };
}
