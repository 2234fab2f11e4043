import type { Costs } from './costs.ts';

/** The processes on the way of an event, one core each. */
export const stageNames = ['ingress', 'normalizer', 'sink-clickhouse', 'sink-elasticsearch'] as const;
type StageName = (typeof stageNames)[number];

/** Many queues, one for each pod. */
export interface StageLoad {
  readonly name: StageName;
  /** Pushes or events. */
  readonly ratePerSecond: number;
  readonly costUs: number;
  readonly pods: number;
}

/** What a rate of events needs. */
export interface Capacity {
  readonly eventsPerSecond: number;
  readonly stages: readonly StageLoad[];
  /** Of each topic, over all streams. */
  readonly partitions: number;
  readonly streams: number;
  readonly connections: number;
  readonly brokers: number;
  readonly clickhouseNodes: number;
  /** How long a sink pod must collect rows, so that ClickHouse gets few enough inserts, in s. */
  readonly lingerSeconds: number;
  readonly elasticsearchNodes: number;
  readonly kafkaDiskGb: number;
  readonly clickhouseDiskGb: number;
  readonly elasticsearchDiskGb: number;
  readonly cores: number;
  /** In the currency of the prices. */
  readonly moneyPerMonth: { readonly cores: number; readonly disks: number };
}

/** Each service has two pods at least, and a cluster of Kafka three brokers. */
const [fewestPods, fewestBrokers] = [2, 3];
/** As the topics are created. */
const partitionStep = 6;
const [secondsPerDay, gb] = [86_400, 1e9];

/** The formula of `docs/reference/performance.md`. */
export function capacityFor(costs: Costs, eventsPerSecond: number): Capacity {
  const pushesPerSecond = eventsPerSecond / costs.traffic.eventsPerPush;
  const connections = Math.ceil(pushesPerSecond * costs.limits.answerSeconds);
  const stages = stagesFor(costs, eventsPerSecond, pushesPerSecond, connections);
  const [, ...workers] = stages;
  const members = Math.max(...workers.map(({ pods }) => pods));
  const partitions = Math.ceil(members / partitionStep) * partitionStep;
  const kafka = kafkaFor(costs, eventsPerSecond, pushesPerSecond, partitions);
  const stores = storesFor(costs, eventsPerSecond, stages);
  const { broker, clickhouse, elasticsearch } = costs.serverCores;
  const cores =
    stages.reduce((sum, { pods }) => sum + pods, 0) +
    kafka.brokers * broker +
    stores.clickhouseNodes * clickhouse +
    stores.elasticsearchNodes * elasticsearch;
  const diskGb = kafka.kafkaDiskGb + stores.clickhouseDiskGb + stores.elasticsearchDiskGb;
  return {
    ...{ eventsPerSecond, stages, partitions, connections, cores },
    streams: Math.ceil(members / costs.limits.membersPerGroup),
    ...kafka,
    ...stores,
    moneyPerMonth: {
      cores: cores * costs.pricesPerMonth.core,
      disks: diskGb * costs.pricesPerMonth.diskGb,
    },
  };
}

function stagesFor(
  { cpuUs, limits }: Costs,
  eventsPerSecond: number,
  pushesPerSecond: number,
  connections: number,
): StageLoad[] {
  const stage = (name: StageName, ratePerSecond: number, costUs: number, fewest = fewestPods): StageLoad => {
    const busy = (ratePerSecond * costUs) / 1e6;
    return { name, ratePerSecond, costUs, pods: Math.max(fewest, Math.ceil(busy / limits.utilization)) };
  };
  const forConnections = Math.max(fewestPods, Math.ceil(connections / limits.connectionsPerPod));
  return [
    stage('ingress', pushesPerSecond, cpuUs.ingressPerPush, forConnections),
    stage('normalizer', pushesPerSecond, cpuUs.normalizerPerPush),
    stage('sink-clickhouse', eventsPerSecond, cpuUs.clickhousePerEvent),
    stage('sink-elasticsearch', eventsPerSecond, cpuUs.elasticsearchPerEvent),
  ];
}

function kafkaFor(
  { traffic, limits, copies, days, topics }: Costs,
  eventsPerSecond: number,
  pushesPerSecond: number,
  partitions: number,
): Pick<Capacity, 'brokers' | 'kafkaDiskGb'> {
  const [raw, canonical] = [pushesPerSecond * traffic.rawBytes, eventsPerSecond * traffic.eventBytes];
  const kafkaDiskGb = ((raw * days.raw + canonical * days.canonical) * secondsPerDay * copies.kafka) / gb;
  const brokers = Math.max(
    fewestBrokers,
    Math.ceil(kafkaDiskGb / limits.diskGbPerNode),
    Math.ceil(((raw + canonical) * copies.kafka) / limits.brokerBytesPerSecond),
    Math.ceil((partitions * topics.all * copies.kafka) / limits.partitionsPerBroker),
  );
  return { brokers, kafkaDiskGb };
}

function storesFor(
  { limits, copies, days, bytesOnDisk, topics }: Costs,
  eventsPerSecond: number,
  stages: readonly StageLoad[],
): Pick<
  Capacity,
  'clickhouseNodes' | 'lingerSeconds' | 'elasticsearchNodes' | 'clickhouseDiskGb' | 'elasticsearchDiskGb'
> {
  const pods = stages.find(({ name }) => name === 'sink-clickhouse')?.pods ?? 0;
  const kept = (bytes: number, forDays: number, times: number): number =>
    (eventsPerSecond * bytes * forDays * secondsPerDay * times) / gb;
  const clickhouseDiskGb = kept(bytesOnDisk.row, days.clickhouse, copies.clickhouse);
  const elasticsearchDiskGb = kept(bytesOnDisk.document, days.elasticsearch, copies.elasticsearch);
  const shards = Math.max(
    Math.ceil(eventsPerSecond / limits.rowsPerSecondPerNode),
    Math.ceil(clickhouseDiskGb / copies.clickhouse / limits.diskGbPerNode),
  );
  return {
    clickhouseNodes: shards * copies.clickhouse,
    lingerSeconds: (pods * topics.stored) / (shards * limits.insertsPerSecondPerShard),
    // Each copy of a document is indexed again.
    elasticsearchNodes: Math.max(
      copies.elasticsearch,
      Math.ceil((eventsPerSecond * copies.elasticsearch) / limits.documentsPerSecondPerNode),
      Math.ceil(elasticsearchDiskGb / limits.diskGbPerNode),
    ),
    clickhouseDiskGb,
    elasticsearchDiskGb,
  };
}

/** What a queue does on average. */
export interface QueueFigures {
  /** The share of time in which a pod works. */
  readonly utilization: number;
  /** How long an item waits until a pod begins with it, in ms; infinite when the pods cannot keep up. */
  readonly meanWaitMs: number;
}

/** The formula of the queue M/D/1, for each of the pods: arrivals at random moments, each with the same cost. */
export function queueOf({ ratePerSecond, costUs, pods }: Omit<StageLoad, 'name'>): QueueFigures {
  const utilization = (ratePerSecond * costUs) / 1e6 / pods;
  const meanWaitMs = utilization < 1 ? ((costUs / 1000) * utilization) / (2 * (1 - utilization)) : Infinity;
  return { utilization, meanWaitMs };
}
