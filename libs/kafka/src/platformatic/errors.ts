import { transientCodes } from '../admin-client.ts';

/** What is read of the library's errors. */
export interface LibraryError extends Error {
  readonly code?: string;
  /** What a broker answered. */
  readonly apiCode?: number;
  readonly serverErrorMessage?: string | null;
  readonly errors?: readonly unknown[];
  /** The client is closed. */
  readonly closed?: boolean;
}

/** The library says why a request failed in lists and causes behind its error: this one has it in its message. */
export class RequestFailed extends Error {
  constructor(cause: unknown) {
    super([...new Set(reasonsOf(cause).map(textOf))].join('; '), { cause });
  }
}

export function reasonsOf(error: unknown): LibraryError[] {
  if (!(error instanceof Error)) return [new Error(String(error))];
  if (error instanceof RequestFailed) return reasonsOf(error.cause);
  const { errors = [] } = error as LibraryError;
  return errors.length > 0 ? errors.flatMap(reasonsOf) : [error];
}

function textOf({ message, serverErrorMessage, cause }: LibraryError): string {
  // A broker may give an empty reason.
  const text = serverErrorMessage === '' ? message : (serverErrorMessage ?? message);
  if (cause === undefined) return text;
  return [text.replace(/\.$/, ''), ...new Set(reasonsOf(cause).map(textOf))].join(': ');
}

/** How its words for UNKNOWN_TOPIC_OR_PARTITION begin. */
const unknownTopic = 'Unknown topic ';

/** Whether a broker answered that a topic is not there. */
export const isUnknownTopic = (error: unknown): boolean =>
  reasonsOf(error).some(({ code, message }) => code === 'PLT_KFK_USER' && message.startsWith(unknownTopic));

/**
 * Whether the same work may succeed a moment later.
 * @param brokers how many may be asked: another one than that which has not answered
 */
export function isTransientOfPlatformatic(error: unknown, brokers: number): boolean {
  return reasonsOf(error).every(({ code, apiCode, message, cause, closed }) => {
    if (apiCode !== undefined) return transientCodes.has(apiCode);
    if (code === 'PLT_KFK_USER') return message.startsWith(unknownTopic);
    if (code === 'PLT_KFK_AUTHENTICATION')
      return cause !== undefined && isTransientOfPlatformatic(cause, brokers);
    if (code !== 'PLT_KFK_NETWORK' || closed) return false;
    if (message === 'Request timed out') return brokers > 1;
    const isRefused = (cause as LibraryError | undefined)?.code === 'PLT_KFK_AUTHENTICATION';
    return !isRefused || isTransientOfPlatformatic(cause, brokers);
  });
}
