import { z } from 'zod';
import type { Log } from './log.ts';
import { ConfigError } from './read-config.ts';
import type { HttpLimits } from './serve.ts';
import { renewedCertificate } from './server-certificate.ts';
import { throttled } from './throttled.ts';

/** Settings of every service that answers HTTP requests of others. */
export const httpShape = {
  /** All addresses by default, of IPv6 too where there is IPv6. */
  host: z.string().optional(),
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  maxConnections: z.coerce.number().int().positive().default(2_000),
  /** How long a connection may be idle between two requests, in ms: longer than a balancer keeps its own. */
  keepAliveMs: z.coerce.number().int().positive().max(2_147_483_647).default(620_000),
  trustProxy: z.union([z.coerce.number().int().min(0), z.string()]).default(0),
  /** PEM files of the certificate, with what signed it, and of its key. Without them no TLS is spoken. */
  tlsCertFile: z.string().min(1).optional(),
  tlsKeyFile: z.string().min(1).optional(),
  /** Whether the balancer in front begins each connection with a header of the PROXY protocol, version 2. */
  proxyProtocol: z.enum(['on', 'off']).default('off'),
};

type HttpSettings = z.output<z.ZodObject<typeof httpShape>>;

/**
 * How the server of a service listens, but for whether it is ready.
 * @param log gets a message when a renewed certificate cannot be used
 * @throws ConfigError where the certificate cannot be used
 */
export function listeningOf(settings: HttpSettings, log: Pick<Log, 'warn'>): Omit<HttpLimits, 'isReady'> {
  const { host, port, maxConnections, keepAliveMs, tlsCertFile: certFile, tlsKeyFile: keyFile } = settings;
  const listening = {
    host,
    port,
    maxConnections,
    keepAliveMs,
    proxyProtocol: settings.proxyProtocol === 'on',
  };
  if (certFile === undefined && keyFile === undefined) return listening;
  if (certFile === undefined || keyFile === undefined)
    throw new ConfigError('SLUICE_TLS_CERT_FILE and SLUICE_TLS_KEY_FILE: set both or none.');
  const onLog = throttled((level: 'warn', message) => log[level](message));
  try {
    return { ...listening, certificate: renewedCertificate({ certFile, keyFile }, onLog) };
  } catch (error) {
    const why = Error.isError(error) ? error.message : String(error);
    throw new ConfigError(
      `The files of SLUICE_TLS_CERT_FILE and SLUICE_TLS_KEY_FILE cannot be used: ${why}.`,
    );
  }
}
