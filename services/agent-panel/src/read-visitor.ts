import { elasticsearchAuthorization } from '@sluice/service/elasticsearch-settings';
import type { StoreLogin } from '@sluice/service/store-login';

/** What the panel shows of a visitor. Texts as they are kept; null where nothing is known. */
export interface VisitorRecord {
  readonly conversations: readonly PanelConversation[];
  readonly contact: readonly PanelContactField[];
}

interface PanelConversation {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number | null;
  readonly staffName: string | null;
  readonly channel: string | null;
  readonly subject: string | null;
  readonly solved: string | null;
  /** 1 (worst) to 5. */
  readonly score: number | null;
  readonly comment: string | null;
}

interface PanelContactField {
  readonly name: string;
  readonly value: string;
}

export interface ElasticsearchReader extends StoreLogin {
  /** May have a path: `https://host/es` */
  readonly url: string;
}

/** Of which visitor, in which source. */
interface VisitorOf {
  readonly stream: string;
  readonly sourceId: string;
  readonly visitorId: string;
}

const shownConversations = 5;
/** A conversation has some ten steps. */
const readEvents = 100;

type Document = Readonly<Record<string, unknown>>;

const contactFields = [
  'name',
  'nickname',
  'category',
  'gender',
  'age',
  'phone',
  'qq',
  'wechat',
  'email',
  'province',
  'city',
  'address',
  'memo',
];

/**
 * The recent conversations of a visitor with their ratings, and what is known of them. It reads alone, and every
 * search names the source.
 * @throws when Elasticsearch does not answer in 5 s, or with an error
 */
export async function readVisitor(elasticsearch: ElasticsearchReader, of: VisitorOf): Promise<VisitorRecord> {
  const byVisitor = [{ term: { visitor_id: of.visitorId } }];
  const [steps = [], changes = []] = await search(elasticsearch, of, [
    { entity: 'conversation', filter: byVisitor },
    { entity: 'contact', filter: byVisitor },
  ]);
  const conversations = Map.groupBy(steps, (step) => textOf(step.conversation_id) ?? '');
  const ids = [...conversations.keys()].filter((id) => id !== '').slice(0, shownConversations);
  if (ids.length === 0) return { conversations: [], contact: contactOf(changes) };

  // The vendor sends these by the id as it is, or by its number alone.
  const numbers = ids.map(numberOfConversation);
  const byId = [{ terms: { conversation_id: [...new Set([...ids, ...numbers])] } }];
  const byNumber = [{ terms: { conversation_number: [...new Set(numbers)] } }];
  const bearers = ['conversation', 'rating', 'wrap-up'];
  const [ratings = [], notes = [], ...borne] = await search(elasticsearch, of, [
    { entity: 'rating', filter: byId },
    { entity: 'wrap-up', filter: byId },
    ...bearers.map((entity) => ({ entity, filter: byNumber, distinct: 'conversation_id' })),
  ]);
  const bearersOf = conversationsByNumber(borne.flat());
  const shown = ids.map((id): PanelConversation => {
    const number = numberOfConversation(id);
    // A number may be that of several conversations, 1_2800 and 3_2800, of different visitors.
    const isOwnNumber = bearersOf.get(number)?.size === 1 && bearersOf.get(number)?.has(id) === true;
    const isOfIt = ({ conversation_id }: Document): boolean =>
      conversation_id === id || (isOwnNumber && conversation_id === number);
    const own = conversations.get(id) ?? [];
    return conversationOf(id, own, ratings.filter(isOfIt), notes.filter(isOfIt));
  });
  return { conversations: shown, contact: contactOf(changes) };
}

/** @param own the steps of the conversation, as `rated` and `noted` newest first */
function conversationOf(
  id: string,
  own: readonly Document[],
  rated: readonly Document[],
  noted: readonly Document[],
): PanelConversation {
  // Of each value the newest that was sent.
  const known = (name: string, from: readonly Document[]): unknown =>
    from.find((one) => one[name] !== null && one[name] !== undefined && one[name] !== 'UNKNOWN')?.[name];
  const at = ['started_at', 'answered_at', 'requested_at', 'ended_at'].map((name) => known(name, own));
  return {
    id,
    at: numberOf(
      at.find((one) => typeof one === 'number') ?? (own[0]?.meta as Document | undefined)?.occurred_at,
    ),
    staffName: textOf(known('staff_name', own)),
    channel: textOf(known('channel', own)),
    subject: textOf(known('subject', noted)),
    solved: textOf(known('solved', noted)),
    score: numberOf(known('score', rated)),
    comment: textOf(known('comment', rated)),
  };
}

/** `1_5987809` → `5987809`. */
const numberOfConversation = (id: string): string => id.replace(/^\d+_/, '');

/** The whole ids, those with a prefix, that the documents name for each number. */
function conversationsByNumber(documents: readonly Document[]): Map<string, Set<string>> {
  const byNumber = new Map<string, Set<string>>();
  for (const { conversation_id } of documents) {
    const id = textOf(conversation_id) ?? '';
    const number = numberOfConversation(id);
    if (number === id) continue;
    byNumber.set(number, (byNumber.get(number) ?? new Set()).add(id));
  }
  return byNumber;
}

/** Newest first: a change says what it changes, and what it empties. */
function contactOf(changes: readonly Document[]): PanelContactField[] {
  return contactFields.flatMap((name) => {
    const change = changes.find((one) => {
      const value = one[name];
      const isCleared = Array.isArray(one.cleared) && one.cleared.includes(name);
      return isCleared || (value !== null && value !== undefined && value !== 'UNKNOWN');
    });
    const value = change?.[name];
    const text = typeof value === 'number' ? String(value) : textOf(value);
    return text === null ? [] : [{ name, value: text }];
  });
}

/**
 * Several searches in one request; the documents of each, newest first; with `distinct`, the newest alone for each
 * value of that field.
 */
async function search(
  elasticsearch: ElasticsearchReader,
  { stream, sourceId }: VisitorOf,
  searches: readonly { entity: string; filter: readonly object[]; distinct?: string }[],
): Promise<Document[][]> {
  const lines = searches.flatMap(({ entity, filter, distinct }) => [
    { index: `${stream}-${entity}-*`, ignore_unavailable: true, allow_no_indices: true },
    {
      size: readEvents,
      query: { bool: { filter: [{ term: { 'meta.source_id': sourceId } }, ...filter] } },
      ...(distinct === undefined ? {} : { collapse: { field: distinct } }),
      sort: [
        { 'meta.occurred_at': { order: 'desc', missing: '_last', unmapped_type: 'date' } },
        { 'meta.received_at': { order: 'desc', unmapped_type: 'date' } },
      ],
    },
  ]);
  const authorization = elasticsearchAuthorization(elasticsearch);
  const answer = await fetch(`${elasticsearch.url.replace(/\/$/, '')}/_msearch`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      ...(authorization === null ? {} : { authorization }),
    },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok)
    throw new Error(`Elasticsearch answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  const { responses } = (await answer.json()) as {
    responses: { hits?: { hits: { _source: Document }[] }; error?: unknown }[];
  };
  return responses.map(({ hits, error }) => {
    if (!hits) throw new Error(`Elasticsearch refused a search: ${JSON.stringify(error).slice(0, 300)}`);
    return hits.hits.map(({ _source }) => _source);
  });
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
