import { topicRisks } from '@sluice/kafka/topic-risks';
import { z } from 'zod';
import { sinks } from '@sluice/cli/sinks';
import { configSchema as ingressSettings } from '@sluice/ingress/settings';
import { configSchema as normalizerSettings } from '@sluice/normalizer/settings';
import { configSchema as agentPanelSettings } from '@sluice/agent-panel/settings';
import type { SinkDescriptor } from '@sluice/sink/sink-descriptor';
import { keyOf } from './sinks-file.ts';

/** Settings that the chart makes of values of its own: nobody sets them twice. */
const madeByTheChart = new RegExp(
  `^(kafka|registry|${sinks.map(({ id }) => id).join('|')})[A-Z]|^(host|port|opsPort|logLevel|stopDeadlineMs|stream|sourcesFile|tlsCertFile|tlsKeyFile|panelsFile|spoolFolder|spoolMaxBytes)$`,
);

/** The settings of a service that users set at `<component>.settings`, with their types. */
function settingsOf(shape: z.ZodRawShape) {
  const json = z.toJSONSchema(z.object(shape), { io: 'output', unrepresentable: 'any' });
  const free = Object.keys(shape).filter((key) => !madeByTheChart.test(key));
  return z.strictObject(
    Object.fromEntries(free.map((key) => [key, asJson(json.properties?.[key] as object).optional()])),
  );
}

/** A part of the schema that is written as JSON Schema already. */
const asJson = (schema: object) => z.unknown().meta({ ...schema, default: undefined });

/**
 * A text of a form. Helm's refusal shows the pattern and nothing else, so the pattern ends with an alternative that no
 * text matches (nothing stands before a beginning): the example.
 */
function like(form: RegExp, example: string) {
  const plain = example.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return z.string().regex(new RegExp(`${form.source}|for example ${plain}^`));
}

/** What Kubernetes itself checks. */
const free = z.record(z.string(), z.unknown());
const strings = z.record(z.string(), z.string());
const list = z.array(free);
const port = z.int().min(1).max(65_535);
/** A Secret, a claim or another name of Kubernetes; empty: none. */
const name = like(/^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$/, 'sluice-kafka');
const claim = like(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'spool-sluice-ingress-3');
const duration = like(/^[1-9][0-9]*[smhd]$/, '7d');
const maybeDuration = like(/^([1-9][0-9]*[smhd])?$/, '365d');
/** As libs/sources/src/read-sources.ts has it. */
const stream = like(/^[a-z][a-z0-9_]{0,39}$/, 'shop_eu');
const url = like(/^(https?:\/\/.+)?$/, 'https://host.example.com:8443/path');
const quantity = like(/^[1-9][0-9]*([KMGT]i?)?$/, '20Gi');

const password = { password: z.string(), existingSecret: name, passwordKey: z.string().min(1) };
const ownUser = z.strictObject({
  sasl: z.strictObject({ username: z.string(), existingSecret: name, passwordKey: z.string().min(1) }),
  tls: z.strictObject({ existingSecret: name }),
});
const scaled = { minReplicas: z.int().min(1), maxReplicas: z.int().min(1) };

const service = z.strictObject({
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
  port,
  annotations: strings,
  nodePort: port.nullish(),
  externalTrafficPolicy: z.enum(['', 'Cluster', 'Local']),
  loadBalancerClass: z.string(),
  loadBalancerSourceRanges: z.array(z.string()),
  ipFamilyPolicy: z.enum(['', 'SingleStack', 'PreferDualStack', 'RequireDualStack']),
  ipFamilies: z.array(z.enum(['IPv4', 'IPv6'])),
});

/** Where a pod runs, and as whom. */
const placed = {
  podAnnotations: strings,
  podLabels: strings,
  nodeSelector: strings,
  tolerations: list,
  affinity: free,
  priorityClassName: z.string(),
  podSecurityContext: free,
  securityContext: free,
};

