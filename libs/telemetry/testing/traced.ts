import { readTracingSettings } from '../src/tracing-settings.ts';
import { startTracing, type Tracing } from '../src/tracing.ts';
import { startOtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';

/** Traces to a collector of its own: for tests of what makes spans. */
export async function traced(): Promise<{
  readonly tracing: Tracing;
  /** The spans that have ended, in the order in which they did; nothing more is traced. */
  finish(): Promise<readonly ReceivedSpan[]>;
}> {
  const collector = await startOtlpReceiver();
  // The exporter reads its address itself, when it is made.
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  const { settings } = readTracingSettings(process.env);
  const tracing = await startTracing('test', settings, (_level, message) => {
    throw new Error(message);
  });
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!tracing) throw new Error('Tracing was not configured.');
  return {
    tracing,
    async finish() {
      await tracing.close(5_000);
      await collector.close();
      return collector.spans;
    },
  };
}
