import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { chartFolder } from './chart-folder.ts';
import { tryRun, type Run } from './tools/fetched.ts';

/** An object of Kubernetes as it is rendered. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

/** Of the releases that are rendered. */
export const namespace = 'data';

/** `minimal`, `full` …: the names of `ci/*-values.yaml`. */
export function valuesNames(): string[] {
  return readdirSync(join(chartFolder, 'ci'))
    .map((file) => /^(.*)-values\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined);
}

/** `helm template`; more arguments as Helm takes them. */
export function render(
  helm: string,
  kubernetes: string,
  values: string | null,
  args: readonly string[] = [],
  folder = chartFolder,
): Promise<Run> {
  return tryRun(join(helm, 'helm/helm'), [
    ...['template', 'sluice', folder, '--namespace', namespace, '--kube-version', kubernetes],
    ...(values === null ? [] : ['--values', join(chartFolder, 'ci', `${values}-values.yaml`)]),
    ...args,
  ]);
}

/** The objects of a rendering. @throws when it is not YAML */
export function manifestsOf(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    const value: unknown = document.toJSON();
    return value === null ? [] : [value as Manifest];
  });
}

/** `StatefulSet sluice-ingress` */
export const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;
