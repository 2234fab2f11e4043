/**
 * Files with a function of more than 40 lines: how many the longest one has, and why it reads better whole. A function that
 * grows is split; whoever shortens one writes the new number or takes the entry out. `dev/test/src/long-functions.test.ts`
 * compares the numbers, and wants a reason for each.
 * @type {Readonly<Record<string, readonly [lines: number, reason: string]>>}
 */
export const longFunctions = {
  'dev/monitoring/src/dashboards.ts': [43, 'A table of the panels that all workers have.'],
  'dev/servers/src/process-fleet.ts': [
    66,
    'Starting, keeping up and stopping share the servers that run; each inner function is short.',
  ],
  'dev/start/src/status-links.ts': [67, 'A table of links, in the order of the page.'],
  'libs/kafka/src/read-range.ts': [
    54,
    'The batches, the watch and the caller end one reading, which is settled once.',
  ],
  'libs/service/src/run-service.ts': [
    65,
    'The life of a process in order; its stop ends what its start made.',
  ],
  'libs/sink/src/run-sink.ts': [66, 'The wiring of a sink, read from the topics to the commit.'],
  'libs/stream/src/stream-events.ts': [
    71,
    'Short reports over one map of partitions; the gauges read the same map.',
  ],
  'sdk/echat-staff/src/action-queue.ts': [
    58,
    'Two closures, what waits and when it is sent; each inner function is short.',
  ],
  'services/cli/src/rebuild/rebuild.ts': [54, 'The order of these steps is why a rebuild loses nothing.'],
  'services/ingress/src/durable-writer.ts': [
    54,
    'The one decision between Kafka and the disk, as short functions that call each other.',
  ],
  'services/ingress/src/main.ts': [
    90,
    'The wiring of ingress, read from the sources to the answers and the stop.',
  ],
  'services/ingress/src/replay-cache.ts': [54, 'Short functions over one map of generations and its size.'],
  'services/ingress/src/spool/segment-log.ts': [
    60,
    'The methods of one log, which share its segments and its position.',
  ],
  'services/ingress/src/spool/spool.ts': [
    50,
    'The methods of one spool, which share what waits and whether it drains or closes.',
  ],
  'services/normalizer/src/main.ts': [
    60,
    'The wiring of the normalizer, read from the raw topics to the commit and the stop.',
  ],
  'vendors/sobot/simulator/records.ts': [73, 'A table of the fields of one record.'],
  'vendors/zendesk/simulator/traffic.ts': [56, 'One ticket, told from its beginning to its end.'],
};
