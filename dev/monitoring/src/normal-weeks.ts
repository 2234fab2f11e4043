import { sinks } from '@sluice/cli/sinks';
/**
 * What a Prometheus has of an ordinary week and three days more, from a Monday's midnight on, one sample every two minutes: days and quiet
 * nights, a weekend on which one source sends nothing, two rolling upgrades, a pod that is moved, a broker that is
 * restarted and a store that is busy for a moment. Counters begin again with their process.
 */

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** One for each sample; null where the sample is missing. */
  readonly values: readonly (number | null)[];
}

export const stepMinutes = 2;
export const normalDays = 10;

const samples = (normalDays * 24 * 60) / stepMinutes;
const hour = 60 / stepMinutes;
const day = 24 * hour;

/** A process: it lives from one sample up to, not including, another, and is ready from its second sample on. */
interface Life {
  readonly pod: string;
  readonly from: number;
  readonly until: number;
}

/** Wednesday of the first week and Tuesday of the second, in the afternoon. */
const upgrades = [2 * day + 14 * hour, 8 * day + 15 * hour];
/** A node is drained at night. */
const moved = 4 * day + 3 * hour;
/** A broker is restarted: for a moment pushes go to the spool. */
const brokerRestart = 7 * day + 11 * hour;
/** The stores are busy for a moment. */
const storeBusy = 9 * day + 16 * hour;

/** A pod of a StatefulSet comes back under its name, one after the other. */
function livesOfIngress(): Life[] {
  return [0, 1].flatMap((number) => {
    const ends = [...upgrades.map((at) => at + 3 * number), ...(number === 0 ? [moved] : [])].sort(
      (a, b) => a - b,
    );
    return livesBetween(`ingress-${number}`, ends, 2);
  });
}

/** Pods of a Deployment have new names; the new one is there before the old one ends. */
function livesOfWorker(service: string): Life[] {
  const [first = 0, second = 0] = upgrades;
  return [0, 1].flatMap((number) => [
    { pod: `${service}-a${number}`, from: 0, until: first + 4 + 3 * number },
    { pod: `${service}-b${number}`, from: first + 1 + 3 * number, until: second + 4 + 3 * number },
    { pod: `${service}-c${number}`, from: second + 1 + 3 * number, until: samples },
  ]);
}

function livesBetween(pod: string, ends: readonly number[], away: number): Life[] {
  const starts = [0, ...ends.map((end) => end + away)];
  return starts.map((from, index) => ({ pod, from, until: ends[index] ?? samples }));
}

