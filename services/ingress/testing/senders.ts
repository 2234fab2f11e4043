import type { Source } from '@sluice/sources/source';
import type { Receiving } from '@sluice/vendor-kit/receiving/receiving';
import { vendors, type VendorId } from '@sluice/vendors';
import {
  testingOf,
  type TestKeys,
  type TestPush,
  type VendorTesting,
} from '@sluice/vendors/testing/vendor-testing';
import { documentedShapes } from '@sluice/vendors/field-coverage/documented';
import type { Push } from '@sluice/service/testing/push';

/** The time of every test: epoch ms, a whole second. */
export const nowMs = 1_700_000_000_000;

/** What is sent. */
export interface Sent {
  /** Default: one record. */
  readonly payload?: Buffer;
  /** Default: the first of the vendor's keys. */
  readonly keys?: TestKeys;
  /** The vendor's clock, epoch ms. Default: `nowMs`. */
  readonly atMs?: number;
  /** Other values of query parameters; undefined: without it. */
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/** A vendor on the list, as its tests write its pushes: apart from the code that reads them. */
export interface Sender {
  readonly id: VendorId;
  readonly testing: VendorTesting;
  readonly receiving: Receiving;
  readonly keys: TestKeys;
  /** Keys of another source. */
  readonly otherKeys: TestKeys;
  /** A payload of one record with this text in it. */
  payload(text: string): Buffer;
  /** A push as `writePush` writes it: with its parts apart. */
  write(sent?: Sent): TestPush;
  /** A push to the path of a source of this vendor. */
  push(sourceId: string, sent?: Sent, change?: Partial<Push>): Push;
}

/** Vendors by what they can do: any that can would do. */
export interface Senders {
  /** Signs in the query, encrypts, and shows pages of staff in its workbench. */
  readonly query: Sender;
  /** Signs in headers, and encrypts. */
  readonly headers: Sender;
  /** Signs its bodies. */
  readonly body: Sender;
}

export async function loadSenders(): Promise<Senders> {
  const senders = await Promise.all((Object.keys(vendors) as VendorId[]).map(createSender));
  const find = (what: string, isIt: (sender: Sender) => boolean): Sender => {
    const found = senders.find(isIt);
    if (!found) throw new Error(`No vendor on the list ${what}.`);
    return found;
  };
  const encrypts = ({ keys }: Sender): boolean => keys.aesKey !== null;
  const signsIn = (part: 'query' | 'headers') => (sender: Sender) =>
    sender.testing.signed.signature in sender.write()[part];
  return {
    query: find(
      'signs in the query, encrypts and shows pages of staff',
      (sender) => signsIn('query')(sender) && encrypts(sender) && vendors[sender.id].hasStaffPages,
    ),
    headers: find(
      'signs in headers and encrypts',
      (sender) => signsIn('headers')(sender) && encrypts(sender),
    ),
    body: find('signs its bodies', ({ receiving }) => receiving.verifyBody !== undefined),
  };
}

async function createSender(id: VendorId): Promise<Sender> {
  const testing = await testingOf(id);
  const [keys, otherKeys] = testing.keys;
  const path = Object.keys(documentedShapes(id)[0]?.fields ?? {})[0] ?? '';
  const payload = (text: string): Buffer => Buffer.from(testing.writeRecord([[path, text]]).payload);
  const write = ({
    payload: sent = payload('hello'),
    keys: by = keys,
    atMs = nowMs,
    query = {},
  }: Sent = {}) => {
    const push = testing.writePush(sent, by, atMs);
    const changed = Object.entries({ ...push.query, ...query });
    const isThere = (pair: [string, string | undefined]): pair is [string, string] => pair[1] !== undefined;
    return { ...push, query: Object.fromEntries(changed.filter(isThere)) };
  };
  return {
    ...{ id, testing, keys, otherKeys, payload, write },
    receiving: await vendors[id].receiving(),
    push(sourceId, sent, change = {}) {
      const { query, headers, body } = write(sent);
      const parameters = new URLSearchParams(query).toString();
      return {
        path: `/v1/${id}/${sourceId}${parameters === '' ? '' : `?${parameters}`}`,
        ...{ headers, body },
        ...change,
      };
    },
  };
}

/** The source without the ids that its vendor's tests send: each push is of an unlisted one. */
export function listingOthers(source: Source): Source {
  const settings = Object.entries(source.settings as Readonly<Record<string, unknown>>);
  return {
    ...source,
    settings: Object.fromEntries(
      settings.map(([name, value]) => [name, Array.isArray(value) ? ['somebody-else'] : value]),
    ),
  };
}
