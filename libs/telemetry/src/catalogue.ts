/**
 * Every metric that a service of Sluice may expose. The list is closed, so that no metric is invented where it is
 * incremented. Labels take their values from configuration or from closed lists, never from traffic.
 * `docs/reference/metrics.md` is generated from it.
 */
interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** What the metric counts; for a histogram, what it observes. */
  readonly unit:
    | 'pushes'
    | 'requests'
    | 'records'
    | 'batches'
    | 'events'
    | 'bytes'
    | 'seconds'
    | 'times'
    | 'payloads'
    | 'values'
    | 'files'
    | '0 or 1';
  readonly labels: readonly Label[];
  readonly buckets?: readonly number[];
}

/** Every label and the origin of its values. Every metric has `component`, a name that scrapers do not set; metrics of workers also have `stream`. */
export const labels = {
  component:
    'The process: `ingress`, `normalizer`, `sink-clickhouse`, `sink-elasticsearch` or `agent-panel`.',
  source: 'Id of a source in the sources file; empty if the source of a push is unknown.',
  vendor: 'Id of the vendor; empty if the source of a push is unknown.',
  stream:
    'The stream that a worker processes, on each of its metrics; on `sluice_source_info` the stream of the source.',
  outcome: 'The outcome of a push, a record or a write: see the lists below.',
  page: 'Id of a staff page in the sources file; empty if the page of a request is unknown, and for a secret of the source itself.',
  route:
    '`config` (requests a signature) or `actions` (sends actions); for the agent panel `page`, `session`, `visitor` or `cards`.',
  status: 'HTTP status of the answer.',
  reason: 'Why a push was refused, or a record became a dead letter ([dead-letters.md](dead-letters.md)).',
  warning: '`stale-timestamp`, `reused-signature`, `unlisted-id`, `odd-data-type` or `plain-content`.',
  key: '`current` or `previous`: which of the two live keys of the secret.',
  secret:
    '`token`, `aesKey` or `pathSecret` of the source, `staffToken` or `ticketKey` of a staff page (the settings `token` and `ticketKey` below `staff.pages`), `accessKey` of an agent panel.',
  topic: 'Full name of a topic that the service processes; on `sluice_events_total` without the stream.',
  error: "The broker's error by its name in Kafka's protocol, such as `INVALID_TIMESTAMP`.",
  group: 'A consumer group in the setting `SLUICE_SUBSCRIBER_GROUPS` of the normalizer.',
  partition: 'Number of a partition of the topic.',
  stage:
    '`normalizer`, `sink-clickhouse` or `sink-elasticsearch`; for dead letters also the other stages in their schema.',
  repair: 'Name of a repair ([repairs.md](repairs.md)).',
  kind: 'What was unknown: `data-type`, or the name of a code list.',
  store: '`sink-clickhouse` or `sink-elasticsearch`.',
  version: 'Version of the product.',
  node: 'Version of Node.',
} as const;

type Label = keyof typeof labels;

