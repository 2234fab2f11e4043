/** What must be undone, however a run ends. */
export interface Cleanups {
  /** Adds a step; once the steps have run it is taken at once, so that nothing started late stays behind. */
  add(step: () => Promise<unknown>): void;
  /** Takes the steps, the last one first; a step that fails is told and does not keep the others from it. */
  run(): Promise<void>;
}

export function createCleanups(onFailure: (error: unknown) => void): Cleanups {
  const steps: (() => Promise<unknown>)[] = [];
  let ran = false;
  const take = (step: () => Promise<unknown>): Promise<void> => step().then(() => undefined, onFailure);
  return {
    add(step) {
      if (ran) void take(step);
      else steps.push(step);
    },
    async run() {
      ran = true;
      for (let step = steps.pop(); step; step = steps.pop()) await take(step);
    },
  };
}
