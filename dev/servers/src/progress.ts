import type { Endpoints } from './endpoints.ts';

/** One step of bringing the servers up or down, for a person to read. */
export interface Progress {
  stage: 'check' | 'download' | 'start' | 'ready' | 'exited' | 'stop';
  /** Absent when the step is about all of them. */
  server?: string;
  message: string;
}

export type Report = (progress: Progress) => void;

/** What the supervisor tells its leaseholders: one JSON object a line. */
export type SupervisorMessage =
  | { type: 'progress'; progress: Progress }
  | { type: 'ready'; endpoints: Endpoints }
  | { type: 'failed'; text: string };
