/** The first `count` items; the rest is never made, so the source may be endless. */
export function* takeFirst<T>(items: Iterable<T>, count: number): Generator<T, void> {
  if (count <= 0) return;
  let left = count;
  for (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}
