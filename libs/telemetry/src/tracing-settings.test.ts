import { readTracingSettings } from './tracing-settings.ts';

const endpoint = 'http://collector:4318';
const on = (env: Record<string, string> = {}) =>
  readTracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env });

test.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  { OTEL_TRACES_SAMPLER: 'nonsense' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'true' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' },
])('%j: nothing is traced', (env) => {
  expect(readTracingSettings(env)).toEqual({ settings: null, problems: [] });
});

test('an endpoint is enough: whatever its parent says, else all', () => {
  expect(on()).toEqual({ settings: { sampler: { basedOnParent: true, ratio: 1 }, endpoint }, problems: [] });
});

test('an endpoint of traces alone is enough, and what it hides is told to nobody', () => {
  const settings = readTracingSettings({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://me:hush@collector/v1/traces?key=hush',
  });
  expect(settings).toMatchObject({ settings: { endpoint: 'https://collector' }, problems: [] });
});

test.each([
  ['always_on', undefined, false, 1],
  ['always_off', undefined, false, 0],
  ['traceidratio', '0.25', false, 0.25],
  ['traceidratio', undefined, false, 1],
  ['parentbased_always_off', undefined, true, 0],
  ['parentbased_traceidratio', '0.01', true, 0.01],
])('the sampler %s with %s', (name, arg, basedOnParent, ratio) => {
  const { settings, problems } = on({
    OTEL_TRACES_SAMPLER: name,
    ...(arg === undefined ? {} : { OTEL_TRACES_SAMPLER_ARG: arg }),
  });
  expect(problems).toEqual([]);
  expect(settings?.sampler).toEqual({ basedOnParent, ratio });
});

test('what cannot be used is said, all of it at once', () => {
  const { settings, problems } = on({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_TRACES_EXPORTER: 'zipkin',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '2',
  });
  expect(settings).toBeNull();
  expect(problems).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://collector:4318.',
    'OTEL_TRACES_EXPORTER must be otlp, or none to switch tracing off.',
    "OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf: send to the collector's HTTP port, usually 4318.",
    'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1.',
  ]);
  expect(on({ OTEL_TRACES_SAMPLER: 'sometimes' }).problems).toEqual([
    'OTEL_TRACES_SAMPLER must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio.',
  ]);
});
