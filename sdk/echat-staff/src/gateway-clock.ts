/** How far the browser's clock is from the gateway's, by the `Date` of its answers. */
export interface GatewayClock {
  /** An answer came to a request of `askedAt`, epoch ms by the browser. */
  readonly answered: (askedAt: number, answer: Response) => void;
  /** What is added to the browser's time, in ms; 0 while nothing is known, or nothing is certain. */
  readonly offsetMs: () => number;
}

/** `Date` is in whole seconds, rounded down. */
const secondMs = 1_000;
/** Less is no clock that is wrong. */
const toleranceMs = 2_000;
/** What takes longer may have been on its way at any time: the browser slept, or the network stood still. */
const longestMs = 5_000;

export function createGatewayClock(): GatewayClock {
  let offset = 0;
  /** Of the browser's clock to one that is never set. */
  let stood = NaN;
  const standing = (): number => Date.now() - performance.now();
  return {
    answered(askedAt, answer) {
      const tookMs = Date.now() - askedAt;
      // Absent where the gateway is older, and does not let a page read it.
      const said = Date.parse(answer.headers.get('date') ?? '');
      if (isNaN(said) || tookMs < 0 || tookMs > longestMs) return;
      const middle = said + secondMs / 2 - (askedAt + tookMs / 2);
      offset = Math.abs(middle) > (secondMs + tookMs) / 2 + toleranceMs ? Math.round(middle) : 0;
      stood = standing();
    },
    // A clock that was set since, or a browser that slept, waits for the next answer.
    offsetMs: () => (Math.abs(standing() - stood) < toleranceMs ? offset : 0),
  };
}
