import type { HttpFault } from '../proxy/http-proxy.ts';

/** What an item is answered with instead of being written. */
interface Refusal {
  readonly status: number;
  readonly type: string;
}

interface Item {
  readonly action: string;
  readonly lines: readonly string[];
  readonly head: { readonly _id?: string; readonly _index?: string };
}

interface BulkAnswer {
  errors: boolean;
  items: Record<string, unknown>[];
}

export function refusedAs(status: number, type: string): Refusal {
  return { status, type };
}

/**
 * Takes every third item out of a bulk request, and answers it 429 in its place: what an overloaded Elasticsearch
 * does to single items.
 */
export function refuseItems(body: Buffer): HttpFault {
  let count = 0;
  return editItems(body, () => {
    count += 1;
    return count % 3 === 1 ? refusedAs(429, 'es_rejected_execution_exception') : undefined;
  });
}

/**
 * Takes items out of a bulk request, so that the server never has them, and answers them in their places.
 * @param judge asked once for each item; undefined lets it pass
 */
export function editItems(body: Buffer, judge: (id: string) => Refusal | undefined): HttpFault {
  const items = itemsOf(body.toString()).map((item) => ({ item, refusal: judge(item.head._id ?? '') }));
  const kept = items.filter(({ refusal }) => refusal === undefined);
  // An empty bulk request is an error.
  if (kept.length === 0) {
    const all = items.map(({ item, refusal }) => answerTo(item, refusal));
    return { do: 'answer', status: 200, body: JSON.stringify({ errors: true, items: all }) };
  }
  return {
    do: 'edit',
    request: Buffer.from(`${kept.flatMap(({ item }) => item.lines).join('\n')}\n`),
    answer: (text) => {
      const answer = JSON.parse(text) as Partial<BulkAnswer>;
      const written = [...(answer.items ?? [])];
      const all = items.map(({ item, refusal }) =>
        refusal === undefined ? (written.shift() ?? {}) : answerTo(item, refusal),
      );
      return JSON.stringify({ ...answer, errors: true, items: all });
    },
  };
}

function answerTo({ action, head }: Item, refusal: Refusal | undefined): Record<string, unknown> {
  const error = { type: refusal?.type, reason: 'refused by the fault suite' };
  return { [action]: { ...head, status: refusal?.status, error } };
}

/** Of index and create actions, which have a line of source behind their head. */
function itemsOf(body: string): Item[] {
  const lines = body.split('\n').filter((line) => line !== '');
  const items: Item[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    const [head = '', source = ''] = lines.slice(at, at + 2);
    const [[action, fields] = ['index', {}]] = Object.entries(
      JSON.parse(head) as Record<string, Item['head']>,
    );
    items.push({ action, head: fields, lines: [head, source] });
  }
  return items;
}
