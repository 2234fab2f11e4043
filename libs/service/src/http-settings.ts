import { z } from 'zod';

/** Settings of every service that answers HTTP requests of others. */
export const httpShape = {
  /** All addresses by default, of IPv6 too where there is IPv6. */
  host: z.string().optional(),
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  maxConnections: z.coerce.number().int().positive().default(2_000),
  /** How long a connection may be idle between two requests, in ms: longer than a balancer keeps its own. */
  keepAliveMs: z.coerce.number().int().positive().max(2_147_483_647).default(620_000),
  trustProxy: z.union([z.coerce.number().int().min(0), z.string()]).default(0),
};
