/** How long a command may be silent in a terminal, in ms. With the half second between two looks it is less than 2 s. */
const silenceMs = 1_500;

export interface StatusLine {
  /** Takes the line away before something is printed, and begins to count again. */
  clear(): void;
  stop(): void;
}

/** What the command waits for at the moment, the latest last. */
const awaited: { readonly what: string }[] = [];

/** Says what is waited for while some work continues; the status line shows it. */
export async function awaiting<T>(what: string, work: () => Promise<T>): Promise<T> {
  const entry = { what };
  awaited.push(entry);
  try {
    return await work();
  } finally {
    awaited.splice(awaited.indexOf(entry), 1);
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
    const text = `${awaited.at(-1)?.what ?? 'Still at work'} … ${Math.round(silentMs / 1000)} s`.slice(
      0,
      (stream.columns || 80) - 1,
    );
    stream.write(`\r\u001b[K${text}`);
    isShown = true;
  }, 500);
  timer.unref();
  return {
    clear,
    stop: () => {
      clearInterval(timer);
      clear();
    },
  };
}
