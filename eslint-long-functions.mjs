/**
 * Files with a function of more than 40 lines, and the lines of the longest one. Do not add files: split the function, or
 * explain in a disable comment why it reads better as a whole. If you shorten a function, write the new number or remove the
 * line. `dev/test/src/long-functions.test.ts` compares them.
 * @type {Readonly<Record<string, number>>}
 */
export const longFunctions = {
  'dev/monitoring/src/dashboards.ts': 43,
  'dev/servers/src/process-fleet.ts': 66,
  'dev/start/src/status-links.ts': 67,
  'libs/kafka/src/read-range.ts': 54,
  'libs/service/src/run-service.ts': 65,
  'libs/sink/src/run-sink.ts': 69,
  'libs/stream/src/stream-events.ts': 71,
  'sdk/echat-staff/src/action-queue.ts': 58,
  'services/cli/src/rebuild/rebuild.ts': 54,
  'services/ingress/src/admission.ts': 69,
  'services/ingress/src/durable-writer.ts': 67,
  'services/ingress/src/main.ts': 91,
  'services/ingress/src/replay-cache.ts': 55,
  'services/ingress/src/spool/segment-log.ts': 60,
  'services/ingress/src/spool/spool.ts': 50,
  'services/normalizer/src/main.ts': 62,
  'vendors/sobot/simulator/records.ts': 73,
  'vendors/zendesk/simulator/traffic.ts': 56,
};
