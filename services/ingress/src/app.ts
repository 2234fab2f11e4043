import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { requestIdHeader } from '@sluice/service/serve';
import { plainForwardedFor } from './address.ts';
import { PushRoute, type PushRouteOptions } from './push-route.ts';
import { staffRoutes, type StaffRoutesOptions } from './staff/staff-routes.ts';

export type AppOptions = PushRouteOptions & Pick<StaffRoutesOptions, 'onStaffAnswer'>;

/**
 * What ingress serves: pushes, and the requests of staff pages. Nearly all requests are pushes: they are taken before
 * express, which costs as much as the rest of a push.
 */
export function createApp(options: AppOptions): RequestListener {
  const push = new PushRoute(options);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', options.trustProxy);
  app.use(staffRoutes(options));
  app.use((request, response) => push.answerUnknown(request, response));
  app.use(((error: { type?: string; status?: number }, request, response, next) => {
    if (response.headersSent) next(error);
    else push.answerWrong(request, response, wrongIn(error));
    // The four parameters that express looks at to know an error handler.
  }) satisfies ErrorRequestHandler);
  return (request, response) => {
    tidyHead(request);
    // Whatever the sender wrote there. It costs less than a header of the answer that is set before the others.
    request.headers[requestIdHeader] = randomUUID();
    if (!push.take(request, response)) app(request, response);
  };
}

/** Makes what gateways and clouds write into the head readable to the steps behind it. */
function tidyHead({ headers }: IncomingMessage): void {
  // Charsets are sent there, and gzip after the proxy inflated it: the bytes themselves say what they are.
  if ('content-encoding' in headers) delete headers['content-encoding'];
  const forwardedFor = headers['x-forwarded-for'];
  if (typeof forwardedFor === 'string') headers['x-forwarded-for'] = plainForwardedFor(forwardedFor);
}

function wrongIn({ type, status }: { type?: string; status?: number }): 'too-large' | 'malformed' | 'failed' {
  if (type === 'entity.too.large') return 'too-large';
  return status !== undefined && status < 500 ? 'malformed' : 'failed';
}
