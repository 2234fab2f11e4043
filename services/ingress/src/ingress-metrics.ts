import { statfsSync } from 'node:fs';
import type { Publisher } from '@sluice/kafka/publisher';
import type { Source } from '@sluice/sources/source';
import type { Tally, Telemetry } from '@sluice/telemetry/telemetry';
import type { Admission } from './admission.ts';
import type { AppOptions } from './app.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { AnswerOutcome } from './push-route.ts';
import type { Receiver } from './receive.ts';
import type { Spool } from './spool/spool.ts';

export function exposePublisher(telemetry: Telemetry, publisher: Pick<Publisher, 'inFlight'>): void {
  telemetry.gauge('sluice_publisher_waiting_records', () => publisher.inFlight().records);
  telemetry.gauge('sluice_publisher_waiting_bytes', () => publisher.inFlight().bytes);
}

/** @param topics that ingress writes to */
export function exposeCircuits(
  telemetry: Telemetry,
  breaker: Pick<CircuitBreaker, 'isOpen'>,
  topics: ReadonlySet<string>,
): void {
  telemetry.gauges('sluice_kafka_circuit_open', () =>
    Array.from(topics, (topic) => [{ topic }, Number(breaker.isOpen(topic))] as const),
  );
}

/** @param spool null without a spool: everything is 0 then */
export function exposeSpool(
  telemetry: Telemetry,
  spool: Pick<Spool, 'state'> | null,
  {
    spoolFolder,
    spoolMaxBytes,
  }: { readonly spoolFolder?: string | undefined; readonly spoolMaxBytes: number },
): void {
  telemetry.gauge('sluice_spool_bytes', () => spool?.state().bytes ?? 0);
  telemetry.gauge('sluice_spool_records', () => spool?.state().records ?? 0);
  telemetry.gauge('sluice_spool_oldest_seconds', () => {
    const oldest = spool?.state().oldestAppendedAtMs ?? null;
    return oldest === null ? 0 : (Date.now() - oldest) / 1000;
  });
  telemetry.gauge('sluice_spool_draining', () => Number(spool?.state().draining ?? false));
  telemetry.gauge('sluice_spool_quarantined_files', () => spool?.state().quarantined ?? 0);
  telemetry.gauge('sluice_spool_max_bytes', () => (spool === null ? 0 : spoolMaxBytes));
  telemetry.gauge('sluice_spool_disk_free_bytes', () =>
    spoolFolder === undefined ? 0 : freeBytesOf(spoolFolder),
  );
}

/** 0 for a folder that cannot be asked. */
function freeBytesOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

export function exposeAdmission(telemetry: Telemetry, admission: Pick<Admission, 'inFlight'>): void {
  telemetry.gauge('sluice_ingress_body_bytes_in_flight', () => admission.inFlight().bytes);
  telemetry.gauge('sluice_ingress_requests_waiting', () => admission.inFlight().waiting);
}

/** What is counted of each push of a source. */
interface SourceCounts {
  readonly bodyBytes: Tally;
  readonly answers: Partial<Record<AnswerOutcome, Tally>>;
}

/**
 * Counts what pushes and staff pages ask, and how they are answered.
 * @param all the sources of now; asked at each scrape
 */
export function countPushes(
  telemetry: Telemetry,
  all: () => readonly Source[],
): Pick<AppOptions, 'on' | 'onStaffAnswer'> & Pick<Receiver, 'onWarning' | 'onDeadLetter'> {
  const lastPushes = new Map<string, number>();
  telemetry.gauges('sluice_ingress_last_push_timestamp_seconds', () =>
    all().map(({ id }) => {
      const atMs = lastPushes.get(id) ?? Date.now();
      lastPushes.set(id, atMs);
      return [{ source: id }, atMs / 1000] as const;
    }),
  );
  const labelOf = (source: Source | null): string => source?.id ?? '';
  const countsOf = createSourceCounts(telemetry);
  return {
    onWarning: ({ id }, warning) => telemetry.count('sluice_ingress_warnings_total', { source: id, warning }),
    onDeadLetter: (reason) => telemetry.count('sluice_dead_letters_total', { stage: 'INGRESS', reason }),
    onStaffAnswer(source, page, route, outcome) {
      const labels = { source: labelOf(source), page: page ?? '', route, outcome };
      telemetry.count('sluice_ingress_staff_requests_total', labels);
    },
    on: {
      body({ id }, bytes) {
        lastPushes.set(id, Date.now());
        countsOf(id).bodyBytes.by += bytes;
      },
      refused: (source, reason) =>
        telemetry.count('sluice_ingress_refusals_total', { source: labelOf(source), reason }),
      answer(source, outcome, seconds) {
        const label = labelOf(source);
        const { answers } = countsOf(label);
        answers[outcome] ??= telemetry.tally('sluice_ingress_requests_total', { source: label, outcome });
        answers[outcome].by += 1;
        const vendor = source?.vendor ?? '';
        telemetry.observe('sluice_ingress_request_duration_seconds', { vendor }, seconds);
      },
    },
  };
}

/** Of each source by its id; of requests that pass as no source's, under the empty one. */
function createSourceCounts(telemetry: Telemetry): (source: string) => SourceCounts {
  const known = new Map<string, SourceCounts>();
  return (source) => {
    let counts = known.get(source);
    if (!counts) {
      counts = { bodyBytes: telemetry.tally('sluice_ingress_body_bytes_total', { source }), answers: {} };
      known.set(source, counts);
    }
    return counts;
  };
}
