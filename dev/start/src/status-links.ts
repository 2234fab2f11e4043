import type { Endpoints } from '@sluice/dev-servers/endpoints';
import type { DevelopmentPorts } from './ports.ts';
import { serviceNames } from './services.ts';
import type { StatusLink } from './status-page.ts';

export interface LinkedParts {
  readonly endpoints: Endpoints;
  readonly stream: string;
  readonly ports: Pick<DevelopmentPorts, 'ingress' | 'ops'>;
  /** Undefined where it was not started. */
  readonly emulatorUrl: string | undefined;
  readonly prometheusUrl: string | undefined;
}

/** Where a browser finds everything that `npm start` started: each link leads to something that a person can read. */
export function statusLinks({
  endpoints,
  stream,
  ports,
  emulatorUrl,
  prometheusUrl,
}: LinkedParts): StatusLink[] {
  const ofClickHouse = (query: string): string =>
    `${endpoints.clickhouseUrl}/?${new URLSearchParams({ default_format: 'PrettyCompactNoEscapes', database: stream, query }).toString()}`;
  const ofElasticsearch = (path: string): string => `${endpoints.elasticsearchUrl}/${path}`;
  return [
    ...(emulatorUrl === undefined
      ? []
      : [
          {
            title: '工作台 Workbench',
            url: emulatorUrl,
            hint: 'Emulated: choose a visitor, push a card',
          },
        ]),
    {
      title: 'ClickHouse: 会话 conversations',
      url: ofClickHouse('SELECT event_type, count() FROM conversation_latest GROUP BY 1 ORDER BY 2 DESC'),
      hint: 'change the query in the address',
    },
    {
      title: 'ClickHouse: 表和视图 tables and views',
      url: ofClickHouse(
        'SELECT name, engine, total_rows, comment FROM system.tables WHERE database = currentDatabase() ORDER BY name',
      ),
      hint: 'docs/guides/querying.md says what each is for',
    },
    {
      title: 'Elasticsearch: 最近消息 last messages',
      url: ofElasticsearch(`${stream}-message-*/_search?size=5&sort=meta.occurred_at:desc&pretty`),
      hint: 'the newest five',
    },
    {
      title: 'Elasticsearch: 搜索 search “退款”',
      url: ofElasticsearch(`${stream}-message-*/_search?q=text:%22退款%22&size=5&pretty`),
      hint: 'a phrase in double quotes',
    },
    {
      title: 'Elasticsearch: 索引 indices',
      url: ofElasticsearch(`_cat/indices/${stream}-*?v&s=index`),
      hint: 'with their documents',
    },
    {
      title: '模式注册表 Schema registry',
      url: new URL('/ui/', endpoints.registryUrl).href,
      hint: 'its own pages; where it is not Apicurio, ask /subjects',
    },
    {
      title: '最近请求 Last requests',
      url: `http://127.0.0.1:${ports.ops.ingress}/pushes`,
      hint: 'of ingress, as JSON: docs/reference/configuration.md',
    },
    ...serviceNames.map((name) => ({
      title: `指标 Metrics: ${name}`,
      url: `http://127.0.0.1:${ports.ops[name]}/metrics`,
      hint: 'docs/reference/metrics.md explains them',
    })),
    ...(prometheusUrl === undefined
      ? []
      : [{ title: '告警 Prometheus', url: `${prometheusUrl}/alerts`, hint: 'alerts, rules and queries' }]),
  ];
}
