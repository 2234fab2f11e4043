import { availableParallelism, totalmem } from 'node:os';

const gibibyte = 1024 ** 3;
/** Kafka, the registry, ClickHouse and Elasticsearch, and whatever else a developer runs. */
const others = 5 * gibibyte;
/** A worker, with the services that its test starts. */
const perWorker = 1.5 * gibibyte;

export interface Machine {
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
}

export const thisMachine = (): Machine => ({ cores: availableParallelism(), memory: totalmem() });

/** How many unit tests run at once: they compute, and wait for nothing. */
export const unitWorkers = ({ cores }: Machine): number => cores;

/** How many tests with servers run at once: half of their time they wait, so there is one more for every two cores. */
export function serverWorkers({ cores, memory }: Machine): number {
  const inMemory = Math.floor((memory - others) / perWorker);
  return Math.max(1, Math.min(Math.ceil(1.5 * cores), inMemory));
}
