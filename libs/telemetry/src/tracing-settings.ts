/** What OpenTelemetry's own variables say, as far as it is ours to decide. Its exporter reads the others by itself. */
export interface TracingSettings {
  readonly sampler: { readonly basedOnParent: boolean; /** 0 to 1, of new traces. */ readonly ratio: number };
  /** Where spans go, to be told to people: without what a URL may hide. */
  readonly endpoint: string;
}

/** Names of `OTEL_TRACES_SAMPLER`; null: the ratio is `OTEL_TRACES_SAMPLER_ARG`. */
const samplers: Readonly<Record<string, { basedOnParent: boolean; ratio: number | null }>> = {
  always_on: { basedOnParent: false, ratio: 1 },
  always_off: { basedOnParent: false, ratio: 0 },
  traceidratio: { basedOnParent: false, ratio: null },
  parentbased_always_on: { basedOnParent: true, ratio: 1 },
  parentbased_always_off: { basedOnParent: true, ratio: 0 },
  parentbased_traceidratio: { basedOnParent: true, ratio: null },
};

/** An empty variable counts as one that is not set. Source: OpenTelemetry Environment Variable Specification. */
const valueOf = (env: NodeJS.ProcessEnv, name: string): string | undefined =>
  env[name]?.trim() === '' ? undefined : env[name]?.trim();

/**
 * Whether and how to trace, by OpenTelemetry's standard variables: spans are sent when
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
 * @returns `settings`, null when nothing is to be traced; `problems`, a message for each variable that cannot be used
 */
export function readTracingSettings(env: NodeJS.ProcessEnv): {
  readonly settings: TracingSettings | null;
  readonly problems: string[];
} {
  const [endpointName, endpoint] = firstOf(
    env,
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
  );
  const exporter = valueOf(env, 'OTEL_TRACES_EXPORTER');
  const isOff = valueOf(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || exporter === 'none';
  if (endpoint === undefined || isOff) return { settings: null, problems: [] };

  const problems: string[] = [];
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    problems.push(`${endpointName} must be a URL such as http://collector:4318.`);
  if (exporter !== undefined && exporter !== 'otlp')
    problems.push('OTEL_TRACES_EXPORTER must be otlp, or none to switch tracing off.');
  const [protocolName, protocol = 'http/protobuf'] = firstOf(
    env,
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
  );
  if (protocol !== 'http/protobuf')
    problems.push(`${protocolName} must be http/protobuf: send to the collector's HTTP port, usually 4318.`);
  const sampler = samplers[valueOf(env, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on'];
  if (!sampler) problems.push(`OTEL_TRACES_SAMPLER must be one of ${Object.keys(samplers).join(', ')}.`);
  const ratio = Number(valueOf(env, 'OTEL_TRACES_SAMPLER_ARG') ?? 1);
  if (sampler?.ratio === null && !(ratio >= 0 && ratio <= 1))
    problems.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1.');
  if (!sampler || problems.length > 0) return { settings: null, problems };
  return {
    settings: {
      sampler: { basedOnParent: sampler.basedOnParent, ratio: sampler.ratio ?? ratio },
      endpoint: new URL(endpoint).origin,
    },
    problems,
  };
}

/** The first of these variables that is set, and its value. */
function firstOf(env: NodeJS.ProcessEnv, ...names: [string, string]): [name: string, value?: string] {
  for (const name of names) {
    const value = valueOf(env, name);
    if (value !== undefined) return [name, value];
  }
  return [names[0]];
}
