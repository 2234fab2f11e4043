import type { PlainPush } from './push.ts';
import { seededRandom } from './random.ts';
import { sealPushes } from './seal-push.ts';
import { sendTraffic } from './send.ts';
import type { SendCounts, SendLedger } from './send-ledger.ts';
import { loadSimulatedSources } from './simulated-sources.ts';
import { takeFirst } from './take-first.ts';
import { generateTraffic } from './traffic.ts';
import { samplePushes } from './vendor-samples.ts';
import type { SimulatedSource, Simulators } from './vendor-simulator.ts';

export interface SimulateOptions {
  /** Of the gateway, `http://host:port`. */
  readonly baseUrl: string;
  /** The sources YAML that the gateway is configured with. */
  readonly sourcesFile: string;
  /** Of the vendors that its sources have. */
  readonly simulators: Simulators;
  /** How many pushes are generated; samples come on top. */
  readonly pushes: number;
  /** Decides what is sent. */
  readonly seed: string;
  /** Tells apart two runs with one seed: their ids differ. Default: the moment of the call. */
  readonly run?: string | undefined;
  readonly ratePerSecond?: number | undefined;
  /** Default 16. */
  readonly connections?: number | undefined;
  /** 0 to 1, default 0.05. */
  readonly resendShare?: number | undefined;
  /** See SendOptions. */
  readonly resendUrl?: string | undefined;
  /** Over how many days before now the generated pushes are spread. Default: 0. */
  readonly days?: number | undefined;
  /** Sends every sample of the vendors' pages first, through each source that could get it. */
  readonly includeSamples: boolean;
  /** Default 60,000. */
  readonly retryForMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `expected`: how many pushes the run has in all. */
  readonly onProgress?: ((counts: SendCounts, expected: number) => void) | undefined;
}

/** Two years: what is older has no month of its own in the stores. */
const mostDays = 700;

/**
 * Sends the vendors' traffic to a gateway and tells what became of it.
 * @throws Error with a message when an option or the sources file is wrong; never for what the gateway does
 */
export async function simulate(options: SimulateOptions): Promise<SendLedger> {
  const {
    connections = 16,
    resendShare = 0.05,
    retryForMs = 60_000,
    run = new Date().toISOString(),
  } = options;
  checkOptions({ ...options, connections, resendShare, retryForMs });
  const sources = loadSimulatedSources(options.sourcesFile, options.simulators);
  const samples = options.includeSamples ? sources.flatMap(samplePushes) : [];
  const expected = samples.length + options.pushes;
  const { onProgress } = options;
  return sendTraffic({
    baseUrl: options.baseUrl,
    pushes: sealPushes(planRun(samples, sources, options, run), sources, {
      now: Date.now,
      random: seededRandom(JSON.stringify([options.seed, run])),
    }),
    connections,
    ratePerSecond: options.ratePerSecond,
    resendShare,
    resendUrl: options.resendUrl,
    retryForMs,
    signal: options.signal,
    onProgress: onProgress && ((counts) => onProgress(counts, expected)),
  });
}

function* planRun(
  samples: readonly PlainPush[],
  sources: readonly SimulatedSource[],
  { pushes, seed, days }: SimulateOptions,
  run: string,
): Generator<PlainPush, void> {
  yield* samples;
  yield* takeFirst(generateTraffic({ sources, seed, run, now: Date.now, days }), pushes);
}

function checkOptions(
  options: SimulateOptions & { connections: number; resendShare: number; retryForMs: number },
): void {
  const {
    baseUrl,
    resendUrl = baseUrl,
    pushes,
    connections,
    ratePerSecond,
    resendShare,
    retryForMs,
  } = options;
  const { days = 0 } = options;
  const rules: readonly (readonly [boolean, string])[] = [
    ...[baseUrl, resendUrl].map((url): readonly [boolean, string] => [
      /^https?:$/.test(URL.parse(url)?.protocol ?? ''),
      `The gateway's URL must begin with http:// or https://, not ${url}.`,
    ]),
    [Number.isSafeInteger(pushes) && pushes >= 0, `The number of pushes must be 0 or more, not ${pushes}.`],
    [
      Number.isInteger(connections) && connections >= 1 && connections <= 1024,
      `The number of connections must be 1 to 1024, not ${connections}.`,
    ],
    [
      ratePerSecond === undefined || (Number.isFinite(ratePerSecond) && ratePerSecond > 0),
      `The rate per second must be above 0, not ${String(ratePerSecond)}.`,
    ],
    [resendShare >= 0 && resendShare <= 1, `The share of resends must be 0 to 1, not ${resendShare}.`],
    [days >= 0 && days <= mostDays, `The days must be 0 to ${mostDays}, not ${days}.`],
    [retryForMs >= 0, `The time for retries must be 0 ms or more, not ${retryForMs}.`],
  ];
  const broken = rules.find(([holds]) => !holds);
  if (broken !== undefined) throw new Error(broken[1]);
}
