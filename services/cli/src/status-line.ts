/** How long a command may be silent in a terminal, in ms. */
const silenceMs = 2_000;

export interface StatusLine {
  /** Takes the line away before something is printed, and begins to count anew. */
  clear(): void;
  stop(): void;
}

/** What the command waits for at the moment, for `startStatusLine`. */
let awaited: string | null = null;

/** Says what is waited for while some work goes on; the status line shows it. */
export async function awaiting<T>(what: string, work: () => Promise<T>): Promise<T> {
  const before = awaited;
  awaited = what;
  try {
    return await work();
  } finally {
    awaited = before;
  }
}

/** In a terminal, a line that counts the seconds while nothing is printed: `Asking ClickHouse at … 6 s`. */
export function startStatusLine(stream: NodeJS.WriteStream): StatusLine {
  if (!stream.isTTY) return { clear: () => undefined, stop: () => undefined };
  let since = performance.now();
  let isShown = false;
  const clear = (): void => {
    if (isShown) stream.write('\r\u001b[K');
    isShown = false;
    since = performance.now();
  };
  const timer = setInterval(() => {
    const silentMs = performance.now() - since;
    if (silentMs < silenceMs) return;
    const text = `${awaited ?? 'Still at work'} … ${Math.round(silentMs / 1000)} s`.slice(
      0,
      stream.columns - 1,
    );
    stream.write(`\r\u001b[K${text}`);
    isShown = true;
  }, 1_000);
  timer.unref();
  return {
    clear,
    stop: () => {
      clearInterval(timer);
      clear();
    },
  };
}
