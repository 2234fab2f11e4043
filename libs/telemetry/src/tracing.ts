import type { TracingSettings } from './tracing-settings.ts';
import type { Tracing } from './span.ts';

export type { Attributes, SpanStart, Span, Tracing } from './span.ts';

/**
 * Loads OpenTelemetry's SDK, which a process that is not traced never does.
 * @param service `ingress`: the traces' `service.name` is `sluice-ingress`, unless the environment has another
 * @param tell called when the collector does no longer take spans, and when it does again
 * @returns null when tracing is not configured
 */
export async function startTracing(
  service: string,
  settings: TracingSettings | null,
  tell: (level: 'warn' | 'info', message: string) => void,
): Promise<Tracing | null> {
  if (settings === null) return null;
  const { createOpenTelemetry } = await import('./open-telemetry.ts');
  return createOpenTelemetry(service, settings, tell);
}