/** What every component has. */
const pods = (settings: z.ZodRawShape) => ({
  enabled: z.boolean(),
  replicas: z.int().min(0),
  settings: settingsOf(settings),
  extraEnv: list,
  podDisruptionBudget: z.strictObject({ maxUnavailable: z.union([z.int().min(1), z.string()]) }),
  resources: free,
  ...placed,
  topologySpreadConstraints: z.union([list, z.null()]),
  extraVolumes: list,
  extraVolumeMounts: list,
  initContainers: list,
  extraContainers: list,
});

const component = (settings: z.ZodRawShape) => ({
  ...pods(settings),
  autoscaling: z.strictObject(scaled),
  kafka: ownUser,
});

const valueForms = {
  duration: maybeDuration,
  'positive integer': z.int().positive().nullish(),
  'whole number': z.int().min(0).nullish(),
} as const;

/** Where a sink's store is, and what `sluice migrate` and `sluice expire` take of it. */
const storeOf = ({ migrateSettings, expiresByCommand, takesApiKeys, hasClusters }: SinkDescriptor) =>
  z.strictObject({
    ...{ url, username: z.string(), ...password },
    ...(takesApiKeys ? { apiKeyKey: z.string() } : {}),
    ...(hasClusters ? { cluster: z.string() } : {}),
    ...(expiresByCommand ? { retention: maybeDuration } : {}),
    ...Object.fromEntries(migrateSettings.map(({ name, value }) => [name, valueForms[value]])),
  });

/** The values of the chart. Whatever is not named here is refused. */
export async function readValuesShape() {
  const sinkSettings = await Promise.all(sinks.map((sink) => sink.settings()));
  return valuesShapeOf(sinkSettings);
}

