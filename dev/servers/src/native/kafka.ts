import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { portSettings } from '../endpoints.ts';
import { kafkaClusterId } from '../kafka-cluster-id.ts';
import { homeArgument, type ServerSpec } from '../server-process.ts';
import { classArchive } from './class-archive.ts';
import type { NativeContext } from './native-context.ts';

/** One KRaft node, broker and controller at once. */
export function kafka({ folders, ports, java, artifacts }: NativeContext): ServerSpec {
  const config = join(folders.config, 'kafka');
  const data = join(folders.data, 'kafka');
  const archive = classArchive('kafka', folders, java);
  return {
    name: 'kafka',
    title: 'Kafka',
    ports: [
      { port: ports.kafka, variable: portSettings.kafka.variable },
      { port: ports.kafkaController, variable: portSettings.kafkaController.variable },
    ],
    async prepare(signal) {
      const libs = await artifacts.kafka(signal);
      const { properties, logging } = writeConfig(config, data, ports);
      const base = [
        '-XX:TieredStopAtLevel=1',
        '-XX:+UseSerialGC',
        `-Dlog4j2.configurationFile=file:${logging}`,
      ];
      const classPath = ['-cp', join(libs, '*')];
      if (!existsSync(join(data, 'meta.properties'))) {
        const clusterId = kafkaClusterId();
        const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
        await promisify(execFile)(java.command, ['-Xmx128m', ...base, ...classPath, ...format], { signal });
      }
      return {
        command: java.command,
        args: [
          ...[homeArgument(folders.homeId), '-Xms64m', '-Xmx512m', ...base, ...archive.options()],
          ...[...classPath, 'kafka.Kafka', properties],
        ],
      };
    },
    isReady: async (log) => hasStarted(log) && (await coordinatesGroups(ports.kafka)),
    startWithinMs: 120_000,
    stopWithinMs: 20_000,
    afterStop: archive.keep,
  };
}

function writeConfig(config: string, data: string, ports: NativeContext['ports']) {
  mkdirSync(config, { recursive: true });
  mkdirSync(data, { recursive: true });
  const properties = join(config, 'server.properties');
  const logging = join(config, 'log4j2.properties');
  writeFileSync(properties, serverProperties(ports.kafka, ports.kafkaController, data));
  writeFileSync(logging, loggingProperties);
  return { properties, logging };
}

const hasStarted = (log: string): boolean => readFileSync(log, 'utf8').includes('Kafka Server started');

/** Whether groups can be asked about: the broker starts before it has loaded the topic of their commits. */
async function coordinatesGroups(port: number): Promise<boolean> {
  const connection = { brokers: [`127.0.0.1:${port}`], clientId: 'sluice-servers' };
  const admin = connectKafka(connection, { retry: { retries: 0 } }).admin();
  try {
    await admin.connect();
    // Without this the client knows no broker to ask for the coordinator.
    await admin.listTopics();
    await admin.fetchOffsets({ groupId: 'sluice-servers', topics: [] });
    return true;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}

function serverProperties(port: number, controllerPort: number, data: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=${data.replaceAll('\\', '\\\\')}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.check.interval.ms=5000
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=2097152
`;
}

const loggingProperties = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`;
