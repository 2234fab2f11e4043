import { answerWith } from '../helper-process.ts';
import { prepareRequests } from './prepare-requests.ts';
import { sendLoad, type LoadPlan, type LoadResult } from './send-load.ts';

/** What the load's process is asked for. */
export interface LoadQuestion extends Omit<LoadPlan, 'requests' | 'onAcknowledged'> {
  readonly sourcesFile: string;
  /** The source that pushes. */
  readonly sourceId: string;
  /** Decides the pushes: those of two seeds have no id in common. */
  readonly seed: string;
  /** Sends each push once and answers when. Default: a few thousand pushes go round. */
  readonly each?: true;
}

/** A push that was acknowledged. Moments are epoch ms. */
export interface SentPush {
  readonly payloadHash: string;
  readonly dueAtMs: number;
  readonly answeredAtMs: number;
}

/** What `LoadQuestion.each` is answered with: without it there are no pushes. */
export interface LoadAnswer extends LoadResult {
  readonly pushes: readonly SentPush[];
}

answerWith(async (question): Promise<LoadAnswer> => {
  const { sourcesFile, sourceId, seed, each, ...plan } = question as LoadQuestion;
  const distinct = each ? Math.ceil((plan.ratePerSecond ?? 0) * plan.seconds) + 1 : undefined;
  const requests = await prepareRequests(sourcesFile, sourceId, plan.port, seed, distinct);
  const pushes: SentPush[] = [];
  const { timeOrigin } = performance;
  const result = await sendLoad({
    ...plan,
    requests: requests.map(({ bytes }) => bytes),
    onAcknowledged(request, dueAt, answeredAt) {
      const { payloadHash = '' } = requests[request] ?? {};
      const moments = { dueAtMs: timeOrigin + dueAt, answeredAtMs: timeOrigin + answeredAt };
      if (each) pushes.push({ payloadHash, ...moments });
    },
  });
  return { ...result, pushes };
});
