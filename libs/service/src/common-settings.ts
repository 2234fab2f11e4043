import { z } from 'zod';

/** Settings that every service has. */
export const commonShape = {
  opsPort: z.coerce.number().int().min(0).max(65_535).default(9090),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  /** How long a stop may take, in ms: three quarters for what is in flight, the last one to abort it. */
  stopDeadlineMs: z.coerce.number().int().positive().default(25_000),
  /** How long the event loop may stand still, in ms, before the process ends. */
  loopStuckMs: z.coerce.number().int().min(200).default(60_000),
};
