import type { Random } from './random.ts';

/** The same items in another order: some wait until others have gone. Nothing is left out for ever. */
export function* reorder<T>(items: Iterator<T, never>, random: Random): Generator<T, never> {
  const waiting: T[] = [];
  for (;;) {
    const item = items.next().value;
    if (waiting.length < 8 && random.chance(0.05)) waiting.push(item);
    else yield item;
    const late = random.chance(0.1) ? waiting.shift() : undefined;
    if (late !== undefined) yield late;
  }
}
