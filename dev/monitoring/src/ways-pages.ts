import { posix } from 'node:path';
import { readFirings, type Firings } from './firings.ts';
import { ways, type Way } from './ways.ts';

const english = 'docs/operations/alerts.md';
const chinese = 'docs/operations/alerts.zh.md';

/** `docs/operations/alerts.md` and its Chinese page, by their paths. */
export function waysPages(firings: Firings = readFirings()): Map<string, string> {
  return new Map([
    [english, englishPage(firings)],
    [chinese, chinesePage(firings)],
  ]);
}

const runbook = (alert: string): string => `[${alert}](runbooks/${alert}.md)`;
const fileName = (path: string): string => `[${posix.basename(path)}](../../${path})`;

function table(
  head: readonly string[],
  text: (way: Way) => string,
  firings: Firings,
  seconds: (count: number) => string,
  shortened: string,
): string {
  const rows = ways.map((way) => {
    const seen = firings.firings[way.id];
    return [
      text(way),
      way.alerts.map(runbook).join(', '),
      seen === undefined ? '–' : `${seen.alert}, ${seconds(seen.seconds)}${seen.shortened ? shortened : ''}`,
      way.tests.map(fileName).join(', '),
    ];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function englishPage(firings: Firings): string {
  return `# Alerts

**English** · [中文](alerts.zh.md)

This page lists every way in which data can stop, be lost, or be about to be lost, with the alert for it. Each alert links to
its runbook. The rules are in [helm/sluice/files/alerts](../../helm/sluice/files/alerts). This page is generated from
[ways.ts](../../dev/monitoring/src/ways.ts) by \`npm run generate\`.

"Seen firing" is the result of \`npm run alerts\` (last run: ${firings.date}). The command brings real services and servers into the
state, and a real Prometheus scrapes them every 15 s with the rules of the chart. The time is measured from the beginning of
the state to the alert. No alert may take longer than 600 s. "Shortened" means that the rule waits for days or an hour, and
that the run used minutes instead (\`3d\` became \`4m\`, and so on). A promtool test covers the rule with its own durations. The
certificate is a real one. A probe of the suite checks it instead of a blackbox exporter.

${table(
  ['state', 'alerts', 'seen firing', 'tests'],
  ({ en }) => en,
  firings,
  (count) => `${count} s`,
  ', shortened',
)}

[normal-weeks.integration.test.ts](../../dev/monitoring/src/normal-weeks.integration.test.ts) proves that no alert fires in ten
ordinary days: quiet nights, a weekend, two rolling upgrades, a moved pod, a restarted broker, a busy store. \`npm run alerts\`
also runs an ordinary system, restarts each service once, and fails if an alert fires.

## Where the figures come from

- **Dead letters, subscribers**: the normalizer asks Kafka every 15 s for offsets and times, and reads no records. It watches
  the subscriber groups in its setting \`SLUICE_SUBSCRIBER_GROUPS\`. \`sluice dlq seen\` records which dead letters were seen.
- **Old documents**: the Elasticsearch sink queries the age of the oldest document. The status of the Job is less reliable: a Job
  that is suspended, never scheduled or too slow does not fail, and not every cluster has kube-state-metrics.
- **Registry**: the normalizer queries it every 15 s. Services need the registry only when they start.
- **Clocks**: each process exposes its clock, and Prometheus compares it with the time of the scrape. A vendor's clock is visible
  in its signatures: a push that was signed more than 5 minutes ahead, or longer ago than \`freshnessMs\`, is kept apart.
- **The path to ingress**: SluicePushesStopped needs more than 600 pushes in the hour before. If you receive fewer, let your
  blackbox exporter post to the public address. The chart has no rule for this, because it does not know the name of your probe.

If a source pauses for more than three days (a long holiday), SluiceVendorSilent fires. Silence it.
`;
}

function chinesePage(firings: Firings): string {
  return `# 告警

[English](alerts.md) · **中文**

下表列出数据中断、丢失或即将丢失的每一种情形，以及对应的告警；每个告警都链接到处理手册（英文）。规则见
[helm/sluice/files/alerts](../../helm/sluice/files/alerts)；本页由 [ways.ts](../../dev/monitoring/src/ways.ts) 生成
（\`npm run generate\`）。

“实测”一列由 \`npm run alerts\` 得出（最近一次：${firings.date}）：让真实的服务和服务器进入该状态，真实的 Prometheus 每 15 秒抓取一次，
规则与 chart 中完全相同；时间从状态开始计到告警触发，不得超过 600 秒。“缩短时长”表示该规则要等数天或一小时，
此处把其中的时长换成了几分钟（\`3d\` 换成 \`4m\` 等）；原时长的规则用 promtool 和相应形状的时间序列验证。证书是真实的证书，由测试套件自带的探针代替 blackbox exporter 探测。

${table(
  ['情形', '告警', '实测', '测试'],
  ({ zh }) => zh,
  firings,
  (count) => `${count} 秒`,
  '，缩短时长',
)}

此外，[normal-weeks.integration.test.ts](../../dev/monitoring/src/normal-weeks.integration.test.ts) 证明在正常的十天里没有任何告警：白天、安静的夜间、周末、两次滚动升级、
一次 Pod 迁移、一次 broker 重启、一次存储繁忙。\`npm run alerts\` 还会运行一个正常的系统，并逐个重启其服务；其中若有告警触发，则判为失败。

## 数据来源

- **死信与订阅方**：normalizer 每 15 秒向 Kafka 查询 offset 和时间，不读取任何记录。只有写入 normalizer 的 \`SLUICE_SUBSCRIBER_GROUPS\` 的消费组才会被监视。
  死信是否已查看，由 \`sluice dlq seen\` 记录。
- **过期文档**：sink-elasticsearch 查询最旧文档的时间。任务被挂起、从未调度或过慢时不会“失败”，而且并非每个集群都有 kube-state-metrics。
- **Schema Registry**：normalizer 每 15 秒查询一次；各服务只在启动时需要它。
- **时钟**：每个进程公布自己的时钟，由 Prometheus 与抓取时间比较。平台时钟的偏差体现在签名上：签名时间超前 5 分钟以上，或早于 \`freshnessMs\` 的推送会被隔离。
- **到 ingress 的链路**：SluicePushesStopped 要求此前一小时推送超过 600 次。推送更少时，请用自己的 blackbox exporter 探测公网地址。

来源停顿超过三天（长假）会触发 SluiceVendorSilent，请将其静默。
`;
}
