import { endpointsAt, type Ports } from '../endpoints.ts';
import { assertDiskSpace } from '../disk-space.ts';
import type { Fleet } from '../fleet.ts';
import type { Folders } from '../folders.ts';
import { processFleet } from '../process-fleet.ts';
import type { Report } from '../progress.ts';
import { openArtifacts } from './artifacts.ts';
import { clickhouse } from './clickhouse.ts';
import { elasticsearch } from './elasticsearch.ts';
import type { Java } from './java.ts';
import { kafka } from './kafka.ts';
import { registry } from './registry.ts';
import type { NativeContext } from './native-context.ts';

/** The four servers as processes of this machine, without Docker. Throws an error when the disk is full. */
export function nativeFleet(folders: Folders, ports: Ports, java: Java, report: Report): Fleet {
  assertDiskSpace(folders.home, 'SLUICE_DEV_HOME');
  assertDiskSpace(folders.cache, 'SLUICE_DEV_CACHE');
  const context: NativeContext = { folders, ports, java, artifacts: openArtifacts(folders, report) };
  // The order of stopping: Kafka is the last, as in any system that drains. Elasticsearch takes the longest to
  // start and is asked for first.
  const servers = [elasticsearch, registry, clickhouse, kafka].map((server) => server(context));
  return processFleet(servers, endpointsAt(ports, 'native'), folders);
}
