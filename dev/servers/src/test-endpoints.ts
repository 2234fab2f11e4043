import type { Endpoints } from './endpoints.ts';

/** Where Jest's global set-up leaves the endpoints for the test files. */
export const endpointsVariable = 'SLUICE_TEST_ENDPOINTS';

/** The development servers' endpoints, inside a test of a package whose Jest preset says `servers: true`. */
export function testEndpoints(): Endpoints {
  const text = process.env[endpointsVariable];
  if (text === undefined) {
    throw new Error(
      `${endpointsVariable} is not set: give this package preset(name, { servers: true }) in its jest.config.mjs.`,
    );
  }
  return JSON.parse(text) as Endpoints;
}
