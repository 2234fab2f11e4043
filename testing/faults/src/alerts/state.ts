import type { CaseContext } from '../fault-case.ts';
import type { Service } from '../system/service.ts';
import type { System, SystemOptions } from '../system/system.ts';

/** What a state works with: the product in a stream of its own, and a Prometheus that has seen it well. */
export interface Watched {
  readonly context: CaseContext;
  readonly system: System;
  /** From now on this way in which data stops is so: the time until its alert counts from here. */
  readonly begins: (way: string) => void;
}

/** Some ways in which data stops, in one system, where they do not hide each other. */
export interface AlertState {
  readonly name: string;
  /** By way, as docs/operations/alerts.md has it: the alert that must fire, and labels that it must have. */
  readonly expected: Readonly<
    Record<string, { readonly alert: string; readonly labels?: Readonly<Record<string, string>> }>
  >;
  /** What takes days otherwise: durations in the rules of the expected alerts, and what is in their place. */
  readonly shortened?: Readonly<Record<string, string>>;
  /** What is scraped next to the services, by name: `host:port`. */
  readonly targets?: (context: CaseContext) => Promise<Readonly<Record<string, string>>>;
  /** How the system is started. */
  readonly options: (context: CaseContext) => Promise<Partial<SystemOptions>> | Partial<SystemOptions>;
  /** Brings the state about. What must continue until the end is ended by `context.onEnd`. */
  readonly begin: (watched: Watched) => Promise<void>;
}

/** Ends it again and again, as what makes it crash would, and starts it with the pauses that Kubernetes makes. */
export function crashAgainAndAgain(service: Service, context: CaseContext): void {
  let pauseMs = 10_000;
  let timer: NodeJS.Timeout | undefined;
  const livesForMs = 20_000;
  const start = (): void => {
    service.launch();
    timer = setTimeout(crash, livesForMs);
  };
  const crash = (): void => {
    void service.kill().then(() => {
      timer = setTimeout(start, pauseMs);
      pauseMs = Math.min(2 * pauseMs, 300_000);
    });
  };
  crash();
  context.onEnd(() => {
    clearTimeout(timer);
    return Promise.resolve();
  });
}
