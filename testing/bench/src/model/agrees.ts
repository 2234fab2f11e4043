import type { QueueFigures } from './capacity.ts';

/** How far the simulation may be from the formula, as shares: of the utilization, and of the mean wait. */
const bounds = { utilization: 0.02, meanWait: 0.1 } as const;

/** Whether a simulation confirms a formula. */
export function agrees(formula: QueueFigures, simulated: QueueFigures): boolean {
  const within = (one: number, other: number, bound: number): boolean => Math.abs(one - other) <= bound * one;
  return (
    within(formula.utilization, simulated.utilization, bounds.utilization) &&
    within(formula.meanWaitMs, simulated.meanWaitMs, bounds.meanWait)
  );
}
