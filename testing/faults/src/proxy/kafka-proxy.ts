import { setTimeout as delay } from 'node:timers/promises';
import { apiKeys, frameReader, readAnswerId, readRequestHead, rewriteBrokers } from './frames.ts';
import { openTcpProxy, type Dial, type Filter, type TcpProxy } from './tcp-proxy.ts';

/**
 * What happens to answers of one API. The broker has done the work by then.
 * - `swallow`: the answer never arrives; the connection stays
 * - `cut`: the connection is reset instead of the answer
 * - a number: the answer, and all that follows on its connection, is late by so many ms
 */
export type AnswerFault = 'swallow' | 'cut' | number;

export interface KafkaProxy extends Omit<TcpProxy, 'port'> {
  /** @param times how many answers it befalls; without it all, until the rule is taken away */
  setRule(apiKey: number, fault: AnswerFault, times?: number): void;
  clearRules(): void;
  /** Requests of an API that clients sent. */
  requests(apiKey: number): number;
  /** Answers of an API that a rule has befallen. */
  befallen(apiKey: number): number;
}

export interface KafkaProxies {
  /** One for each broker, in the order given. */
  readonly brokers: readonly KafkaProxy[];
  /** What clients connect to. */
  readonly addresses: string[];
  /** Does something to all of them. */
  each(work: (proxy: KafkaProxy) => void): void;
  close(): Promise<void>;
}

interface Rule {
  readonly fault: AnswerFault;
  left: number;
}

/**
 * Opens a proxy before each broker of a cluster. Wherever a broker names itself or its fellows to a client, the
 * proxy's port stands instead, so that clients stay behind the proxies.
 * @param brokers `host:port`, all of one host, as the brokers advertise themselves
 * @param dial how a broker is reached, when it is not directly
 */
export async function openKafkaProxies(brokers: readonly string[], dial?: Dial): Promise<KafkaProxies> {
  const ports = new Map<number, number>();
  const host = brokers[0]?.split(':')[0] ?? '';
  const opened: KafkaProxy[] = [];
  for (const broker of brokers) {
    const { port, proxy } = await openKafkaProxy(broker, (frame) => rewriteBrokers(frame, host, ports), dial);
    ports.set(Number(broker.split(':')[1]), port);
    opened.push(proxy);
  }
  return {
    brokers: opened,
    addresses: opened.map(({ address }) => address),
    each: (work) => opened.forEach(work),
    async close() {
      await Promise.all(opened.map((proxy) => proxy.close()));
    },
  };
}

async function openKafkaProxy(
  broker: string,
  rewrite: (frame: Buffer) => Buffer,
  dial?: Dial,
): Promise<{ port: number; proxy: KafkaProxy }> {
  const rules = new Map<number, Rule>();
  const asked = new Map<number, number>();
  const befallen = new Map<number, number>();
  const add = (to: Map<number, number>, key: number): void => void to.set(key, (to.get(key) ?? 0) + 1);
  const faultOf = (apiKey: number): AnswerFault | undefined => {
    const rule = rules.get(apiKey);
    if (!rule || rule.left <= 0) return undefined;
    rule.left -= 1;
    add(befallen, apiKey);
    return rule.fault;
  };
  const onRequest = (apiKey: number): void => add(asked, apiKey);
  const tcp = await openTcpProxy(broker, () => kafkaFilter({ onRequest, faultOf, rewrite }), dial);
  const proxy: KafkaProxy = {
    ...tcp,
    setRule: (apiKey, fault, times = Number.POSITIVE_INFINITY) => rules.set(apiKey, { fault, left: times }),
    clearRules: () => rules.clear(),
    requests: (apiKey) => asked.get(apiKey) ?? 0,
    befallen: (apiKey) => befallen.get(apiKey) ?? 0,
  };
  return { port: tcp.port, proxy };
}

/** The filter of one connection: answers are known by the correlation id of the request they belong to. */
function kafkaFilter(proxy: {
  onRequest: (apiKey: number) => void;
  faultOf: (apiKey: number) => AnswerFault | undefined;
  rewrite: (frame: Buffer) => Buffer;
}): Filter {
  const apiOf = new Map<number, number>();
  const requests = frameReader();
  const answers = frameReader();
  return {
    toServer(chunk) {
      const frames = requests(chunk);
      for (const frame of frames) {
        const head = readRequestHead(frame);
        if (!head) continue;
        apiOf.set(head.correlationId, head.apiKey);
        proxy.onRequest(head.apiKey);
      }
      return Buffer.concat(frames);
    },
    async toClient(chunk) {
      const passed: Buffer[] = [];
      for (const frame of answers(chunk)) {
        const id = readAnswerId(frame);
        const apiKey = apiOf.get(id);
        apiOf.delete(id);
        const fault = apiKey === undefined ? undefined : proxy.faultOf(apiKey);
        if (fault === 'cut') return null;
        if (fault === 'swallow') continue;
        if (fault !== undefined) await delay(fault);
        passed.push(namesBrokers(apiKey) ? proxy.rewrite(frame) : frame);
      }
      return Buffer.concat(passed);
    },
  };
}

function namesBrokers(apiKey: number | undefined): boolean {
  return apiKey === apiKeys.metadata || apiKey === apiKeys.findCoordinator;
}