/** They include the limits of the objectives: 0.25 s and 1 s for an acknowledgement, 30 s and 60 s for an event. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ages = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];

export const catalogue = {
  sluice_ingress_requests_total: {
    type: 'counter',
    help: 'Answered pushes, by outcome.',
    unit: 'pushes',
    labels: ['source', 'outcome'],
  },
  sluice_ingress_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the first byte of a push to its answer.',
    unit: 'seconds',
    labels: ['vendor'],
    buckets: seconds,
  },
  sluice_ingress_staff_requests_total: {
    type: 'counter',
    help: 'Requests of staff pages, by outcome.',
    unit: 'requests',
    labels: ['source', 'page', 'route', 'outcome'],
  },
  sluice_ingress_refusals_total: {
    type: 'counter',
    help: 'Pushes that were not acknowledged, by reason.',
    unit: 'pushes',
    labels: ['source', 'reason'],
  },
  sluice_ingress_body_bytes_total: {
    type: 'counter',
    help: 'Bytes of the bodies of authentic pushes.',
    unit: 'bytes',
    labels: ['source'],
  },
  sluice_ingress_requests_in_flight: {
    type: 'gauge',
    help: 'Pushes that wait for their answer.',
    unit: 'pushes',
    labels: [],
  },
  sluice_ingress_requests_waiting: {
    type: 'gauge',
    help: 'Authentic requests whose body is not read yet, because another source also sends and their source has used its share.',
    unit: 'requests',
    labels: [],
  },
  sluice_ingress_body_bytes_in_flight: {
    type: 'gauge',
    help: 'Bytes of the bodies that are being received or processed, by the declared length.',
    unit: 'bytes',
    labels: [],
  },
  sluice_ingress_last_push_timestamp_seconds: {
    type: 'gauge',
    help: 'Time of the last authenticated push from the source to this process; until the first one, the time when the process loaded the source.',
    unit: 'seconds',
    labels: ['source'],
  },
  sluice_ingress_previous_keys: {
    type: 'gauge',
    help: 'Is 1 if a secret of the source has a previous key, otherwise 0.',
    unit: '0 or 1',
    labels: ['source', 'secret', 'page'],
  },
  sluice_ingress_keys_used_total: {
    type: 'counter',
    help: 'Uses of each live key of a secret: pushes that were signed or encrypted with it or had it in their path, and requests of staff pages that sent it.',
    unit: 'requests',
    labels: ['source', 'secret', 'page', 'key'],
  },
  sluice_source_info: {
    type: 'gauge',
    help: 'Always 1. The labels name the vendor and stream of each source.',
    unit: '0 or 1',
    labels: ['source', 'vendor', 'stream'],
  },
  sluice_sources_unusable: {
    type: 'gauge',
    help: 'Is 1 while the sources file or a secret is invalid, otherwise 0. The last valid state stays in force.',
    unit: '0 or 1',
    labels: [],
  },
  sluice_ingress_warnings_total: {
    type: 'counter',
    help: 'Authentic pushes with a warning, whatever their outcome was.',
    unit: 'pushes',
    labels: ['source', 'warning'],
  },
  sluice_agent_panel_requests_total: {
    type: 'counter',
    help: 'Requests to agent panels, by HTTP status.',
    unit: 'requests',
    labels: ['source', 'route', 'status'],
  },
  sluice_agent_panel_previous_keys: {
    type: 'gauge',
    help: 'Is 1 if the access key of an agent panel has a previous key, otherwise 0.',
    unit: '0 or 1',
    labels: ['source', 'secret', 'page'],
  },
  sluice_agent_panel_keys_used_total: {
    type: 'counter',
    help: 'Uses of each live access key to open an agent panel.',
    unit: 'requests',
    labels: ['source', 'secret', 'page', 'key'],
  },
  sluice_publisher_waiting_records: {
    type: 'gauge',
    help: 'Records that wait for an acknowledgement from Kafka.',
    unit: 'records',
    labels: [],
  },
  sluice_publisher_waiting_bytes: {
    type: 'gauge',
    help: 'Bytes that wait for an acknowledgement from Kafka.',
    unit: 'bytes',
    labels: [],
  },
  sluice_kafka_circuit_open: {
    type: 'gauge',
    help: 'Is 1 if Kafka accepts no records for a topic and its pushes go directly to the spool, otherwise 0.',
    unit: '0 or 1',
    labels: ['topic'],
  },
  sluice_kafka_refusals_total: {
    type: 'counter',
    help: 'Batches that a Kafka broker refused, by its error.',
    unit: 'batches',
    labels: ['topic', 'error'],
  },
  sluice_spool_appends_total: {
    type: 'counter',
    help: 'Records that Kafka did not accept, by what the spool did with them.',
    unit: 'records',
    labels: ['outcome'],
  },
  sluice_spool_bytes: { type: 'gauge', help: 'Size of the spool on the disk.', unit: 'bytes', labels: [] },
  sluice_spool_max_bytes: {
    type: 'gauge',
    help: 'Maximum size of the spool. Beyond it pushes are answered with 503. 0 without a spool.',
    unit: 'bytes',
    labels: [],
  },
  sluice_spool_disk_free_bytes: {
    type: 'gauge',
    help: "Free bytes on the spool's disk. 0 without a spool.",
    unit: 'bytes',
    labels: [],
  },
  sluice_spool_records: {
    type: 'gauge',
    help: 'Spooled records that are not published yet.',
    unit: 'records',
    labels: [],
  },
  sluice_spool_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest spooled record that is not published yet; 0 if the spool is empty.',
    unit: 'seconds',
    labels: [],
  },
  sluice_spool_draining: {
    type: 'gauge',
    help: 'Is 1 while spooled records are being published, otherwise 0.',
    unit: '0 or 1',
    labels: [],
  },
  sluice_spool_quarantined_files: {
    type: 'gauge',
    help: 'Files of damaged records in the quarantine folders of the spool (one folder per topic). Look at them, then delete them.',
    unit: 'files',
    labels: [],
  },
  sluice_records_received_total: {
    type: 'counter',
    help: 'Records that a worker began to process: finished ones, those in flight, and those left to another process.',
    unit: 'records',
    labels: ['topic'],
  },
  sluice_records_total: {
    type: 'counter',
    help: 'Records that a worker finished, by outcome.',
    unit: 'records',
    labels: ['topic', 'outcome'],
  },
  sluice_events_total: {
    type: 'counter',
    help: 'Canonical events that the normalizer produced.',
    unit: 'events',
    labels: ['topic', 'vendor'],
  },
  sluice_dead_letters_total: {
    type: 'counter',
    help: 'Records that became dead letters, by reason.',
    unit: 'records',
    labels: ['stage', 'reason'],
  },
  sluice_dead_letters_unseen: {
    type: 'gauge',
    help: 'Dead letters of the last 7 days that were written after the last `sluice dlq seen`.',
    unit: 'records',
    labels: [],
  },
  sluice_dead_letters_expiring: {
    type: 'gauge',
    help: 'Dead letters that retention deletes within 3 days and that no `sluice dlq seen` covers.',
    unit: 'records',
    labels: [],
  },
  sluice_repairs_total: {
    type: 'counter',
    help: 'Malformed payloads that a repair made readable.',
    unit: 'payloads',
    labels: ['vendor', 'repair'],
  },
  sluice_unknown_values_total: {
    type: 'counter',
    help: 'Data types and codes that no vendor page lists. They are kept, and mapped to UNKNOWN.',
    unit: 'values',
    labels: ['vendor', 'kind'],
  },
  sluice_partition_retries_total: {
    type: 'counter',
    help: 'Attempts at a chunk that failed and will be repeated. Meanwhile the partition is blocked.',
    unit: 'times',
    labels: ['topic'],
  },
  sluice_consumer_lag_records: {
    type: 'gauge',
    help: 'Records between the position of a worker and the end of the partition, which is queried every 10 s.',
    unit: 'records',
    labels: ['topic', 'partition'],
  },
  sluice_consumer_lag_seconds: {
    type: 'gauge',
    help: 'Age of the oldest record that the worker has not finished; 0 if it has finished all. For a partition that is not fetched: time since all its records were finished.',
    unit: 'seconds',
    labels: ['topic', 'partition'],
  },
  sluice_subscriber_lag_records: {
    type: 'gauge',
    help: 'Records of a canonical topic that a configured consumer group of another team has not finished.',
    unit: 'records',
    labels: ['group', 'topic'],
  },
  sluice_subscriber_expiring_records: {
    type: 'gauge',
    help: 'Those of these records that retention deletes within a day (or within half the retention, if it is less than two days).',
    unit: 'records',
    labels: ['group', 'topic'],
  },
  sluice_subscriber_lost_records: {
    type: 'gauge',
    help: 'Records that retention deleted before the group finished them; 0 after the group has committed a newer offset.',
    unit: 'records',
    labels: ['group', 'topic'],
  },
  sluice_retention_seconds: {
    type: 'gauge',
    help: 'Time until retention deletes the oldest record of the partition that the worker has not finished.',
    unit: 'seconds',
    labels: ['topic', 'partition'],
  },
  sluice_event_age_seconds: {
    type: 'histogram',
    help: 'Time from the receipt of a push to the end of this stage.',
    unit: 'seconds',
    labels: ['stage'],
    buckets: ages,
  },
  sluice_heartbeat_age_seconds: {
    type: 'gauge',
    help: 'Age of the newest heartbeat that passed this stage in this process; before the first one, how long the process has waited for it.',
    unit: 'seconds',
    labels: ['stage'],
  },
  sluice_store_batch_records: {
    type: 'histogram',
    help: 'Rows or documents in one write.',
    unit: 'records',
    labels: ['store'],
    buckets: [1, 10, 50, 100, 500, 1000, 5000, 10000],
  },
  sluice_store_write_duration_seconds: {
    type: 'histogram',
    help: 'Duration of one write to the store.',
    unit: 'seconds',
    labels: ['store', 'outcome'],
    buckets: seconds,
  },
  sluice_store_write_limit: {
    type: 'gauge',
    help: 'Requests to the store that may be in flight. Elasticsearch only: halved when it answers 429, and raised again as it accepts requests.',
    unit: 'requests',
    labels: ['store'],
  },
  sluice_store_refused_total: {
    type: 'counter',
    help: 'Requests that the busy store refused (429), as a whole or some of their documents. Elasticsearch only; the sink sends the documents again.',
    unit: 'requests',
    labels: ['store'],
  },
  sluice_store_overdue_seconds: {
    type: 'gauge',
    help: 'Time since the oldest document should have been deleted; 0 if none is overdue. Only if a retention is set.',
    unit: 'seconds',
    labels: ['store'],
  },
  sluice_registry_away: {
    type: 'gauge',
    help: 'Is 1 if the schema registry did not answer the last query of the normalizer (every 15 s), otherwise 0.',
    unit: '0 or 1',
    labels: [],
  },
  sluice_clock_timestamp_seconds: {
    type: 'gauge',
    help: 'Clock of the process. Prometheus compares it with the time of the scrape.',
    unit: 'seconds',
    labels: [],
  },
  sluice_ready: {
    type: 'gauge',
    help: 'Is 1 if `/readyz` answers 200; 0 while the process starts, stops or should get no traffic.',
    unit: '0 or 1',
    labels: [],
  },
  sluice_build_info: {
    type: 'gauge',
    help: 'Always 1. The labels name the running versions.',
    unit: '0 or 1',
    labels: ['version', 'node'],
  },
} as const satisfies Record<string, Metric>;

type Catalogue = typeof catalogue;
export type MetricName = keyof Catalogue;
export type NamesOf<T extends Metric['type']> = {
  [N in MetricName]: Catalogue[N]['type'] extends T ? N : never;
}[MetricName];
export type LabelsOf<N extends MetricName> = Record<Catalogue[N]['labels'][number], string>;
