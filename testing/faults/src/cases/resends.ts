import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';

/** Every second push comes again, at an instance of ingress that never saw it. */
async function resentToAnotherPod(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem({ instances: { ingress: 2 } });
  const [, otherPod = ''] = system.ingressUrls;
  const load = await startLoad(system, {
    seed: context.seed,
    rate: 60,
    resendShare: 0.5,
    resendUrl: otherPod,
  });
  await load.untilAcknowledged(context.pick(5_000, 300));
  const sent = await load.finish();
  context.say(`${sent.totals.resent} of ${sent.totals.acknowledged} pushes were sent again`);
  const few = sent.totals.resent < sent.totals.acknowledged / 3 ? ['Hardly anything was sent again.'] : [];
  const failed = sent.totals.resendsFailed > 0 ? [`${sent.totals.resendsFailed} resends failed.`] : [];
  return judge(system, sent, { problems: [...few, ...failed] });
}

export const resendCases: readonly FaultCase[] = [
  {
    name: 'resends-to-another-pod',
    group: 'ingress',
    fault:
      'every second push comes again to another instance of ingress, out of order, half of them signed and encrypted again',
    expectation: 'Each is acknowledged again, and each event is visible once.',
    run: resentToAnotherPod,
  },
];
