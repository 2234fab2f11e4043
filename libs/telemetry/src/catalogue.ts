/**
 * Every metric that a service may expose: a closed list, so that a name is never invented where it is
 * incremented. Labels take their values from configuration or from closed lists, never from traffic.
 */
interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ages = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];

export const catalogue = {
  sluice_ingress_requests_total: {
    type: 'counter',
    help: 'Pushes answered, by how they ended.',
    labels: ['source', 'outcome'],
  },
  sluice_ingress_request_duration_seconds: {
    type: 'histogram',
    help: 'From the first byte of a push to its answer.',
    labels: ['vendor'],
    buckets: seconds,
  },
  sluice_ingress_staff_requests_total: {
    type: 'counter',
    help: 'Requests of staff pages (for a signature: config; with actions: actions), by how they ended.',
    labels: ['source', 'page', 'route', 'outcome'],
  },
  sluice_ingress_keys_used_total: {
    type: 'counter',
    help: 'Which of the two live keys of a source opened a payload.',
    labels: ['source', 'key'],
  },
  sluice_sources_unusable: {
    type: 'gauge',
    help: 'Whether (1) or not (0) the sources file or a secret cannot be used as it is now, and its former state is.',
    labels: [],
  },
  sluice_ingress_oddities_total: {
    type: 'counter',
    help: 'Pushes that were taken although something about them was odd.',
    labels: ['source', 'oddity'],
  },
  sluice_publisher_waiting_records: {
    type: 'gauge',
    help: 'Records that wait for their acknowledgement by Kafka.',
    labels: [],
  },
  sluice_publisher_waiting_bytes: {
    type: 'gauge',
    help: 'Bytes that wait for their acknowledgement by Kafka.',
    labels: [],
  },
  sluice_kafka_circuit_open: {
    type: 'gauge',
    help: 'Whether (1) or not (0) Kafka takes no records and pushes go to the spool at once.',
    labels: [],
  },
  sluice_spool_appends_total: {
    type: 'counter',
    help: 'Records that Kafka did not take, by what the spool did with them.',
    labels: ['outcome'],
  },
  sluice_spool_bytes: { type: 'gauge', help: 'Bytes of the spool on the disk.', labels: [] },
  sluice_spool_records: {
    type: 'gauge',
    help: 'Records that are spooled and not published yet.',
    labels: [],
  },
  sluice_spool_oldest_seconds: {
    type: 'gauge',
    help: 'How long the oldest record is spooled that is not published yet; 0 when none is.',
    labels: [],
  },
  sluice_spool_draining: {
    type: 'gauge',
    help: 'Whether (1) or not (0) spooled records are being published.',
    labels: [],
  },
  sluice_spool_quarantined_files: {
    type: 'gauge',
    help: 'Files of damaged records in the folder quarantine of the spool: look at them, then delete them.',
    labels: [],
  },
  sluice_records_total: {
    type: 'counter',
    help: 'Records that a worker took from a topic, by how they ended.',
    labels: ['topic', 'outcome'],
  },
  sluice_events_total: {
    type: 'counter',
    help: 'Canonical events that the normalizer made.',
    labels: ['topic', 'vendor'],
  },
  sluice_dead_letters_total: {
    type: 'counter',
    help: 'Records that became dead letters, by reason.',
    labels: ['stage', 'reason'],
  },
  sluice_repairs_total: {
    type: 'counter',
    help: 'Payloads that were not quite what they should be and were read all the same.',
    labels: ['vendor', 'repair'],
  },
  sluice_unknown_values_total: {
    type: 'counter',
    help: 'Data types and codes that no vendor page lists: kept, and mapped to UNKNOWN.',
    labels: ['vendor', 'kind'],
  },
  sluice_holds_total: {
    type: 'counter',
    help: 'Times that a partition was held because a server failed.',
    labels: ['topic'],
  },
  sluice_consumer_lag_records: {
    type: 'gauge',
    help: 'Records between what a worker has finished and the end of the partition.',
    labels: ['topic', 'partition'],
  },
  sluice_retention_seconds: {
    type: 'gauge',
    help: 'Until retention deletes the oldest record of the partition that the worker has not finished.',
    labels: ['topic', 'partition'],
  },
  sluice_event_age_seconds: {
    type: 'histogram',
    help: 'From the receipt of a push to the end of this stage.',
    labels: ['stage'],
    buckets: ages,
  },
  sluice_store_batch_records: {
    type: 'histogram',
    help: 'Rows or documents in one write.',
    labels: ['store'],
    buckets: [1, 10, 50, 100, 500, 1000, 5000, 10000],
  },
} as const satisfies Record<string, Metric>;

type Catalogue = typeof catalogue;
export type MetricName = keyof Catalogue;
export type NamesOf<T extends Metric['type']> = {
  [N in MetricName]: Catalogue[N]['type'] extends T ? N : never;
}[MetricName];
export type LabelsOf<N extends MetricName> = Record<Catalogue[N]['labels'][number], string>;
