/**
 * The sum of a metric over its series in Prometheus's text format; 0 when it has none.
 * @param labels what the values of some labels must match; a series without such a label has an empty one
 */
export function metricSum(
  text: string,
  metric: string,
  labels: Readonly<Record<string, RegExp>> = {},
): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    const [, name, inBraces = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name !== metric) continue;
    const found = new Map(
      [...inBraces.matchAll(/(?:^|,)(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, of]) => [key, of]),
    );
    if (Object.entries(labels).every(([key, form]) => form.test(found.get(key) ?? ''))) sum += Number(value);
  }
  return sum;
}