/** The same weeks each time. @returns numbers from 0 to 1 */
function createChance(): () => number {
  let state = 20_260_105;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Pushes a minute. The large source's evening halves every 20 minutes; the small one's office is closed at night. */
function pushesPerMinute(source: 'large' | 'small', sample: number): number {
  const isWeekend = Math.floor(sample / day) % 7 > 4;
  const hours = (sample % day) / hour;
  if (source === 'small') return !isWeekend && hours >= 9 && hours < 18 ? 14 / 60 : 0;
  const busy = isWeekend ? 6 : 24;
  const night = 0.3;
  if (hours < 7) return night;
  if (hours < 9) return Math.max(night, (busy * (hours - 7)) / 2);
  if (hours < 20) return busy;
  return Math.max(night, busy * 0.5 ** ((hours - 20) * 3));
}

/** All series of these days. */
export function normalWeeks(): Series[] {
  const chance = createChance();
  const sources = ['large', 'small'] as const;
  const arrived = new Map(
    sources.map((source) => [
      source,
      Array.from({ length: samples }, (_, sample) => {
        const mean = pushesPerMinute(source, sample) * stepMinutes;
        return Math.floor(mean) + (chance() < mean % 1 ? 1 : 0);
      }),
    ]),
  );
  return [
    ...livesOfIngress().flatMap((life) => ingress(life, arrived, chance)),
    ...['normalizer', ...sinks.map((sink) => sink.service)].flatMap((service) =>
      livesOfWorker(service).flatMap((life) => worker(service, life, arrived, chance)),
    ),
    ...agentPanel({ pod: 'agent-panel-0', from: 0, until: samples }),
    {
      name: 'probe_ssl_earliest_cert_expiry',
      labels: { instance: 'https://push.example.com' },
      values: Array.from({ length: samples }, () => 60 * 86_400),
    },
  ];
}

type Arrived = ReadonlyMap<string, readonly number[]>;
type Read = (sample: number) => number;

/** The series of one process: what is read of it at each sample of its life. */
function ofLife(service: string, { pod, from, until }: Life, more: Readonly<Record<string, string>> = {}) {
  return (name: string, read: Read, labels: Readonly<Record<string, string>> = {}): Series => ({
    name,
    labels: { namespace: 'n', pod, instance: `${pod}/${from}`, component: service, ...more, ...labels },
    values: Array.from({ length: samples }, (_, sample) =>
      sample >= from && sample < until ? read(sample) : null,
    ),
  });
}

/** A panel that is opened now and then. */
function agentPanel(life: Life): Series[] {
  const series = ofLife('agent-panel', life);
  const label = { source: 'busy', secret: 'accessKey', page: 'panel' };
  const opened = counted(life, (sample) => Number(sample % 10 === 0));
  return [
    series('sluice_agent_panel_previous_keys', () => 0, label),
    series('sluice_agent_panel_keys_used_total', opened, { ...label, key: 'current' }),
  ];
}

const secondsOf = (sample: number): number => sample * stepMinutes * 60;

/** A counter that begins with its process. */
function counted({ from }: Life, amount: Read): Read {
  const sums: number[] = [];
  return (sample) => {
    for (let next = from + sums.length; next <= sample; next += 1)
      sums.push((sums.at(-1) ?? 0) + (next === from ? 0 : amount(next)));
    return sums[sample - from] ?? 0;
  };
}

function ofProcess(
  service: string,
  life: Life,
  more: Readonly<Record<string, string>>,
  chance: () => number,
) {
  const series = ofLife(service, life, more);
  return [
    series('sluice_build_info', () => 1),
    // Its first sample is taken while it starts, its last one while it stops.
    series('sluice_ready', (sample) => Number(sample !== life.from && sample !== life.until - 1)),
    series('process_start_time_seconds', () => secondsOf(life.from) - 20),
    series('nodejs_eventloop_lag_p99_seconds', () => 0.1 + 0.02 * chance()),
    series('sluice_clock_timestamp_seconds', (sample) => secondsOf(sample) + chance() - 0.5),
    series('sluice_sources_unusable', () => 0),
  ];
}

type SeriesOf = ReturnType<typeof ofLife>;

function ofSource(series: SeriesOf, life: Life, source: string, pushes: readonly number[]): Series[] {
  // Each of the two pods has its share.
  const share: Read = (sample) => ((sample + Number(life.pod.at(-1))) % 2 === 0 ? (pushes[sample] ?? 0) : 0);
  let lastAt = secondsOf(life.from);
  const label = { source };
  const token = { ...label, secret: 'token' };
  return [
    series('sluice_ingress_requests_total', counted(life, share), { ...label, outcome: 'published' }),
    series('sluice_ingress_requests_total', () => 2, { ...label, outcome: 'refused' }),
    series('sluice_ingress_refusals_total', () => 2, { ...label, reason: 'signature' }),
    series(
      'sluice_ingress_last_push_timestamp_seconds',
      (sample) => (lastAt = share(sample) > 0 ? secondsOf(sample) : lastAt),
      label,
    ),
    series('sluice_ingress_previous_keys', () => 0, token),
    series('sluice_ingress_keys_used_total', counted(life, share), { ...token, key: 'current' }),
  ];
}

function ingress(life: Life, arrived: Arrived, chance: () => number): Series[] {
  const series = ofLife('ingress', life);
  const all: Series[] = [...ofProcess('ingress', life, {}, chance)];
  for (const [source, pushes] of arrived) all.push(...ofSource(series, life, source, pushes));
  const both: Read = (sample) =>
    [...arrived.values()].reduce((sum, pushes) => sum + (pushes[sample] ?? 0), 0) / 2;
  const isSpooling = (sample: number): boolean => sample === brokerRestart;
  all.push(
    series('sluice_ingress_request_duration_seconds_count', counted(life, both), { vendor: 'acme' }),
    series('sluice_ingress_request_duration_seconds_bucket', counted(life, both), {
      vendor: 'acme',
      le: '0.25',
    }),
    series('sluice_kafka_circuit_open', (sample) => Number(isSpooling(sample)), { topic: 's.raw.acme' }),
    series('sluice_spool_records', (sample) => (isSpooling(sample) ? 40 : 0)),
    series('sluice_spool_bytes', (sample) => (isSpooling(sample) ? 60_000 : 0)),
    series('sluice_spool_oldest_seconds', (sample) => (isSpooling(sample) ? 50 : 0)),
    series('sluice_spool_max_bytes', () => 8e9),
    series('sluice_spool_disk_free_bytes', () => 9e9),
    series('sluice_spool_quarantined_files', () => 0),
  );
  return all;
}

function worker(service: string, life: Life, arrived: Arrived, chance: () => number): Series[] {
  const series = ofLife(service, life, { stream: 's' });
  const topic = service === 'normalizer' ? 's.raw.acme' : 's.message.v1';
  const ofPartition = { topic, partition: life.pod.at(-1) ?? '0' };
  const isMoving = (sample: number): boolean =>
    sample - life.from < 2 || upgrades.some((at) => sample === at + 2);
  const lag: Read = (sample) => {
    if (sample === storeBusy && service !== 'normalizer') return 90;
    return isMoving(sample) ? 40 * chance() : 2 * chance();
  };
  const all = [
    ...ofProcess(service, life, { stream: 's' }, chance),
    series('sluice_heartbeat_age_seconds', (sample) => (isMoving(sample) ? 20 : 2 + 5 * chance()), {
      stage: service,
    }),
    series('sluice_consumer_lag_seconds', lag, ofPartition),
    series('sluice_retention_seconds', () => 600_000, ofPartition),
    series(
      'sluice_partition_retries_total',
      counted(life, (sample) => (sample === storeBusy ? 3 : 0)),
      { topic },
    ),
  ];
  // One of long ago.
  if (life.from === 0)
    all.push(series('sluice_dead_letters_total', () => 1, { stage: 'NORMALIZER', reason: 'NOT_XML' }));
  if (service === 'normalizer') all.push(...ofNormalizer(series, chance));
  else all.push(...ofSink(series, service, life, arrived));
  return all;
}

function ofNormalizer(series: SeriesOf, chance: () => number): Series[] {
  const ofGroup = { group: 'team', topic: 's.message.v1' };
  return [
    series('sluice_dead_letters_unseen', () => 0),
    series('sluice_dead_letters_expiring', () => 0),
    series('sluice_subscriber_expiring_records', () => 0, ofGroup),
    series('sluice_subscriber_lost_records', () => 0, ofGroup),
    // One question in some hundreds is not answered.
    series('sluice_registry_away', () => Number(chance() < 0.002)),
  ];
}

function ofSink(series: SeriesOf, service: string, life: Life, arrived: Arrived): Series[] {
  const events: Read = (sample) =>
    3 * [...arrived.values()].reduce((sum, pushes) => sum + (pushes[sample] ?? 0), 0);
  const all = [
    series('sluice_event_age_seconds_count', counted(life, events), { stage: service }),
    series('sluice_event_age_seconds_bucket', counted(life, events), { stage: service, le: '60' }),
  ];
  if (sinks.some((sink) => sink.service === service && sink.expiresByCommand))
    // What falls due in a day is deleted at 3:23.
    all.push(
      series('sluice_store_overdue_seconds', (sample) => secondsOf((sample + day - 4 * hour) % day), {
        store: service,
      }),
    );
  return all;
}
