/**
 * Every metric of ours that a service may expose: a closed list, so that a name is never invented where it is
 * incremented. Labels take their values from configuration or from closed lists, never from traffic.
 * `docs/reference/metrics.md` is made of it.
 */
interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** What one is: of a histogram, what is observed. */
  readonly unit:
    | 'pushes'
    | 'requests'
    | 'records'
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

/** Every label, with where its values come from. `service` is on every metric, and `stream` on every one of a worker. */
export const labels = {
  service: 'The process: `ingress`, `normalizer`, `sink-clickhouse`, `sink-elasticsearch` or `agent-panel`.',
  source: 'Id of a source in the sources file; empty for a push of which no source is known.',
  vendor: 'Id of the vendor; empty for a push of which no source is known.',
  stream:
    'The stream that a worker works on, on each of its metrics; of `sluice_source_info` the stream of the source.',
  outcome: 'How a push, a record or a write ended: see the lists below.',
  page: 'Id of a page of staff in the sources file; empty for a request of which no page is known, and for a secret of the source itself.',
  route:
    '`config` (asks for a signature) or `actions` (brings actions); of the agent panel `page`, `session`, `visitor` or `cards`.',
  status: 'HTTP status of the answer.',
  reason: 'Why a push was refused, or a record became a dead letter ([dead-letters.md](dead-letters.md)).',
  warning: '`stale-timestamp`, `reused-signature`, `unlisted-id`, `odd-data-type` or `plain-content`.',
  key: '`current` or `previous`: which of the two live keys of the secret.',
  secret:
    '`token`, `aesKey` or `pathSecret` of the source, `staffToken` or `ticketKey` of a page of staff (the settings `token` and `ticketKey` below `staff.pages`), `accessKey` of an agent panel.',
  topic: 'Full name of a topic that the service works on; of `sluice_events_total` without the stream.',
  group: 'A consumer group that `SLUICE_SUBSCRIBER_GROUPS` of the normalizer names.',
  partition: 'Number of a partition of the topic.',
  stage:
    '`normalizer`, `sink-clickhouse` or `sink-elasticsearch`; of a dead letter the stages in its schema.',
  repair: 'Name of a repair ([repairs.md](repairs.md)).',
  kind: 'What was unknown: `data-type`, or the name of a list of codes.',
  store: '`sink-clickhouse` or `sink-elasticsearch`.',
  version: 'Version of the product.',
  node: 'Version of Node.',
} as const;

type Label = keyof typeof labels;

