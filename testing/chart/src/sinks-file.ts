import { sinks } from '@sluice/cli/sinks';

/** A sink as the chart's templates know it: `helm/sluice/files/sinks.json`. */
export interface ChartSink {
  /** Of its component in the values: `sinkClickhouse`. */
  readonly key: string;
  /** Of its store in the values. */
  readonly store: string;
  /** Values of the store that `sluice migrate` takes, in the order of its options. */
  readonly settings: readonly string[];
  readonly expiresByCommand: boolean;
}

/** `sinkClickhouse` */
export const keyOf = (id: string): string => `sink${id.charAt(0).toUpperCase()}${id.slice(1)}`;

export const sinksFile = (): ChartSink[] =>
  sinks.map(({ id, migrateSettings, expiresByCommand }) => ({
    ...{ key: keyOf(id), store: id, expiresByCommand },
    settings: migrateSettings.map(({ name }) => name),
  }));
