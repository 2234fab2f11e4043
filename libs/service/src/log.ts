import pino, { type Logger } from 'pino';

export type Log = Logger;

/**
 * JSON lines, or readable ones when a person watches in a terminal.
 * @param level pino's: trace, debug, info, warn, error, fatal
 */
export function createLog(service: string, level: string, readable: boolean): Log {
  const options = {
    name: service,
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Written at once: otherwise the last lines before an exit overtake each other, or are lost.
  if (!readable) return pino(options, pino.destination({ fd: 1, sync: true }));
  return pino({
    ...options,
    transport: {
      target: 'pino-pretty',
      options: { ignore: 'service,pid,hostname' },
    },
  });
}
