/** Lets works run one after the other, in the order in which they came. */
export interface Turns {
  /** Runs the work when those before it have ended, however they ended. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const own = last.then(work);
      last = own.catch(() => undefined);
      return own;
    },
  };
}
