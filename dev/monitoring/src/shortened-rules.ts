import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { alertsFolder, filesOf } from './places.ts';
import type { Rule } from './read-rules.ts';

/**
 * Writes the chart's rules into a folder, with shorter durations in those of some alerts: what takes days is tried within
 * minutes. Thresholds of seconds are durations too: `1800`.
 * @param durations replacements, old: new. `{ '3d': '3m' }`
 * @throws when there is no such alert, or none of the alerts has such a duration
 */
export function writeShortenedRules(
  folder: string,
  alerts: readonly string[],
  durations: Readonly<Record<string, string>>,
): void {
  mkdirSync(folder, { recursive: true });
  const unused = { alerts: new Set(alerts), durations: new Set(Object.keys(durations)) };
  const shorten = (text: string): string =>
    text.replaceAll(/\b\d+[smhdw]?\b/g, (duration) => {
      unused.durations.delete(duration);
      return durations[duration] ?? duration;
    });
  for (const { name, text } of filesOf(alertsFolder, '.yaml')) {
    const { groups } = parse(text) as { groups: { name: string; rules: Rule[] }[] };
    const written = groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => {
        if (rule.alert === undefined || !alerts.includes(rule.alert)) return rule;
        unused.alerts.delete(rule.alert);
        return { ...rule, expr: shorten(rule.expr), ...(rule.for && { for: shorten(rule.for) }) };
      }),
    }));
    // JSON is YAML, too.
    writeFileSync(join(folder, name), JSON.stringify({ groups: written }, null, 2));
  }
  const left = [...unused.alerts, ...unused.durations];
  if (left.length > 0) throw new Error(`The rules have no ${left.join(', ')}.`);
}
