import { dashboards } from './dashboards.ts';
import { renderDashboard } from './render-dashboard.ts';

/** The dashboards of the chart and of compose, by their paths in the repository. Not formatted yet. */
export function dashboardFiles(): Map<string, string> {
  return new Map(
    dashboards.map((dashboard) => [
      `helm/sluice/files/dashboards/${dashboard.uid}.json`,
      JSON.stringify(renderDashboard(dashboard), null, 2),
    ]),
  );
}
