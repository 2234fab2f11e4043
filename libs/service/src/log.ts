import pino, { type Logger } from 'pino';

export type Log = Logger;

/**
 * JSON lines, or readable ones when a person watches in a terminal.
 * @param level pino's: trace, debug, info, warn, error, fatal
 */
export function createLog(service: string, level: string, readable: boolean): Log {
  return pino({
    name: service,
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    ...(readable
      ? {
          transport: {
            target: 'pino-pretty',
            options: { ignore: 'service,pid,hostname', messageFormat: `${service}: {msg}` },
          },
        }
      : {}),
  });
}
