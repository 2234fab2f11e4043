import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
  type Context,
  type Span as OtelSpan,
} from '@opentelemetry/api';
import { ExportResultCode, parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { productVersion } from './product-version.ts';
import type { Attributes, Span, SpanStart, Tracing } from './span.ts';
import type { TracingSettings } from './tracing-settings.ts';
import { watchCollector } from './watch-collector.ts';

/** Spans that wait to be sent; what ends beyond them is dropped. A chunk of a sink ends thousands at once. */
const maxWaiting = 10_000;
const sendEveryMs = 1_000;
/** Texts are cut here: names of vendors' data types are whatever was sent. */
const maxTextLength = 256;

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER };

/**
 * Traces by OpenTelemetry's SDK, to a collector that speaks OTLP over HTTP. The endpoint, headers, certificates and
 * time-outs are read from the environment by the exporter itself. It is registered nowhere: clients that know
 * OpenTelemetry make no spans of their own.
 */
export function createOpenTelemetry(
  service: string,
  { sampler: { basedOnParent, ratio }, endpoint }: TracingSettings,
  tell: (level: 'warn' | 'info', message: string) => void,
): Tracing {
  const root = new TraceIdRatioBasedSampler(ratio);
  const resource = resourceFromAttributes({
    'service.name': `sluice-${service}`,
    'service.version': productVersion(),
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
  }).merge(detectResources({ detectors: [envDetector] }));
  const exporter = watchedBy(watchCollector(endpoint, tell), new OTLPTraceExporter());
  const provider = new TracerProvider({
    resource,
    sampler: basedOnParent ? new ParentBasedSampler({ root }) : root,
    spanLimits: { attributeValueLengthLimit: maxTextLength },
    spanProcessors: [
      new BatchSpanProcessor({ exporter, maxQueueSize: maxWaiting, scheduledDelayMillis: sendEveryMs }),
    ],
  });
  const tracer = provider.getTracer('sluice', productVersion());
  return {
    begin: (name, { kind, parent, attributes }: SpanStart) =>
      spanOf(tracer.startSpan(name, { kind: kinds[kind], attributes }, contextOf(parent))),
    async close(withinMs) {
      const sent = provider.shutdown().catch(() => undefined);
      const abort = new AbortController();
      await Promise.race([sent, delay(withinMs, undefined, abort).catch(() => undefined)]);
      abort.abort();
    },
  };
}

function contextOf(parent: string | undefined): Context {
  const found = parent === undefined ? null : parseTraceParent(parent);
  return found ? trace.setSpanContext(ROOT_CONTEXT, { ...found, isRemote: true }) : ROOT_CONTEXT;
}

function spanOf(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`,
    set(attributes) {
      if (span.isRecording()) span.setAttributes(attributes);
    },
    end: (attributes) => end(span, attributes),
    fail(error, attributes) {
      if (!span.isRecording()) return;
      span.setStatus({ code: SpanStatusCode.ERROR });
      end(span, { ...attributes, 'error.type': errorTypeOf(error) });
    },
  };
}

/** A span that has ended records no more: only the first end counts. */
function end(span: OtelSpan, attributes: Attributes | undefined): void {
  if (!span.isRecording()) return;
  if (attributes) span.setAttributes(attributes);
  span.end();
}

function errorTypeOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return 'Error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** An exporter that reports the outcome of each export. */
function watchedBy(ended: (error: Error | null) => void, exporter: SpanExporter): SpanExporter {
  return {
    export(spans, answer) {
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        ended(failed ? (result.error ?? new Error('it does not answer')) : null);
        answer(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