const valuesShapeOf = (sinkSettings: readonly z.ZodRawShape[]) =>
  z.strictObject({
    global: free.optional(),
    nameOverride: z.string(),
    fullnameOverride: z.string(),
    commonLabels: strings,
    image: z.strictObject({
      repository: z.string().min(1),
      tag: z.string(),
      digest: like(/^(sha256:[0-9a-f]{64})?$/, `sha256:${'0a'.repeat(32)}`),
      pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
    }),
    imagePullSecrets: list,
    podSecurityContext: free,
    securityContext: free,
    serviceAccount: z.strictObject({ create: z.boolean(), name, annotations: strings }),
    stream,
    logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    stopDeadlineSeconds: z.int().min(5).max(600),
    kafka: z.strictObject({
      brokers: z.array(like(/^([^\s:,[\]]+|\[[^\s\]]+\]):[0-9]{1,5}$/, 'kafka-0.example.com:9093')),
      client: z.enum(['kafkajs', 'platformatic']),
      compression: z.enum(['none', 'gzip', 'snappy', 'lz4', 'zstd']),
      tls: z.strictObject({
        enabled: z.boolean(),
        caSecret: name,
        caKey: z.string().min(1),
        existingSecret: name,
        certKey: z.string().min(1),
        keyKey: z.string().min(1),
      }),
      sasl: z.strictObject({
        mechanism: z.enum(['', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer']),
        username: z.string(),
        ...password,
        oauth: z.strictObject({
          tokenUrl: url,
          scope: z.string(),
          audience: z.string(),
          extensions: z.record(like(/^[A-Za-z]+$/, 'logicalCluster'), like(/^[^,\s]+$/, 'lkc-12345')),
        }),
      }),
    }),
    registry: z.strictObject({
      url,
      username: z.string(),
      ...password,
      tokenKey: z.string(),
      subjects: z.enum(['topic', 'record', 'topic-record']),
    }),
    ...Object.fromEntries(sinks.map((sink) => [sink.id, storeOf(sink)])),
    trust: z.strictObject({
      pem: z.string(),
      existingSecret: name,
      existingConfigMap: name,
      key: z.string().min(1),
    }),
    tracing: z.strictObject({
      endpoint: url,
      ratio: z.number().min(0).max(1),
      existingSecret: name,
      headersKey: z.string().min(1),
    }),
    sources: z.strictObject({
      existingSecret: name,
      list,
      files: z.record(like(/^[-._a-zA-Z0-9]+$/, 'shop-east-token'), z.string()),
    }),
    ingress: z.strictObject({
      ...component(ingressSettings),
      spool: z.strictObject({
        enabled: z.boolean(),
        size: quantity,
        storageClass: z.string(),
        drainSeconds: z.int().min(10).max(3600),
        scaleInDrainSeconds: z.int().min(10).max(86_400),
      }),
      service,
      tls: z.strictObject({ existingSecret: name }),
      url,
      autoscaling: z.strictObject({ ...scaled, cpuPercent: z.int().min(1).max(100) }),
    }),
    normalizer: z.strictObject(component(normalizerSettings)),
    ...Object.fromEntries(
      sinks.map(({ id }, at) => [keyOf(id), z.strictObject(component(sinkSettings[at] ?? {}))]),
    ),
    agentPanel: z.strictObject({
      ...pods(agentPanelSettings),
      existingSecret: name,
      elasticsearch: ownUser.shape.sasl.extend({ apiKeyKey: z.string() }),
      service,
      tls: z.strictObject({ existingSecret: name }),
    }),
    autoscaling: z.strictObject({
      mode: z.enum(['none', 'hpa', 'keda', 'external']),
      lagMetric: z.string(),
      lagPerReplica: z.int().min(1),
      scaleDownSeconds: z.int().min(0).max(3600),
    }),
    topics: z.strictObject({
      mode: z.enum(['none', 'job', 'strimzi']),
      replicas: z.int().min(1),
      allow: z.array(z.enum(topicRisks)),
      retention: z.strictObject({
        raw: duration,
        canonical: duration,
        deadLetter: duration,
        topics: z.record(z.string(), duration),
      }),
    }),
    strimzi: z.strictObject({
      cluster: name,
      namespace: name,
      apiVersion: z.enum(['kafka.strimzi.io/v1', 'kafka.strimzi.io/v1beta2']),
      users: z.strictObject({
        enabled: z.boolean(),
        authentication: z.enum(['scram-sha-512', 'tls']),
        ingressStreams: z.array(stream),
      }),
    }),
    release: z.strictObject({
      mode: z.enum(['hook', 'plain', 'none']),
      backoffLimit: z.int().min(0),
      deadlineSeconds: z.int().min(10),
      annotations: strings,
      kafka: ownUser,
      resources: free,
      ...placed,
    }),
    adopt: z.strictObject({ claims: z.array(claim), deadlineSeconds: z.int().min(10) }),
    httpIngress: z.strictObject({
      enabled: z.boolean(),
      className: z.string(),
      annotations: strings,
      hosts: z.array(z.string().min(1)),
      tls: list,
    }),
    httpRoute: z.strictObject({
      enabled: z.boolean(),
      parentRefs: list,
      hostnames: z.array(z.string().min(1)),
      annotations: strings,
    }),
    networkPolicy: z.strictObject({
      enabled: z.boolean(),
      pushFrom: list,
      panelsFrom: list,
      scrapeFrom: list,
      serversAt: list,
      extraEgress: list,
    }),
    podMonitor: z.strictObject({ enabled: z.boolean(), labels: strings, interval: duration }),
    prometheusRule: z.strictObject({ enabled: z.boolean(), labels: strings, runbooks: url }),
    dashboards: z.strictObject({ enabled: z.boolean(), labels: strings, annotations: strings }),
    toolbox: z.strictObject({
      enabled: z.boolean(),
      extraEnv: list,
      kafka: ownUser,
      resources: free,
      ...placed,
    }),
    test: z.strictObject({ source: z.string(), timeoutSeconds: z.int().min(10) }),
  });
