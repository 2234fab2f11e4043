/**
 * Reads something now, and again at each call. Where a later reading fails, what was read last counts: a program that
 * renews a file may be half done.
 * @param onFailure called with what a later reading threw
 * @throws what the first reading throws
 */
export function lastGood<T>(read: () => T, onFailure: (error: unknown) => void): () => T {
  let latest = read();
  return () => {
    try {
      latest = read();
    } catch (error) {
      onFailure(error);
    }
    return latest;
  };
}
