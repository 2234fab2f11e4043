import { parse } from 'yaml';
import { alertsFolder, filesOf } from './places.ts';

/** One rule of the files in helm/sluice/files/alerts, as Prometheus reads it: it has `alert` or `record`. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** All rules of all groups. */
export function readRules(): Rule[] {
  return filesOf(alertsFolder, '.yaml').flatMap(({ text }) =>
    (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules),
  );
}
