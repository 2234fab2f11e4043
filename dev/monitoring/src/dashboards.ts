import { bySink, sinks } from '@sluice/cli/sinks';
/** One dashboard as we think of it; `render-dashboard.ts` makes Grafana's JSON of it. */
export interface DashboardSpec {
  /** Name of its file, and its address in Grafana. */
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

export interface Panel {
  /** English · Chinese. */
  readonly title: string;
  /** Grafana's id of a unit. */
  readonly unit: 'short' | 's' | 'bytes' | 'reqps' | 'percentunit';
  /** A figure, or (default) a graph. */
  readonly kind?: 'stat';
  /** PromQL and its legend: a template over labels, or a text. */
  readonly queries: readonly (readonly [expression: string, legend: string])[];
}

const p = (quantile: number, histogram: string, by: string, labels = ''): string =>
  `histogram_quantile(${quantile}, sum by (le, ${by}) (rate(${histogram}_bucket${labels}[$__rate_interval])))`;
const perSecond = (counter: string, by: string): string =>
  `sum by (${by}) (rate(${counter}[$__rate_interval]))`;
/** Zero where no counter has begun to count. */
const orZero = (expression: string): string => `(${expression}) or vector(0)`;
const graph = (title: string, unit: Panel['unit'], expression: string, legend: string): Panel => ({
  title,
  unit,
  queries: [[expression, legend]],
});
const figure = (title: string, unit: Panel['unit'], expression: string): Panel => ({
  title,
  unit,
  kind: 'stat',
  queries: [[expression, title]],
});

/** How acknowledged pushes ended, by what they are then: the parts of the ledger's identity. */
const acknowledgedAs = {
  raw: ['published', 'spooled'],
  repeated: ['repeated'],
  deadLetters: ['dead-lettered', 'kept-apart'],
} as const;
const withOutcome = (outcomes: readonly string[]): string => `outcome=~"${outcomes.join('|')}"`;
const taken = withOutcome(Object.values(acknowledgedAs).flat());

/**
 * What a counter counted in the range that is shown, by series. Of a process that began in it and was not restarted that is
 * its value: an increase lacks what was counted before the first scrape. Of any other one it is the increase, which
 * counts on over restarts.
 */
export const counted = (counter: string): string =>
  `((last_over_time(${counter}[$__range]) and resets(${counter}[$__range]) == 0) unless ${counter} offset $__range or increase(${counter}[$__range]))`;

/** Ingress serves all streams: its pushes are those of the sources of the chosen one. */
const ofChosenSources = (expression: string): string =>
  `(${expression} and on (namespace, source) last_over_time(sluice_source_info[$__range]))`;

/** Of the range that is shown. Over one run from nothing these are the ledger's sums. */
export const sums = {
  acknowledged: figure(
    'Acknowledged · 已确认',
    'short',
    `sum(${ofChosenSources(counted(`sluice_ingress_requests_total{${taken}}`))})`,
  ),
  events: figure('Events · 标准事件', 'short', `sum(${counted('sluice_events_total')})`),
  /** Heartbeats come from no vendor. What a store has already in a newer version (stale) is in it as well. */
  ...bySink(({ title, service }) =>
    figure(
      `In ${title} · 已写入 ${title}`,
      'short',
      `sum(${counted(`sluice_records_total{component="${service}",outcome=~"written|stale",topic!~".*[.]heartbeat[.]v1"}`)})`,
    ),
  ),
  /** Those of ingress are of all streams. */
  deadLetters: figure('Dead letters · 死信', 'short', orZero(`sum(${counted('sluice_dead_letters_total')})`)),
};

/** What acknowledged pushes became: together they are `sums.acknowledged`. */
export const parts = Object.fromEntries(
  Object.entries({
    raw: 'Raw records · 原始记录',
    repeated: 'Repeated pushes · 重复推送',
    deadLetters: 'Dead letters of ingress · 接入死信',
  } satisfies Record<keyof typeof acknowledgedAs, string>).map(([part, title]) => {
    const outcomes = withOutcome(acknowledgedAs[part as keyof typeof acknowledgedAs]);
    const pushes = ofChosenSources(counted(`sluice_ingress_requests_total{${outcomes}}`));
    return [part, figure(title, 'short', orZero(`sum(${pushes})`))];
  }),
);

const overview: DashboardSpec = {
  uid: 'sluice-overview',
  title: 'Sluice: overview · 总览',
  rows: [
    { title: 'In the time range shown · 所选时间范围内', panels: Object.values(sums) },
    {
      title: 'Acknowledged = raw + repeated + dead letters · 已确认 = 原始 + 重复 + 死信',
      panels: Object.values(parts),
    },
    {
      title: 'Is it working · 是否正常',
      panels: [
        graph('Processes · 进程', 'short', 'sum by (component) (sluice_build_info)', '{{component}}'),
        graph(
          'Pushes by outcome · 推送结果',
          'reqps',
          perSecond('sluice_ingress_requests_total', 'outcome'),
          '{{outcome}}',
        ),
        figure('Kafka unavailable · Kafka 不可用', 'short', 'max(sluice_kafka_circuit_open)'),
        figure('In the spool · 磁盘缓冲', 'short', 'sum(sluice_spool_records)'),
      ],
    },
    {
      title: 'How late are we · 延迟多少',
      panels: [
        graph(
          'Acknowledged within (p99) · 确认耗时',
          's',
          p(0.99, 'sluice_ingress_request_duration_seconds', 'vendor'),
          '{{vendor}}',
        ),
        graph(
          'Late by (p99) · 延迟',
          's',
          p(0.99, 'sluice_event_age_seconds', 'stream, stage'),
          '{{stream}} {{stage}}',
        ),
        graph(
          'Last heartbeat · 最近心跳',
          's',
          'min by (stream, stage) (sluice_heartbeat_age_seconds)',
          '{{stream}} {{stage}}',
        ),
        graph(
          'Oldest unfinished record · 最早未处理记录',
          's',
          'max by (component) (sluice_consumer_lag_seconds)',
          '{{component}}',
        ),
      ],
    },
    {
      title: 'Refusals and dead letters · 拒绝与死信',
      panels: [
        graph(
          'Refused · 被拒绝',
          'reqps',
          orZero(perSecond('sluice_ingress_refusals_total', 'source, reason')),
          '{{source}} {{reason}}',
        ),
        graph(
          'Dead letters by reason · 死信原因',
          'short',
          orZero('sum by (stage, reason) (increase(sluice_dead_letters_total[1h]))'),
          '{{stage}} {{reason}}',
        ),
        graph(
          'Kept until deleted · 距过期删除',
          's',
          'min by (component) (sluice_retention_seconds)',
          '{{component}}',
        ),
      ],
    },
  ],
};

const ofProcess = (service: string): DashboardSpec['rows'][number] => ({
  title: 'Process · 进程',
  panels: [
    graph(
      'CPU · 处理器',
      'percentunit',
      `rate(process_cpu_seconds_total{component="${service}"}[$__rate_interval])`,
      '{{instance}}',
    ),
    graph('Memory · 内存', 'bytes', `process_resident_memory_bytes{component="${service}"}`, '{{instance}}'),
    graph('Heap · 堆内存', 'bytes', `nodejs_heap_size_used_bytes{component="${service}"}`, '{{instance}}'),
    graph(
      'Event loop lag (p99) · 事件循环延迟',
      's',
      `nodejs_eventloop_lag_p99_seconds{component="${service}"}`,
      '{{instance}}',
    ),
  ],
});

const ingress: DashboardSpec = {
  uid: 'sluice-ingress',
  title: 'Sluice: ingress · 接入',
  rows: [
    {
      title: 'Pushes · 推送',
      panels: [
        graph(
          'By source · 按来源',
          'reqps',
          perSecond('sluice_ingress_requests_total', 'source'),
          '{{source}}',
        ),
        graph('In flight · 处理中', 'short', 'sum(sluice_ingress_requests_in_flight)', 'pushes'),
        graph(
          'Bytes a second · 每秒字节',
          'bytes',
          perSecond('sluice_ingress_body_bytes_total', 'source'),
          '{{source}}',
        ),
        graph(
          'Answered within (p50) · 应答耗时 p50',
          's',
          p(0.5, 'sluice_ingress_request_duration_seconds', 'vendor'),
          '{{vendor}}',
        ),
        graph(
          'Answered within (p99) · 应答耗时 p99',
          's',
          p(0.99, 'sluice_ingress_request_duration_seconds', 'vendor'),
          '{{vendor}}',
        ),
        graph(
          'Staff pages · 客服页面',
          'reqps',
          perSecond('sluice_ingress_staff_requests_total', 'page, outcome'),
          '{{page}} {{outcome}}',
        ),
      ],
    },
    {
      title: 'Kafka and the spool · Kafka 与磁盘缓冲',
      panels: [
        graph(
          'Waiting for Kafka · 等待 Kafka 确认',
          'short',
          'sum(sluice_publisher_waiting_records)',
          'records',
        ),
        graph('Spooled records · 缓冲记录', 'short', 'sluice_spool_records', '{{instance}}'),
        graph('Spooled bytes · 缓冲字节', 'bytes', 'sluice_spool_bytes', '{{instance}}'),
        graph('Oldest in the spool · 缓冲中最早的记录', 's', 'sluice_spool_oldest_seconds', '{{instance}}'),
        graph('Free on the disk · 磁盘剩余', 'bytes', 'sluice_spool_disk_free_bytes', '{{instance}}'),
        graph('Damaged files · 损坏文件', 'short', 'sluice_spool_quarantined_files', '{{instance}}'),
      ],
    },
    ofProcess('ingress'),
  ],
};

const worker = (service: string, title: string, more: readonly Panel[]): DashboardSpec => ({
  uid: `sluice-${service}`,
  title,
  rows: [
    {
      title: 'Records · 记录',
      panels: [
        graph(
          'Received · 收到',
          'reqps',
          `sum by (topic) (rate(sluice_records_received_total{component="${service}"}[$__rate_interval]))`,
          '{{topic}}',
        ),
        graph(
          'Ended · 处理结果',
          'reqps',
          `sum by (outcome) (rate(sluice_records_total{component="${service}"}[$__rate_interval]))`,
          '{{outcome}}',
        ),
        graph(
          'Behind by · 积压',
          'short',
          `sum by (topic) (sluice_consumer_lag_records{component="${service}"})`,
          '{{topic}}',
        ),
        graph(
          'Late by (p99) · 延迟',
          's',
          p(0.99, 'sluice_event_age_seconds', 'stage', `{component="${service}"}`),
          '{{stage}}',
        ),
        graph(
          'Held · 暂停次数',
          'short',
          orZero(`sum by (topic) (increase(sluice_partition_retries_total{component="${service}"}[1h]))`),
          '{{topic}}',
        ),
        ...more,
      ],
    },
    ofProcess(service),
  ],
});

const limits = (service: string): Panel[] => [
  graph(
    'Requests at once, at most · 并发请求上限',
    'short',
    `sum by (store) (sluice_store_write_limit{store="${service}"})`,
    '{{store}}',
  ),
  graph(
    'Refused by the busy store (429) · 存储繁忙拒绝',
    'reqps',
    orZero(`sum by (store) (rate(sluice_store_refused_total{store="${service}"}[$__rate_interval]))`),
    '{{store}}',
  ),
];

const writes = (service: string): Panel[] => [
  graph(
    'Records in a write · 批量大小',
    'short',
    `sum by (store) (rate(sluice_store_batch_records_sum{store="${service}"}[$__rate_interval])) / sum by (store) (rate(sluice_store_batch_records_count{store="${service}"}[$__rate_interval]))`,
    '{{store}}',
  ),
  graph(
    'Writes · 写入次数',
    'reqps',
    `sum by (outcome) (rate(sluice_store_write_duration_seconds_count{store="${service}"}[$__rate_interval]))`,
    '{{outcome}}',
  ),
  graph(
    'A write takes (p99) · 写入耗时',
    's',
    `histogram_quantile(0.99, sum by (le, outcome) (rate(sluice_store_write_duration_seconds_bucket{store="${service}"}[$__rate_interval])))`,
    '{{outcome}}',
  ),
];

const agentPanel: DashboardSpec = {
  uid: 'sluice-agent-panel',
  title: 'Sluice: agent panel · 客服面板',
  rows: [
    {
      title: 'Agent panels · 客服面板',
      panels: [
        graph(
          'Requests by status · 请求状态',
          'reqps',
          perSecond('sluice_agent_panel_requests_total', 'status'),
          '{{status}}',
        ),
        graph(
          'Requests by route · 请求路径',
          'reqps',
          perSecond('sluice_agent_panel_requests_total', 'route'),
          '{{route}}',
        ),
        graph(
          'Access keys used · 使用的访问密钥',
          'reqps',
          perSecond('sluice_agent_panel_keys_used_total', 'source, page, key'),
          '{{source}} {{page}} {{key}}',
        ),
      ],
    },
    ofProcess('agent-panel'),
  ],
};

const vendors: DashboardSpec = {
  uid: 'sluice-vendors',
  title: 'Sluice: vendor health · 平台健康',
  rows: [
    {
      title: 'What vendors send · 平台推送',
      panels: [
        graph(
          'Silent for · 静默时间',
          's',
          'time() - max by (source) (sluice_ingress_last_push_timestamp_seconds)',
          '{{source}}',
        ),
        graph(
          'Share of resends · 重发比例',
          'percentunit',
          `(${perSecond('sluice_ingress_requests_total{outcome="repeated"}', 'source')} or 0 * ${perSecond('sluice_ingress_requests_total', 'source')}) / ${perSecond('sluice_ingress_requests_total', 'source')}`,
          '{{source}}',
        ),
        graph(
          'Bytes in a push · 推送大小',
          'bytes',
          `sum by (source) (rate(sluice_ingress_body_bytes_total[$__rate_interval])) / sum by (source) (rate(sluice_ingress_requests_total{${taken}}[$__rate_interval]))`,
          '{{source}}',
        ),
        graph(
          'Odd pushes · 异常推送',
          'reqps',
          orZero(perSecond('sluice_ingress_warnings_total', 'source, warning')),
          '{{source}} {{warning}}',
        ),
        graph(
          'Refused · 被拒绝',
          'reqps',
          orZero(perSecond('sluice_ingress_refusals_total', 'source, reason')),
          '{{source}} {{reason}}',
        ),
      ],
    },
    {
      title: 'What is in it · 内容',
      panels: [
        graph(
          'Not decrypted · 解密失败',
          'short',
          orZero(
            'sum by (reason) (increase(sluice_dead_letters_total{reason=~"UNDECRYPTABLE|NO_ENVELOPE"}[1h]))',
          ),
          '{{reason}}',
        ),
        graph(
          'Keys used · 使用的密钥',
          'reqps',
          perSecond('sluice_ingress_keys_used_total', 'source, secret, page, key'),
          '{{source}} {{page}} {{secret}} {{key}}',
        ),
        graph(
          'Events by type · 事件类型',
          'reqps',
          perSecond('sluice_events_total', 'vendor, topic'),
          '{{vendor}} {{topic}}',
        ),
        graph(
          'Events in a push · 每次推送事件数',
          'short',
          `sum by (vendor) (rate(sluice_events_total[$__rate_interval])) / sum by (vendor) (label_replace(rate(sluice_records_total{component="normalizer",outcome="normalized"}[$__rate_interval]), "vendor", "$1", "topic", ".*[.]raw[.](.+)"))`,
          '{{vendor}}',
        ),
        graph(
          'Repairs · 修复',
          'reqps',
          perSecond('sluice_repairs_total', 'vendor, repair'),
          '{{vendor}} {{repair}}',
        ),
        graph(
          'Unknown codes · 未知代码',
          'short',
          orZero('sum by (vendor, kind) (increase(sluice_unknown_values_total[1h]))'),
          '{{vendor}} {{kind}}',
        ),
      ],
    },
  ],
};

const lag: DashboardSpec = {
  uid: 'sluice-lag',
  title: 'Sluice: lag of subscribers · 订阅积压',
  rows: [
    {
      title: 'Groups in SLUICE_SUBSCRIBER_GROUPS · 其他团队的消费组',
      panels: [
        graph(
          'Groups behind by · 消费组积压',
          'short',
          'max by (group, topic) (sluice_subscriber_lag_records)',
          '{{group}} {{topic}}',
        ),
        graph(
          'Falls behind by, per second · 积压增速',
          'short',
          'max by (group, topic) (deriv(sluice_subscriber_lag_records[$__rate_interval]))',
          '{{group}} {{topic}}',
        ),
      ],
    },
    {
      title: 'Our own workers · 本产品的消费者',
      panels: [
        graph(
          'Records behind · 积压记录',
          'short',
          'sum by (component, topic) (sluice_consumer_lag_records)',
          '{{component}} {{topic}}',
        ),
        graph(
          'Seconds behind · 积压时间',
          's',
          'max by (component, topic) (sluice_consumer_lag_seconds)',
          '{{component}} {{topic}}',
        ),
        graph(
          'Furthest behind, by partition · 分区积压',
          'short',
          'topk(10, sluice_consumer_lag_records)',
          '{{component}} {{topic}}/{{partition}}',
        ),
        graph(
          'Kept until deleted · 距过期删除',
          's',
          'min by (component, topic) (sluice_retention_seconds)',
          '{{component}} {{topic}}',
        ),
        graph(
          'Finished · 已处理',
          'reqps',
          perSecond('sluice_records_total', 'component, topic'),
          '{{component}} {{topic}}',
        ),
      ],
    },
  ],
};

export const dashboards: readonly DashboardSpec[] = [
  overview,
  ingress,
  worker('normalizer', 'Sluice: normalizer · 标准化', [
    graph('Events made · 产生事件', 'reqps', perSecond('sluice_events_total', 'topic'), '{{topic}}'),
  ]),
  ...sinks.map(({ service, title, refusesWhenBusy }) =>
    worker(service, `Sluice: ${title}`, [...writes(service), ...(refusesWhenBusy ? limits(service) : [])]),
  ),
  agentPanel,
  vendors,
  lag,
];
