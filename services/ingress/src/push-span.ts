import type { Source } from '@sluice/sources/source';
import type { Span, Tracing } from '@sluice/telemetry/tracing';
import type { PushHead } from '@sluice/vendor-kit/receiving/receiving';

/**
 * Begins the span of a push, or of a batch of staff actions, once it is known who sent it: anybody who is refused leaves
 * none. The caller's span is its parent.
 * @param route as it is written in the code: the address itself may hold a secret
 */
export function beginPushSpan(
  tracing: Tracing | null,
  name: string,
  route: string,
  source: Source,
  head: PushHead,
): Span | undefined {
  return tracing?.begin(name, {
    kind: 'server',
    parent: head.header('traceparent'),
    attributes: {
      'http.request.method': 'POST',
      'http.route': route,
      'sluice.source': source.id,
      'sluice.vendor': source.vendor,
    },
  });
}

/** Ends it as it was answered. A status of 500 and above is a failure of ours. */
export function endPushSpan(span: Span | undefined, outcome: string, status: number): void {
  if (!span) return;
  const attributes = { 'sluice.outcome': outcome, 'http.response.status_code': status };
  if (status >= 500) span.fail(String(status), attributes);
  else span.end(attributes);
}