/** The edges of the objectives are among them: 0.25 s and 1 s for an acknowledgement, 30 s and 60 s for an event. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ages = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];

export const catalogue = {
  sluice_ingress_requests_total: {
    type: 'counter',
    help: 'Pushes answered, by how they ended.',
    unit: 'pushes',
    labels: ['source', 'outcome'],
  },
  sluice_ingress_request_duration_seconds: {
    type: 'histogram',
    help: 'From the first byte of a push to its answer.',
    unit: 'seconds',
    labels: ['vendor'],
    buckets: seconds,
  },
  sluice_ingress_staff_requests_total: {
    type: 'counter',
    help: 'Requests of pages of staff, by how they ended.',
    unit: 'requests',
    labels: ['source', 'page', 'route', 'outcome'],
  },
  sluice_ingress_refusals_total: {
    type: 'counter',
    help: 'Pushes that were not taken, by why.',
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
    help: 'Authentic requests whose body is not read yet: another source sends as well, and theirs has its share in work.',
    unit: 'requests',
    labels: [],
  },
  sluice_ingress_body_bytes_in_flight: {
    type: 'gauge',
    help: 'Bytes of the bodies that are being received or worked on, by the length that requests name.',
    unit: 'bytes',
    labels: [],
  },
  sluice_ingress_last_push_timestamp_seconds: {
    type: 'gauge',
    help: 'Time of the last authenticated push from the source to this process; until the first one, when the process loaded the source.',
    unit: 'seconds',
    labels: ['source'],
  },
  sluice_ingress_previous_keys: {
    type: 'gauge',
    help: 'Whether (1) or not (0) a secret of the source has a previous key next to the current one.',
    unit: '0 or 1',
    labels: ['source', 'secret', 'page'],
  },
  sluice_ingress_keys_used_total: {
    type: 'counter',
    help: 'Which of the two live keys of a secret senders use: a push was signed with it, sealed with it or had it in its path, or a staff page sent it.',
    unit: 'requests',
    labels: ['source', 'secret', 'page', 'key'],
  },
  sluice_source_info: {
    type: 'gauge',
    help: 'Always 1: names vendor and stream of each source.',
    unit: '0 or 1',
    labels: ['source', 'vendor', 'stream'],
  },
  sluice_sources_unusable: {
    type: 'gauge',
    help: 'Is 1 while the sources file or a secret cannot be used; the last usable state stays in force. Otherwise 0.',
    unit: '0 or 1',
    labels: [],
  },
  sluice_ingress_warnings_total: {
    type: 'counter',
    help: 'Authentic pushes about which something was odd, whatever became of them.',
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
    help: 'Whether (1) or not (0) the access key of an agent panel has a previous one next to the current one.',
    unit: '0 or 1',
    labels: ['source', 'secret', 'page'],
  },
  sluice_agent_panel_keys_used_total: {
    type: 'counter',
    help: 'Which of the two live access keys of an agent panel opened it.',
    unit: 'requests',
    labels: ['source', 'secret', 'page', 'key'],
  },
  sluice_publisher_waiting_records: {
    type: 'gauge',
    help: 'Records that wait for their acknowledgement by Kafka.',
    unit: 'records',
    labels: [],
  },
  sluice_publisher_waiting_bytes: {
    type: 'gauge',
    help: 'Bytes that wait for their acknowledgement by Kafka.',
    unit: 'bytes',
    labels: [],
  },
  sluice_kafka_circuit_open: {
    type: 'gauge',
    help: 'Whether (1) or not (0) Kafka takes no records for a topic and its pushes go to the spool at once.',
    unit: '0 or 1',
    labels: ['topic'],
  },
  sluice_spool_appends_total: {
    type: 'counter',
    help: 'Records that Kafka did not take, by what the spool did with them.',
    unit: 'records',
    labels: ['outcome'],
  },
  sluice_spool_bytes: { type: 'gauge', help: 'Bytes of the spool on the disk.', unit: 'bytes', labels: [] },
  sluice_spool_max_bytes: {
    type: 'gauge',
    help: 'Bytes that the spool may have: behind them pushes are answered with 503. 0 without a spool.',
    unit: 'bytes',
    labels: [],
  },
  sluice_spool_disk_free_bytes: {
    type: 'gauge',
    help: "Bytes that are free on the spool's disk. 0 without a spool.",
    unit: 'bytes',
    labels: [],
  },
  sluice_spool_records: {
    type: 'gauge',
    help: 'Records that are spooled and not published yet.',
    unit: 'records',
    labels: [],
  },
  sluice_spool_oldest_seconds: {
    type: 'gauge',
    help: 'How long the oldest record is spooled that is not published yet; 0 when none is.',
    unit: 'seconds',
    labels: [],
  },
  sluice_spool_draining: {
    type: 'gauge',
    help: 'Whether (1) or not (0) spooled records are being published.',
    unit: '0 or 1',
    labels: [],
  },
  sluice_spool_quarantined_files: {
    type: 'gauge',
    help: 'Files of damaged records in the folders quarantine of the spool, one for each topic: look at them, then delete them.',
    unit: 'files',
    labels: [],
  },
  sluice_records_received_total: {
    type: 'counter',
    help: 'Records that a worker began to work on: those that ended, those in flight, and those left to another process.',
    unit: 'records',
    labels: ['topic'],
  },
  sluice_records_total: {
    type: 'counter',
    help: 'Records that a worker took from a topic, by how they ended.',
    unit: 'records',
    labels: ['topic', 'outcome'],
  },
  sluice_events_total: {
    type: 'counter',
    help: 'Canonical events that the normalizer made.',
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
    help: 'Records in the topic of dead letters, of the last 7 days, that came after the last `sluice dlq seen`.',
    unit: 'records',
    labels: [],
  },
  sluice_dead_letters_expiring: {
    type: 'gauge',
    help: 'Records in the topic of dead letters that retention deletes within 3 days, without a `sluice dlq seen` after them.',
    unit: 'records',
    labels: [],
  },
  sluice_repairs_total: {
    type: 'counter',
    help: 'Payloads that were not quite what they should be, and were still read.',
    unit: 'payloads',
    labels: ['vendor', 'repair'],
  },
  sluice_unknown_values_total: {
    type: 'counter',
    help: 'Data types and codes that no vendor page lists: kept, and mapped to UNKNOWN.',
    unit: 'values',
    labels: ['vendor', 'kind'],
  },
  sluice_partition_retries_total: {
    type: 'counter',
    help: 'Times that a partition was blocked because a server failed.',
    unit: 'times',
    labels: ['topic'],
  },
  sluice_consumer_lag_records: {
    type: 'gauge',
    help: 'Records between what a worker has finished and the end of the partition, which is looked at every 10 s.',
    unit: 'records',
    labels: ['topic', 'partition'],
  },
  sluice_consumer_lag_seconds: {
    type: 'gauge',
    help: 'How long ago the oldest record was written that the worker has not finished; 0 when it has finished all. Of a partition of which nothing is fetched: since all of it was finished.',
    unit: 'seconds',
    labels: ['topic', 'partition'],
  },
  sluice_subscriber_lag_records: {
    type: 'gauge',
    help: 'Records of a canonical topic that a consumer group of another team has not finished; of groups that the settings name.',
    unit: 'records',
    labels: ['group', 'topic'],
  },
  sluice_subscriber_expiring_records: {
    type: 'gauge',
    help: 'Of these records, those that retention deletes within a day (half the retention of a topic that keeps less than two days).',
    unit: 'records',
    labels: ['group', 'topic'],
  },
  sluice_subscriber_lost_records: {
    type: 'gauge',
    help: 'Records that retention deleted before the group finished them; 0 again when the group commits a newer offset.',
    unit: 'records',
    labels: ['group', 'topic'],
  },
  sluice_retention_seconds: {
    type: 'gauge',
    help: 'Until retention deletes the oldest record of the partition that the worker has not finished.',
    unit: 'seconds',
    labels: ['topic', 'partition'],
  },
  sluice_event_age_seconds: {
    type: 'histogram',
    help: 'From the receipt of a push to the end of this stage.',
    unit: 'seconds',
    labels: ['stage'],
    buckets: ages,
  },
  sluice_heartbeat_age_seconds: {
    type: 'gauge',
    help: 'How long ago the newest heartbeat was made that passed this stage in this process; before the first, how long the process has waited for it.',
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
    help: 'How long one write into the store took.',
    unit: 'seconds',
    labels: ['store', 'outcome'],
    buckets: seconds,
  },
  sluice_store_overdue_seconds: {
    type: 'gauge',
    help: 'How long ago the oldest document should have been deleted; 0 when none is overdue. Where a retention is set.',
    unit: 'seconds',
    labels: ['store'],
  },
  sluice_registry_away: {
    type: 'gauge',
    help: 'Whether (1) or not (0) the schema registry failed to answer when the normalizer last asked, every 15 s.',
    unit: '0 or 1',
    labels: [],
  },
  sluice_clock_timestamp_seconds: {
    type: 'gauge',
    help: "The process's own clock: Prometheus compares it with the time of its scrape.",
    unit: 'seconds',
    labels: [],
  },
  sluice_ready: {
    type: 'gauge',
    help: 'Whether `/readyz` answers 200: 0 while the process starts, stops or should get no traffic.',
    unit: '0 or 1',
    labels: [],
  },
  sluice_build_info: {
    type: 'gauge',
    help: 'Always 1: names the versions that run.',
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
