import { boards } from './boards.ts';
import { renderBoard } from './render-board.ts';

/** The dashboards of the chart and of compose, by their paths in the repository. Not formatted yet. */
export function dashboardFiles(): Map<string, string> {
  return new Map(
    boards.map((board) => [
      `helm/sluice/files/dashboards/${board.uid}.json`,
      JSON.stringify(renderBoard(board), null, 2),
    ]),
  );
}
