/** What a span carries. Never personal data, never of a payload, never a secret. */
export type Attributes = Readonly<Record<string, string | number | string[] | undefined>>;

/** How a span begins. */
export interface SpanStart {
  /** `server`: answers a request. `consumer`: works on a record of a topic. */
  readonly kind: 'server' | 'consumer';
  /** W3C Trace Context of what caused it; where it is missing or malformed, a trace of its own begins. */
  readonly parent: string | undefined;
  readonly attributes: Attributes;
}

/** A piece of work that is being traced. After its end nothing changes it. */
export interface Span {
  /** W3C Trace Context of this span: continues with the data. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  end(attributes?: Attributes): void;
  /**
   * Ends it as failed.
   * @param error what was thrown, or a name; of what was thrown its name or code alone is told, since a server's
   *   words may quote what it was given
   */
  fail(error: unknown, attributes?: Attributes): void;
}

/**
 * The traces of one process. Nothing here throws, waits or logs for a span: what cannot be sent is dropped. Where
 * tracing is not configured it is `null`, so that `tracing?.begin(…)` costs nothing.
 */
export interface Tracing {
  begin(name: string, start: SpanStart): Span;
  /** Sends what has ended, for this long in ms at most. Never rejects. */
  close(withinMs: number): Promise<void>;
}
