import { Undone } from '../exit-codes.ts';
import { timeOf } from '../printable.ts';
import type { Say } from '../say.ts';
import { findInStore, openStores, type Store } from '../stores.ts';
import type { FindOptions } from './options.ts';
import { findDeadLetters } from './dead-letters.ts';
import { askIngress } from './ingress.ts';
import { findRaw, readRaw, type RawPush } from './raw.ts';
import { deadLetterLines, ingressLines, pushLines, type FoundEvent, type FoundPush } from './tell.ts';
import { whyMissing } from './why-missing.ts';

/** Raw records outside of what was read, which are read one by one: each takes a moment. */
const mostReadAlone = 5;

/**
 * Tells where everything with an id is: its pushes with their raw records and events, rows and documents, its dead
 * letters, and what ingress remembers of it.
 * @throws an error when it is nowhere; Undone when an event that a push becomes is not in a store
 */
export async function find(id: string, options: FindOptions, say: Say): Promise<void> {
  const stores = await openStores(options);
  const { read, pushes, found, deadLetters, heard } = await look(id, stores, options);
  for (const push of found) say(pushLines(push), { of: 'push', ...push });
  for (const deadLetter of deadLetters)
    say(deadLetterLines(deadLetter), { of: 'dead-letter', ...deadLetter });
  for (const answer of heard.requests) say(ingressLines(answer), { of: 'request', ...answer });
  const missing = found.flatMap(({ missing: ofPush }) => ofPush);
  const counts = {
    pushes: pushes.length,
    events: found.reduce((sum, { events }) => sum + events.length, 0),
    deadLetters: deadLetters.length,
    requests: heard.requests.length,
  };
  say(
    [
      `${counted(counts.pushes, 'push', 'pushes')}, ${counted(counts.events, 'event', 'events')}, ${counted(counts.deadLetters, 'dead letter', 'dead letters')}.`,
      ...(pushes.length > found.length
        ? [`${pushes.length - found.length} more pushes are not shown: raise --limit.`]
        : []),
      `Raw records were read from ${timeOf(options.since)} on (--since): ${read.records}.`,
      ...heard.notes,
    ],
    { of: 'sum', ...counts, since: timeOf(options.since), rawRecordsRead: read.records, notes: heard.notes },
  );
  if (counts.pushes + counts.deadLetters + counts.requests === 0)
    throw new Error(
      `${id} was found nowhere: in no raw record that was read, no dead letter, ${stores.length > 0 ? `no row or document of ${stores.map(({ sink }) => sink.title).join(' and ')}, ` : ''}and no request that ingress remembers.`,
    );
  if (missing.length > 0)
    throw new Undone(`${counted(missing.length, 'event is', 'events are')} not in a store: see above.`);
}

/** Asks Kafka, the stores and ingress. `found` has as many of the pushes as are told. */
async function look(id: string, stores: readonly Store[], options: FindOptions) {
  const [read, byId, heard] = await Promise.all([
    findRaw(id, options),
    Promise.all(stores.map((store) => findInStore(store, { anyId: id }, options.limit))),
    askIngress(id, options.ingressOps ?? []),
  ]);
  const positions = byId.flatMap((events) => events.map(({ raw }) => raw));
  const pushes = await pushesOf(read.pushes, positions, options);
  const found = await Promise.all(
    pushes.slice(0, options.limit).map((push) => withEvents(push, stores, options)),
  );
  const deadLetters = await findDeadLetters(id, found, options);
  return { read, pushes, found, deadLetters, heard };
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What was read, and what the stores' events were made of. */
async function pushesOf(
  read: readonly RawPush[],
  positions: readonly RawPush['position'][],
  options: FindOptions,
): Promise<RawPush[]> {
  const name = ({ topic, partition, offset }: RawPush['position']): string =>
    `${topic}/${partition}/${offset}`;
  const byName = new Map(read.map((push) => [name(push.position), push]));
  const others = [...new Map(positions.map((one) => [name(one), one])).values()].filter(
    (one) => !byName.has(name(one)),
  );
  const alone = await Promise.all(others.slice(0, mostReadAlone).map((one) => readRaw(one, options)));
  const unread = others.slice(mostReadAlone).map((position): RawPush => ({ position, record: null }));
  return [...read, ...alone, ...unread].toSorted(
    (one, other) => (one.record?.receivedAtMs ?? 0) - (other.record?.receivedAtMs ?? 0),
  );
}

/** A push with the events that it becomes and that stores have of it. */
async function withEvents(push: RawPush, stores: readonly Store[], options: FindOptions): Promise<FoundPush> {
  const expected = push.record?.events ?? [];
  const eventIds = expected.map(({ eventId }) => eventId);
  const stored = await Promise.all(
    stores.map((store) => findInStore(store, { eventIds, raw: [push.position] }, 100)),
  );
  const names = new Map(expected.map((event) => [event.eventId, event]));
  for (const event of stored.flat()) if (!names.has(event.eventId)) names.set(event.eventId, event);
  const events = [...names.values()].map(({ eventId, eventType, topic }): FoundEvent => ({
    ...{ eventId, eventType, topic },
    stored: Object.fromEntries(
      stores.map(({ sink }, at) => [sink.title, stored[at]?.find((one) => one.eventId === eventId) ?? null]),
    ),
  }));
  const missing = events.flatMap(({ eventId, topic, stored: there }) =>
    Object.entries(there).flatMap(([store, event]) => (event === null ? [{ store, eventId, topic }] : [])),
  );
  const why = await whyMissing(push, missing, options);
  return { ...push, events, missing, why };
}
