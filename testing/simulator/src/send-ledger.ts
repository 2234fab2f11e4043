import { createHistogram } from 'node:perf_hooks';
import type { Push } from './push.ts';

/** What became of the pushes of a kind. Always: sent = acknowledged + refused + gaveUp. */
export interface SendCounts {
  /** Distinct pushes. */
  readonly sent: number;
  /** HTTP requests, repetitions included. */
  readonly requests: number;
  /** Distinct pushes. */
  readonly acknowledged: number;
  /** Acknowledged pushes that were sent again. */
  readonly resent: number;
  /** Of those, the ones that were not acknowledged the second time. */
  readonly resendsFailed: number;
  /** Pushes answered by a 4xx other than 429. */
  readonly refused: number;
  /** Pushes without an acknowledgement until the deadline. The gateway may have kept them nevertheless. */
  readonly gaveUp: number;
  /** Records in the acknowledged pushes. */
  readonly records: number;
}

export interface TypeCounts extends SendCounts {
  readonly vendor: string;
  readonly dataType: string;
}

/** What must be found behind the gateway from now on. */
export type AcknowledgedPush = Pick<
  Push,
  'id' | 'vendor' | 'sourceId' | 'dataType' | 'payloadHash' | 'records' | 'presealed'
>;

export interface SendFailure extends AcknowledgedPush {
  readonly outcome: 'refused' | 'gave up' | 'resend failed';
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
  /** The answer's beginning or the connection's error. */
  readonly detail: string;
}

/** Milliseconds from a request's start to the end of its acknowledgement. */
export interface LatencyMs {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface SendLedger {
  readonly totals: SendCounts;
  /** By vendor and data type, sorted. */
  readonly types: readonly TypeCounts[];
  readonly acknowledged: readonly AcknowledgedPush[];
  readonly failures: readonly SendFailure[];
  readonly latencyMs: LatencyMs;
  readonly durationMs: number;
}

/** Where a run writes what happened. */
export interface LedgerBook {
  sent(push: Push): void;
  requested(push: Push): void;
  acknowledged(push: Push, latencyMs: number): void;
  resent(push: Push): void;
  failed(push: Push, outcome: SendFailure['outcome'], status: number | undefined, detail: string): void;
  totals(): SendCounts;
  /** The ledger so far. */
  close(durationMs: number): SendLedger;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const none: SendCounts = {
  sent: 0,
  requests: 0,
  acknowledged: 0,
  resent: 0,
  resendsFailed: 0,
  refused: 0,
  gaveUp: 0,
  records: 0,
};
const failureCounts = { refused: 'refused', 'gave up': 'gaveUp', 'resend failed': 'resendsFailed' } as const;
const mostDetail = 200;

export function openLedger(): LedgerBook {
  const totals: Mutable<SendCounts> = { ...none };
  const types = new Map<string, Mutable<TypeCounts>>();
  const acknowledged: AcknowledgedPush[] = [];
  const failures: SendFailure[] = [];
  const latencies = createHistogram();

  const add = ({ vendor, dataType }: Push, count: keyof SendCounts, amount = 1) => {
    const key = `${vendor} ${dataType}`;
    const counts = types.get(key) ?? { vendor, dataType, ...none };
    types.set(key, counts);
    counts[count] += amount;
    totals[count] += amount;
  };

  return {
    sent: (push) => add(push, 'sent'),
    requested: (push) => add(push, 'requests'),
    resent: (push) => add(push, 'resent'),
    acknowledged: (push, latencyMs) => {
      add(push, 'acknowledged');
      add(push, 'records', push.records);
      acknowledged.push(identify(push));
      latencies.record(Math.max(1, Math.round(latencyMs * 1000)));
    },
    failed: (push, outcome, status, detail) => {
      add(push, failureCounts[outcome]);
      failures.push({ ...identify(push), outcome, status, detail: detail.slice(0, mostDetail) });
    },
    totals: () => ({ ...totals }),
    close: (durationMs) => ({
      totals: { ...totals },
      types: [...types.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counts]) => ({ ...counts })),
      acknowledged: [...acknowledged],
      failures: [...failures],
      latencyMs: percentiles(latencies, acknowledged.length),
      durationMs,
    }),
  };
}

function identify(push: Push): AcknowledgedPush {
  const { id, vendor, sourceId, dataType, payloadHash, records, presealed } = push;
  return { id, vendor, sourceId, dataType, payloadHash, records, presealed };
}

function percentiles(microseconds: ReturnType<typeof createHistogram>, samples: number): LatencyMs {
  const at = (percentile: number) => (samples === 0 ? 0 : microseconds.percentile(percentile) / 1000);
  return { p50: at(50), p90: at(90), p99: at(99), max: samples === 0 ? 0 : microseconds.max / 1000 };
}
