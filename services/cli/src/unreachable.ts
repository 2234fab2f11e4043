import { saysUnreachable } from '@sluice/kafka/unreachable';

/** Codes of Node.js and of the stores' clients for a server that did not answer. */
const codes = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EPIPE',
  ],
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET'],
]);
/** Names of errors of the Elasticsearch client. */
const names = new Set(['ConnectionError', 'TimeoutError']);

/** Whether an error, or one that it was made of, says that a server was not reached. */
export function isUnreachable(error: unknown, depth = 0): boolean {
  // A chain of causes may be a ring.
  if (typeof error !== 'object' || error === null || depth > 8) return false;
  const { name, code, cause, errors } = error as Partial<NodeJS.ErrnoException> & { errors?: unknown };
  return (
    saysUnreachable(error) ||
    names.has(name ?? '') ||
    codes.has(code ?? '') ||
    isUnreachable(cause, depth + 1) ||
    (Array.isArray(errors) && errors.some((one) => isUnreachable(one, depth + 1)))
  );
}
