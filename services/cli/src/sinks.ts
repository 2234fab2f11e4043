import { clickhouse } from '@sluice/sink-clickhouse/descriptor';
import { elasticsearch } from '@sluice/sink-elasticsearch/descriptor';

/** The one list of sinks. */
export const sinks = [clickhouse, elasticsearch] as const;

export type Sink = (typeof sinks)[number];
export type SinkId = Sink['id'];
export type SinkService = Sink['service'];

/** The setting that says where a sink's store is. */
export const urlVariable = ({ id }: Pick<Sink, 'id'>): string => `SLUICE_${id.toUpperCase()}_URL`;

/** What belongs to each sink, by its id. */
export const bySink = <T>(of: (sink: Sink) => T): Record<SinkId, T> =>
  Object.fromEntries(sinks.map((sink) => [sink.id, of(sink)])) as Record<SinkId, T>;
