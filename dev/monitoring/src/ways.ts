/**
 * Every way in which data stops, is lost or is about to be lost, and who says so. `docs/operations/alerts.md` and its Chinese page are
 * made of it.
 */
export interface Way {
  /** As the harness of `npm run alerts` calls it. */
  readonly id: string;
  readonly en: string;
  readonly zh: string;
  /** Any of them says so; the first one is the earliest. */
  readonly alerts: readonly [string, ...string[]];
  /** Files in which it is tried, from the root on. */
  readonly tests: readonly [string, ...string[]];
}

const ingressRules = 'dev/monitoring/rule-tests/ingress.yaml';
const workerRules = 'dev/monitoring/rule-tests/workers.yaml';
const objectiveRules = 'dev/monitoring/rule-tests/objectives.yaml';
const weekRules = 'dev/monitoring/rule-tests/weeks.yaml';

export const ways: readonly Way[] = [
  {
    id: 'pushes-stopped',
    en: 'No push arrives: the path to ingress is broken',
    zh: '推送全部中断：通往 ingress 的链路断开',
    alerts: ['SluicePushesStopped'],
    tests: [ingressRules],
  },
  {
    id: 'ingress-unready',
    en: 'All ingress pods are unready',
    zh: '所有 ingress Pod 均未就绪',
    alerts: ['SluiceNotReady', 'SluicePushesStopped'],
    tests: [workerRules, ingressRules],
  },
  {
    id: 'answers-503',
    en: 'Pushes are not acknowledged: neither Kafka nor the disk accepts them',
    zh: '推送得不到确认：Kafka 和磁盘都无法接收',
    alerts: ['SluiceAcknowledgementErrors'],
    tests: [objectiveRules],
  },
  {
    id: 'pushes-refused',
    en: 'All pushes of a source are refused, even if it sends few',
    zh: '某个来源（含推送量小的来源）的推送全部被拒绝',
    alerts: ['SluicePushesRefused'],
    tests: [ingressRules, weekRules],
  },
  {
    id: 'vendor-silent',
    en: 'A vendor has sent nothing for half an hour, for days, or ever',
    zh: '平台半小时、数天或自始至终没有推送',
    alerts: ['SluiceVendorSilent'],
    tests: [weekRules],
  },
  {
    id: 'vendor-clock',
    en: "A vendor's clock is wrong, or somebody replays its pushes: they are kept apart",
    zh: '平台时钟有偏差，或有人重放推送：推送被隔离',
    alerts: ['SluicePushesKeptApart'],
    tests: [ingressRules, 'services/ingress/src/app.test.ts'],
  },
  {
    id: 'own-clock',
    en: 'The clock of a process is wrong',
    zh: '进程所在机器的时钟有偏差',
    alerts: ['SluiceClockSkew'],
    tests: [workerRules],
  },
  {
    id: 'sources-unusable',
    en: 'The present sources file or a secret is invalid',
    zh: '来源文件或密钥当前无法使用',
    alerts: ['SluiceSourcesUnusable'],
    tests: [ingressRules, 'libs/sources/src/live-sources.test.ts'],
  },
  {
    id: 'previous-key-used',
    en: 'A key was changed a week ago, and pushes still use the previous one',
    zh: '密钥已更换一周，推送仍在使用旧密钥',
    alerts: ['SluicePreviousKeyUsed'],
    tests: [weekRules],
  },
  {
    id: 'previous-key-unused',
    en: 'A key was changed, and the previous one is still configured',
    zh: '密钥已更换，旧密钥仍未删除',
    alerts: ['SluicePreviousKeyUnused'],
    tests: [weekRules],
  },
  {
    id: 'certificate',
    en: 'The certificate of the public address expires soon',
    zh: '公网地址的证书即将过期',
    alerts: ['SluiceCertificateExpires'],
    tests: [ingressRules],
  },
  {
    id: 'slow-answers',
    en: 'Acknowledgements take so long that vendors give up',
    zh: '应答过慢，平台会放弃等待',
    alerts: ['SluiceAcknowledgementSlow', 'SluiceEventLoopSlow'],
    tests: [objectiveRules, workerRules],
  },
  {
    id: 'kafka-away',
    en: 'Kafka accepts no records from ingress',
    zh: 'Kafka 不接收 ingress 的记录',
    alerts: ['SluiceKafkaUnavailable', 'SluiceHeartbeatLate'],
    tests: [ingressRules, workerRules],
  },
  {
    id: 'spool-filling',
    en: 'The spool is almost full',
    zh: '磁盘缓冲即将写满',
    alerts: ['SluiceSpoolFilling'],
    tests: [ingressRules],
  },
  {
    id: 'spool-old',
    en: 'Acknowledged records remain on the disk of a pod',
    zh: '已确认的记录滞留在 Pod 的磁盘上',
    alerts: ['SluiceSpoolOld'],
    tests: [ingressRules],
  },
  {
    id: 'spool-disk',
    en: 'The disk of the spool has less space than the spool may use',
    zh: '磁盘缓冲的磁盘空间不足',
    alerts: ['SluiceSpoolDiskLow'],
    tests: [ingressRules],
  },
  {
    id: 'spool-damaged',
    en: 'Records of the spool are damaged',
    zh: '磁盘缓冲中的记录损坏',
    alerts: ['SluiceSpoolDamaged'],
    tests: [ingressRules, 'testing/faults/src/cases/spool-damage.ts'],
  },
  {
    id: 'spool-stranded',
    en: 'An ingress pod is gone, and its spool holds records',
    zh: 'ingress Pod 已消失，其磁盘缓冲仍有记录',
    alerts: ['SluiceSpoolStranded'],
    tests: [ingressRules, 'services/cli/src/spool.integration.test.ts'],
  },
  {
    id: 'service-gone',
    en: 'No process of a service runs',
    zh: '某个服务没有任何进程在运行',
    alerts: ['SluiceServiceMissing', 'SluiceHeartbeatLate'],
    tests: [workerRules],
  },
  {
    id: 'crash-loop',
    en: 'The processes of a service end and restart repeatedly',
    zh: '某个服务的进程反复退出并重启',
    alerts: ['SluiceCrashLoop'],
    tests: [workerRules],
  },
  {
    id: 'never-ready',
    en: 'A worker runs and never becomes ready',
    zh: 'worker 在运行但始终未就绪',
    alerts: ['SluiceNotReady'],
    tests: [workerRules],
  },
  {
    id: 'partition-blocked',
    en: 'One record blocks its partition, and other partitions continue',
    zh: '一条记录阻塞其分区，其他分区正常',
    alerts: ['SluicePartitionBlocked', 'SluiceConsumerStuck'],
    tests: [
      workerRules,
      'libs/stream/src/neighbours.integration.test.ts',
      'testing/faults/src/cases/partition-blocked.ts',
    ],
  },
  {
    id: 'clickhouse-away',
    en: 'ClickHouse accepts no events',
    zh: 'ClickHouse 不接收事件',
    alerts: ['SluiceHeartbeatLate', 'SluicePartitionBlocked'],
    tests: [workerRules, 'testing/faults/src/cases/stores.ts'],
  },
  {
    id: 'elasticsearch-away',
    en: 'Elasticsearch accepts no events',
    zh: 'Elasticsearch 不接收事件',
    alerts: ['SluiceHeartbeatLate', 'SluicePartitionBlocked'],
    tests: [workerRules, 'testing/faults/src/cases/stores.ts'],
  },
  {
    id: 'events-late',
    en: 'Events reach a store late',
    zh: '事件延迟到达存储',
    alerts: ['SluiceEventsLate'],
    tests: [objectiveRules],
  },
  {
    id: 'registry-away',
    en: 'The schema registry is unavailable, which has no effect until a worker restarts',
    zh: 'Schema Registry 不可用：在 worker 重启之前不会显现',
    alerts: ['SluiceRegistryAway'],
    tests: [workerRules, 'services/normalizer/src/watch-registry.test.ts'],
  },
  {
    id: 'retention-unread',
    en: 'Within a day Kafka deletes records that the workers have not read',
    zh: 'Kafka 将在一天内删除 worker 尚未读取的记录',
    alerts: ['SluiceRetentionClock'],
    tests: [workerRules, 'libs/stream/src/stream-events.test.ts'],
  },
  {
    id: 'subscriber-expires',
    en: 'Within a day Kafka deletes records that another team has not read',
    zh: 'Kafka 将在一天内删除其他团队尚未读取的记录',
    alerts: ['SluiceSubscriberExpires'],
    tests: [workerRules, 'libs/stream/src/subscriber-lag.integration.test.ts'],
  },
  {
    id: 'dead-letters',
    en: 'Records become dead letters, and nobody looks at them',
    zh: '记录成为死信且无人查看',
    alerts: ['SluiceDeadLetters', 'SluiceDeadLettersUnseen'],
    tests: [workerRules, 'libs/stream/src/unseen-dead-letters.integration.test.ts'],
  },
  {
    id: 'dead-letters-expire',
    en: 'Within three days Kafka deletes dead letters',
    zh: 'Kafka 将在三天内删除死信',
    alerts: ['SluiceDeadLettersExpire'],
    tests: [workerRules, 'libs/stream/src/unseen-dead-letters.integration.test.ts'],
  },
  {
    id: 'expire-late',
    en: 'The Job that deletes old documents fails or does not run',
    zh: '删除旧文档的任务失败或没有运行',
    alerts: ['SluiceExpireLate'],
    tests: [workerRules, 'services/sink-elasticsearch/src/watch-overdue.integration.test.ts'],
  },
];
