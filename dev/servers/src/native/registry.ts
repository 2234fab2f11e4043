import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { portSettings } from '../endpoints.ts';
import { answersOk, homeArgument, type ServerSpec } from '../server-process.ts';
import { pomVersion } from './artifacts.ts';
import { classArchive } from './class-archive.ts';
import type { NativeContext } from './native-context.ts';

/** What starts it: of Apicurio 2 one jar with its version, of Apicurio 3 the jar of every application of its kind. */
function jarIn(app: string): string {
  const ofVersion = join(app, `apicurio-registry-app-${pomVersion('apicurio.version')}-runner.jar`);
  return existsSync(ofVersion) ? ofVersion : join(app, 'quarkus-run.jar');
}

/** Apicurio, for its Confluent-compatible API. */
export function registry({ folders, ports, java, artifacts }: NativeContext): ServerSpec {
  const data = join(folders.data, 'registry');
  const archive = classArchive('registry', folders, java);
  return {
    name: 'registry',
    title: 'Apicurio (schema registry)',
    ports: [{ port: ports.registry, variable: portSettings.registry.variable }],
    async prepare(signal) {
      const app = await artifacts.registry(signal);
      mkdirSync(data, { recursive: true });
      return {
        command: java.command,
        args: [
          ...[
            homeArgument(folders.homeId),
            '-Xms64m',
            '-Xmx384m',
            '-XX:+UseSerialGC',
            '-XX:TieredStopAtLevel=1',
          ],
          ...archive.options(),
          '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
          '-Dquarkus.http.host=127.0.0.1',
          `-Dquarkus.http.port=${ports.registry}`,
          ...['-jar', jarIn(app)],
        ],
        // Without a file its storage is memory, and records already in Kafka would lose their schemas.
        env: { REGISTRY_DATASOURCE_URL: `jdbc:h2:file:${join(data, 'apicurio')}` },
      };
    },
    isReady: () => answersOk(`http://127.0.0.1:${ports.registry}/apis/ccompat/v7/subjects`),
    startWithinMs: 120_000,
    stopWithinMs: 20_000,
    afterStop: archive.keep,
  };
}
