import { answerWith } from '../helper-process.ts';
import { prepareRequests } from './prepare-requests.ts';
import { sendLoad, type LoadPlan, type LoadResult } from './send-load.ts';

/** What the load's process is asked for. */
export interface LoadQuestion extends Omit<LoadPlan, 'requests'> {
  readonly sourcesFile: string;
  /** The source that pushes. */
  readonly sourceId: string;
  /** Decides the pushes: those of two seeds have no id in common. */
  readonly seed: string;
}

answerWith(async (question): Promise<LoadResult> => {
  const { sourcesFile, sourceId, seed, ...plan } = question as LoadQuestion;
  return sendLoad({ ...plan, requests: await prepareRequests(sourcesFile, sourceId, plan.port, seed) });
});
