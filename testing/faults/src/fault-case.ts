import type { Endpoints } from '@sluice/dev-servers/endpoints';
import type { Random } from '@sluice/simulator/random';
import type { HttpProxy } from './proxy/http-proxy.ts';
import type { KafkaProxies } from './proxy/kafka-proxy.ts';
import type { Dial, TcpProxy } from './proxy/tcp-proxy.ts';
import type { PrivateKafka, PrivateKafkaOptions } from './system/private-kafka.ts';
import type { System, SystemOptions } from './system/system.ts';

export const groups = ['ingress', 'abuse', 'kafka', 'workers', 'whole'] as const;
export type Group = (typeof groups)[number];

/** What a case measured. It passes when nothing is lost, nothing is visible twice, and there are no problems. */
export interface Finding {
  /** Pushes that the sender got acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged pushes that are nowhere, and events that are missing in a store. */
  readonly lost: number;
  /** Records in topics beyond one for each push and each event: what deduplication has to deal with. */
  readonly duplicatesBefore: number;
  /** Copies beyond one that a reader of a store sees. */
  readonly duplicatesAfter: number;
  /** From the end of the fault to the end of its effect; null where the case has no such moment. */
  readonly recoverySeconds: number | null;
  /** A message for everything that was not as expected. */
  readonly problems: readonly string[];
}

/** Thrown by a case that this machine does not allow: it has then neither passed nor failed. */
export class NotRun extends Error {}

/** What a case works with. Everything that it opens here is closed behind it. */
export interface CaseContext {
  readonly endpoints: Endpoints;
  readonly seed: string;
  /** Drawn from the seed. */
  readonly random: Random;
  /** The first in a full run, the second in a short one. */
  pick(full: number, short: number): number;
  /** Tells a person how far the case is. */
  say(line: string): void;
  startSystem(options?: Partial<SystemOptions>): Promise<System>;
  startKafka(options?: PrivateKafkaOptions): Promise<PrivateKafka>;
  /** @param dial how a broker is reached, when it is not directly */
  openKafkaProxies(brokers: readonly string[], dial?: Dial): Promise<KafkaProxies>;
  openHttpProxy(target: string): Promise<HttpProxy>;
  /** @param url of an HTTP server. @returns the proxy, and the URL that leads through it */
  openTcpProxy(url: string): Promise<{ proxy: TcpProxy; url: string }>;
  /** Called when the case has ended, however it did; the last one first. */
  onEnd(cleanup: () => Promise<void>): void;
}

/** One fault, and what must hold under it. */
export interface FaultCase {
  /** As on the command line: `ingress-sigkill`. */
  readonly name: string;
  readonly group: Group;
  readonly fault: string;
  readonly expectation: string;
  readonly run: (context: CaseContext) => Promise<Finding>;
}
