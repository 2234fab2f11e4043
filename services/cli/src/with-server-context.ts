import { awaiting } from './status-line.ts';

/**
 * The clients' errors do not say whom they asked: this one does, and where that was set.
 * @throws an error with what the server or its client said
 */
export async function withServerContext<T>(
  server: string,
  option: string,
  place: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await awaiting(`Asking ${server.replace(/^The/, 'the')} at ${place}`, work);
  } catch (error) {
    throw new Error(
      `${server} at ${place} (${option}) could not complete the request: ${reasonsOf(error).join('; ')}`,
      {
        cause: error,
      },
    );
  }
}

/** kafkajs tells why a topic was not created in a list of errors behind the one that it throws. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { errors } = error as { errors?: unknown };
  if (!Array.isArray(errors) || errors.length === 0) return [error.message];
  return [...new Set(errors.flatMap(reasonsOf))];
}
