import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { fieldsOf, type Field } from './protobuf.ts';

/** A span as a collector receives it. */
export interface ReceivedSpan {
  /** `service.name` of who sent it. */
  readonly service: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly kind: 'server' | 'consumer' | 'other';
  /** Lower-case hex, as in a traceparent. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
}

export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** How it answers: takes spans, refuses them, or says nothing at all. */
  answer: 'take' | 'refuse' | 'hang';
  /** The headers of each request. */
  readonly requests: IncomingHttpHeaders[];
  close(): Promise<void>;
}

/** A collector for tests: OTLP over HTTP with protobuf, on a free port. It keeps what it takes. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url, headers } = request;
      receiver.requests.push(headers);
      if (receiver.answer === 'hang') return;
      const isRight = url === '/v1/traces' && headers['content-type'] === 'application/x-protobuf';
      const takes = isRight && receiver.answer === 'take';
      const body = Buffer.concat(chunks);
      if (takes) receiver.spans.push(...spansOf(headers['content-encoding'] ? gunzipSync(body) : body));
      response.writeHead(takes ? 200 : 400, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  // A test that fails before it closes this must not keep Jest from ending.
  server.unref();
  await once(server, 'listening');
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: [],
    answer: 'take',
    requests: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** Source: opentelemetry/proto/collector/trace/v1, and trace/v1: the numbers are those of its fields. */
function spansOf(request: Buffer): ReceivedSpan[] {
  return all(fieldsOf(request), 1).flatMap((resourceSpans) => {
    const fields = fieldsOf(resourceSpans);
    const resource = attributesOf(all(fields, 1).flatMap((one) => all(fieldsOf(one), 1)));
    const scopes = all(fields, 2);
    return scopes.flatMap((scope) => all(fieldsOf(scope), 2).map((span) => spanOf(span, resource)));
  });
}

function spanOf(message: Buffer, resource: Record<string, unknown>): ReceivedSpan {
  const fields = fieldsOf(message);
  const text = (field: number, encoding: 'utf8' | 'hex'): string =>
    all(fields, field).at(-1)?.toString(encoding) ?? '';
  const kind = Number(fields.find(({ field }) => field === 6)?.number ?? 0n);
  const status = fieldsOf(all(fields, 15).at(-1) ?? Buffer.alloc(0));
  return {
    service: String(resource['service.name']),
    resource,
    name: text(5, 'utf8'),
    kind: kind === 2 ? 'server' : kind === 5 ? 'consumer' : 'other',
    traceId: text(1, 'hex'),
    spanId: text(2, 'hex'),
    parentId: text(4, 'hex'),
    attributes: attributesOf(all(fields, 9)),
    failed: status.some(({ field, number }) => field === 3 && number === 2n),
  };
}

function attributesOf(pairs: readonly Buffer[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const fields = fieldsOf(pair);
      return [all(fields, 1)[0]?.toString() ?? '', valueOf(all(fields, 2)[0] ?? Buffer.alloc(0))];
    }),
  );
}

function valueOf(message: Buffer): unknown {
  const [value] = fieldsOf(message);
  if (!value) return undefined;
  switch (value.field) {
    case 1:
      return value.bytes.toString();
    case 2:
      return value.number === 1n;
    case 3:
      return Number(value.number);
    case 5:
      return all(fieldsOf(value.bytes), 1).map(valueOf);
    default:
      return undefined;
  }
}

const all = (fields: readonly Field[], number: number): Buffer[] =>
  fields.flatMap(({ field, bytes }) => (field === number ? [bytes] : []));
