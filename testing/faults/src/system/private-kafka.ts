import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { freePort } from '@sluice/dev-servers/free-port';
import { kafkaClusterId } from '@sluice/dev-servers/kafka-cluster-id';
import { createKafkaNode, kafkaLibraries, loggingProperties, type KafkaNode } from './kafka-node.ts';
import { waitFor } from './wait-for.ts';

export interface PrivateKafkaOptions {
  /** 1: a broker that is its own controller. 3: brokers next to a controller of its own. Default 1. */
  readonly brokers?: 1 | 3;
}

/** A cluster of one case's own: its brokers may be killed. */
export interface PrivateKafka {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** A broker as a process, counted from 0; its node id is one more. */
  broker(index: number): KafkaNode;
  close(): Promise<void>;
}

/** @throws when the servers' jars are not there: the development servers run in Docker, or never ran */
export async function startPrivateKafka({ brokers: count = 1 }: PrivateKafkaOptions): Promise<PrivateKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-kafka-'));
  const logging = join(folder, 'log4j2.properties');
  writeFileSync(logging, loggingProperties);
  const controllerPort = await freePort();
  const clusterId = kafkaClusterId();
  const ports: number[] = [];
  const node = async (
    id: number,
    roles: 'broker' | 'controller' | 'broker,controller',
  ): Promise<KafkaNode> => {
    const own = join(folder, `node-${id}`);
    mkdirSync(own, { recursive: true });
    const port = roles === 'controller' ? null : await freePort();
    if (port !== null) ports.push(port);
    const properties = join(own, 'server.properties');
    const controllerId = count === 1 ? 1 : 100;
    writeFileSync(
      properties,
      propertiesOf({ id, roles, port, controllerId, controllerPort, count, data: join(own, 'data') }),
    );
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
    await promisify(execFile)('java', [
      ...['-Xmx128m', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=file:${logging}`],
      ...['-cp', join(kafkaLibraries(), '*'), ...format],
    ]);
    return createKafkaNode(properties, logging, join(own, 'log.txt'));
  };

  const nodes: KafkaNode[] = [];
  const started: KafkaNode[] = [];
  const close = async (): Promise<void> => {
    await Promise.all([...nodes, ...started].map((one) => one.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (count === 1) nodes.push(await node(1, 'broker,controller'));
    else {
      started.push(await node(100, 'controller'));
      for (const id of [1, 2, 3]) nodes.push(await node(id, 'broker'));
    }
    await Promise.all([...started, ...nodes].map((one) => one.start()));
    const addresses = ports.map((port) => `127.0.0.1:${port}`);
    await untilTogether(addresses);
    return {
      brokers: addresses,
      broker(index) {
        const found = nodes[index];
        if (!found) throw new Error(`This cluster has no broker ${index}.`);
        return found;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function untilTogether(brokers: readonly string[]): Promise<void> {
  const admin = connectKafka({ brokers, clientId: 'sluice-faults' }).admin();
  await admin.connect();
  try {
    const together = async (): Promise<boolean> =>
      (await admin.describeCluster()).brokers.length === brokers.length;
    await waitFor(`${brokers.length} brokers know each other`, together, 60_000);
  } finally {
    await admin.disconnect();
  }
}

interface NodeSettings {
  readonly id: number;
  readonly roles: string;
  /** Null for a node that is no broker. */
  readonly port: number | null;
  readonly controllerId: number;
  readonly controllerPort: number;
  readonly count: number;
  readonly data: string;
}

/** Faults are noticed within seconds, so that cases need not wait for the time-outs of a data center. */
function propertiesOf({ id, roles, port, controllerId, controllerPort, count, data }: NodeSettings): string {
  const controller = `CONTROLLER://127.0.0.1:${controllerPort}`;
  const broker = `PLAINTEXT://127.0.0.1:${port ?? 0}`;
  const listeners = [
    ...(port === null ? [] : [broker]),
    ...(roles.includes('controller') ? [controller] : []),
  ];
  const replicas = Math.min(count, 3);
  return `process.roles=${roles}
node.id=${id}
controller.quorum.voters=${controllerId}@127.0.0.1:${controllerPort}
listeners=${listeners.join(',')}
${port === null ? '' : `advertised.listeners=${broker}`}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=${data}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=${replicas}
transaction.state.log.replication.factor=${replicas}
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=${replicas}
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
controller.quorum.fetch.timeout.ms=1000
controller.quorum.election.timeout.ms=500
controller.quorum.election.backoff.max.ms=500
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=2097152
`;
}
