import { withAdmin } from './admin.ts';
import type { KafkaConnection } from './client.ts';

/** Watches that a consumer hears from Kafka. */
export interface SilenceWatch {
  /** A fetch or a heartbeat was answered. */
  readonly heard: () => void;
  readonly stop: () => void;
}

/**
 * Counts its own ticks and no clock: the time that the process is stopped does not count.
 * @param onFatalError told after `silentMs` without a word from Kafka, if Kafka answers other clients
 */
export function watchSilence(
  connection: KafkaConnection,
  silentMs: number,
  onFatalError: (error: Error) => void,
): SilenceWatch {
  const ticks = 10;
  let silentTicks = 0;
  const tell = async (): Promise<void> => {
    // While Kafka is unavailable for everybody, nobody is helped by an end.
    if (!(await answers(connection))) return;
    const silence = `has answered neither a fetch nor a heartbeat for ${silentMs} ms`;
    onFatalError(new Error(`Kafka ${silence}, but answers other clients: the consumer is stuck.`));
  };
  const timer = setInterval(() => {
    silentTicks += 1;
    if (silentTicks % ticks === 0) void tell();
  }, silentMs / ticks).unref();
  return { heard: () => void (silentTicks = 0), stop: () => clearInterval(timer) };
}

/** Whether a broker answers a client that is new. */
function answers(connection: KafkaConnection): Promise<boolean> {
  const patience = { retry: { retries: 0 }, requestTimeoutMs: 5_000, silentMs: 5_000, adminRetries: 0 };
  return withAdmin(connection, (admin) => admin.topics(), patience).then(
    () => true,
    () => false,
  );
}
