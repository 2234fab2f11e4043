import { connect, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { createAnswerParser } from './answer-parser.ts';

export interface LoadPlan {
  readonly port: number;
  /** Whole requests; they go round. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second over all connections; without it each connection asks as soon as it is answered. */
  readonly ratePerSecond: number | null;
  /** Told each answer that acknowledges a push: which of the requests, and both moments on the clock of `performance`. */
  readonly onAcknowledged?: (request: number, dueAt: number, answeredAt: number) => void;
}

export interface LoadResult {
  /** Answers with status 200 and the body `success`. */
  readonly acknowledged: number;
  /** Other answers, connections that broke, requests without an answer. */
  readonly errors: number;
  readonly firstError: string | null;
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const drainMs = 15_000;

/**
 * Sends a load over plain sockets and verifies every answer. At the end no new request goes out and the last
 * answers are waited for, so that what was acknowledged can be compared with what was kept.
 */
export function sendLoad(plan: LoadPlan): Promise<LoadResult> {
  return new Load(plan).run();
}

interface Connection {
  readonly socket: Socket;
  /** Which of the requests is under way. */
  request: number;
  /** When the request under way was due; null when there is none. */
  dueAt: number | null;
}

class Load {
  readonly #plan: LoadPlan;
  readonly #latencyUs = createHistogram();
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  /** Moments at which requests were due that found every connection busy. */
  readonly #overdue: number[] = [];
  readonly #finished = Promise.withResolvers<undefined>();
  #stopping = false;
  #next = 0;
  #acknowledged = 0;
  #errors = 0;
  #firstError: string | null = null;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
  }

  async run(): Promise<LoadResult> {
    const { connections, seconds, ratePerSecond } = this.#plan;
    await Promise.all(Array.from({ length: connections }, () => this.#open()));
    const startedAt = performance.now();
    const metronome = ratePerSecond === null ? undefined : this.#startMetronome(ratePerSecond, startedAt);
    if (ratePerSecond === null)
      for (const connection of this.#idle.splice(0)) this.#ask(connection, performance.now());
    const stop = setTimeout(() => {
      clearInterval(metronome);
      this.#stopping = true;
      this.#checkFinished();
    }, seconds * 1000);
    const giveUp = setTimeout(() => this.#finished.resolve(undefined), seconds * 1000 + drainMs);
    await this.#finished.promise;
    const tookMs = performance.now() - startedAt;
    clearTimeout(stop);
    clearTimeout(giveUp);
    for (const { socket, dueAt } of this.#connections) {
      if (dueAt !== null) this.#fail('no answer');
      socket.destroy();
    }
    return {
      acknowledged: this.#acknowledged,
      errors: this.#errors,
      firstError: this.#firstError,
      seconds: tookMs / 1000,
      p50Ms: this.#latencyUs.percentile(50) / 1000,
      p99Ms: this.#latencyUs.percentile(99) / 1000,
    };
  }

  #open(): Promise<void> {
    const socket = connect({ port: this.#plan.port, host: '127.0.0.1', noDelay: true });
    const connection: Connection = { socket, request: 0, dueAt: null };
    this.#connections.add(connection);
    socket.on(
      'data',
      createAnswerParser(({ status, body }) => this.#answered(connection, status, body)),
    );
    return new Promise((resolve, reject) => {
      socket.once('connect', () => {
        this.#idle.push(connection);
        resolve();
      });
      socket.on('error', reject);
      socket.once('close', () => this.#closed(connection));
    });
  }

  /**
   * A clock of one millisecond that asks for whatever has become due. A request waits from the moment at which it was due,
   * also when this process was late.
   */
  #startMetronome(ratePerSecond: number, startedAt: number): NodeJS.Timeout {
    let asked = 0;
    return setInterval(() => {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * ratePerSecond);
      for (; asked < due; asked += 1) {
        const dueAt = startedAt + ((asked + 1) * 1000) / ratePerSecond;
        const connection = this.#idle.pop();
        if (connection) this.#ask(connection, dueAt);
        else this.#overdue.push(dueAt);
      }
    }, 1);
  }

  #ask(connection: Connection, dueAt: number): void {
    connection.request = this.#next++ % this.#plan.requests.length;
    const request = this.#plan.requests[connection.request];
    if (!request) throw new Error('There is no request to send.');
    connection.dueAt = dueAt;
    connection.socket.write(request);
  }

  #answered(connection: Connection, status: number, body: string): void {
    const now = performance.now();
    const { request, dueAt } = connection;
    if (dueAt !== null) this.#latencyUs.record(Math.max(1, Math.round((now - dueAt) * 1000)));
    connection.dueAt = null;
    if (status === 200 && body === 'success') {
      this.#acknowledged += 1;
      this.#plan.onAcknowledged?.(request, dueAt ?? now, now);
    } else this.#fail(`${status} ${body}`);
    const overdue = this.#overdue.shift();
    if (overdue !== undefined) this.#ask(connection, overdue);
    else if (this.#stopping || this.#plan.ratePerSecond !== null) this.#idle.push(connection);
    else this.#ask(connection, now);
    if (this.#stopping) this.#checkFinished();
  }

  #closed(connection: Connection): void {
    this.#connections.delete(connection);
    const place = this.#idle.indexOf(connection);
    if (place >= 0) this.#idle.splice(place, 1);
    if (connection.dueAt !== null) this.#fail('the connection broke');
    // The load continues with the connections that are left; the errors say that some are not.
    if (this.#stopping || this.#connections.size === 0) this.#checkFinished();
  }

  #fail(what: string): void {
    this.#errors += 1;
    this.#firstError ??= what;
  }

  #checkFinished(): void {
    if (this.#idle.length === this.#connections.size) this.#finished.resolve(undefined);
  }
}
