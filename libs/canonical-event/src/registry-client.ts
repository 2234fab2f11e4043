/** How to reach a Confluent-compatible schema registry. */
export interface RegistryConnection {
  readonly url: string;
  /** The header of each question. Default: by the user name and the password of the URL, if it has any. */
  readonly authorization?: () => string;
  /** Of what subjects are named, by Confluent's strategies: TopicName, RecordName, TopicRecordName. Default: `topic`. */
  readonly subjects?: 'topic' | 'record' | 'topic-record';
  /** How long one question may take, from the look-up of its name to the last byte, in ms. Default: 10 s. */
  readonly deadlineMs?: number;
}

type RegistryResponse = Readonly<Record<string, unknown>>;

/**
 * Asks a registry one question of its REST interface, once.
 * @param path from the registry's own root on
 * @returns the JSON object of the answer; null when the registry says that it does not have what was asked for
 * @throws an error when it refuses, is unavailable, does not end its answer within the deadline, or when something else
 *   answers in its place. Nothing of that is a statement about a schema.
 */
export async function askRegistry(
  { url, authorization, deadlineMs = 10_000 }: RegistryConnection,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
): Promise<RegistryResponse | null> {
  const place = new URL(url);
  const credentials = authorization?.() ?? basicOf(place);
  const root = `${place.origin}${place.pathname.replace(/\/$/, '')}`;
  const headers = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
    'user-agent': 'sluice',
    ...(body === undefined ? {} : { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
    ...(credentials === undefined ? {} : { authorization: credentials }),
  };
  const signal = AbortSignal.timeout(deadlineMs);
  let [status, text] = [0, ''];
  try {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${root}${path}`, { method, headers, signal, ...sent });
    [status, text] = [response.status, await response.text()];
  } catch (error) {
    const what = signal.aborted ? `did not answer within ${deadlineMs} ms` : `cannot be reached`;
    throw new Error(`The schema registry at ${place.host} ${what} (${causeOf(error)}).`, { cause: error });
  }
  const answer = objectOf(text);
  if (status === 200 && answer !== null) return answer;
  // A proxy, or the registry itself at a wrong path, answers 404 without such a code.
  if (status === 404 && String(answer?.error_code).startsWith('404')) return null;
  throw new Error(`The schema registry at ${place.host} answered ${status} (${saidBy(answer)}).`);
}

function basicOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

function objectOf(text: string): RegistryResponse | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as RegistryResponse)
      : null;
  } catch {
    return null;
  }
}

function saidBy(answer: RegistryResponse | null): string {
  if (answer === null) return 'no JSON object: something else may listen there';
  return typeof answer.message === 'string' ? answer.message.slice(0, 500) : 'without a message';
}

/** `fetch` names the reason in the cause of the error that it throws. */
function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const { code, message } = (cause ?? error) as { code?: unknown; message?: string };
  return typeof code === 'string' ? code : (message ?? 'unknown');
}
