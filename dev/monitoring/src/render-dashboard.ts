// Grafana 12 provisions files of the first schema; that of dashboardv2 is for its API alone.
/* eslint-disable @typescript-eslint/no-deprecated */
import { parser } from '@prometheus-io/lezer-promql';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  type Dashboard,
  type Panel as GrafanaPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { DashboardSpec, Panel } from './dashboards.ts';

const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Grafana's dashboard: it asks for a Prometheus, a namespace and a stream, and shows the last hour. */
export function renderDashboard(dashboard: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .tags(['sluice'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('datasource').type('prometheus').label('Prometheus'))
    .withVariable(
      new QueryVariableBuilder('namespace')
        .label('Namespace · 命名空间')
        .datasource(datasource)
        .query('label_values(sluice_build_info, namespace)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .includeAll(true)
        // Also what has no such label, as next to compose.
        .allValue('.*'),
    )
    .withVariable(
      new QueryVariableBuilder('stream')
        .label('Stream · 数据流')
        .datasource(datasource)
        .query('label_values(sluice_build_info{namespace=~"$namespace"}, stream)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .includeAll(true)
        .allValue('.*'),
    );
  for (const row of dashboard.rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(renderPanel(panel, row.panels.length));
  }
  return builder.build();
}

function renderPanel(panel: Panel, inItsRow: number): Builder<GrafanaPanel> {
  const builder =
    panel.kind === 'stat'
      ? new StatBuilder().height(4).span(inItsRow > 4 ? 4 : 6)
      : new GraphBuilder().height(8).span(8);
  builder.title(panel.title).unit(panel.unit).datasource(datasource);
  for (const [index, [expression, legend]] of panel.queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(datasource)
      .expr(asChosen(expression))
      .legendFormat(legend);
    builder.withTarget(panel.kind === 'stat' ? query.instant() : query.range());
  }
  return builder;
}

/** What serves all streams (ingress, agent-panel) has no stream, and is shown whichever is chosen. */
const chosen = 'namespace=~"$namespace",stream=~"$stream|"';

/** The expression over the chosen namespace and stream alone: each selector gets two more matchers. */
export function asChosen(expression: string): string {
  const places: { at: number; text: string }[] = [];
  // The grammar knows durations alone: Grafana puts one instead of its variable, of the same length here.
  const readable = expression
    .replaceAll('$__rate_interval', '1'.repeat(15) + 'm')
    .replaceAll('$__range', '1'.repeat(7) + 'm');
  parser.parse(readable).iterate({
    enter: ({ name, from, to }) => {
      if (name !== 'VectorSelector') return;
      const brace = readable.slice(from, to).indexOf('{');
      places.push(
        brace === -1 ? { at: to, text: `{${chosen}}` } : { at: from + brace + 1, text: `${chosen},` },
      );
    },
  });
  return places
    .reverse()
    .reduce((text, place) => text.slice(0, place.at) + place.text + text.slice(place.at), expression);
}

/**
 * The expression as Prometheus itself takes it, over all namespaces.
 * @param range that a dashboard would show, in PromQL: `1h`
 */
export function asPromQl(expression: string, stream = '.*', range = '1h'): string {
  return expression
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', range)
    .replaceAll('$namespace', '.*')
    .replaceAll('$stream', stream);
}
