import { createBudget, TooLarge, type Budget } from './budget.ts';
import { decodeText } from './decode-text.ts';
import { createFields, noneShared, sharedValues, type Leaf, type Shared } from './fields.ts';
import { escapeHalves } from './half-characters.ts';
import { JsonReader, NotJson } from './json-reader.ts';
import type { Parsed, ParsedRecord, RejectedRecord } from './mapping.ts';
import { childPath, itemPath, pathRoot, type PathNode } from './path-tree.ts';
import type { CommonRepair } from './repair.ts';
import { hasMark, trimSurrounding } from './surrounding-blank.ts';
import { withCodes } from './text-codes.ts';

/** A JSON document whose root is an object, and which is not read yet. */
export interface JsonDocument {
  readonly payload: Buffer;
  readonly text: string;
  /** Stands before the root. */
  readonly reader: JsonReader;
  readonly budget: Budget;
  /** What it needed to become a text. */
  readonly repairs: readonly CommonRepair[];
}

/** Where a member's value begins and ends in the text. */
export interface Member {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** A value that is above the records, and its path. */
interface SharedMember {
  readonly at: PathNode;
  readonly member: Member;
}

/** A list of records within a document, and what is above it. */
export interface RecordList {
  readonly list: Member;
  /** Where the paths of a record begin, and the path of a record that is no object. */
  readonly root: PathNode;
  readonly bare: PathNode;
  /** The member of a record that is its id. */
  readonly idName: string;
  readonly dataType: string;
  readonly shared: readonly SharedMember[];
  /** The paths of those that the mapping of every record reads. */
  readonly readable: readonly string[];
}

type Undecodable = Extract<Parsed, { outcome: 'undecodable' }>;

/**
 * Reads a JSON document that holds a list of records.
 * @param findList `undecodable` when the document has none
 */
export function readBatch(
  payload: Buffer,
  contentType: string,
  findList: (document: JsonDocument) => RecordList | Undecodable,
): Parsed {
  return readDocument(payload, contentType, (document) => {
    const found = findList(document);
    return 'outcome' in found ? found : readRecords(document, found);
  });
}

const recordRoot = pathRoot();

/**
 * Reads a JSON document that is one record.
 * @param idName the member that is its id
 */
export function readRecord(payload: Buffer, contentType: string, dataType: string, idName: string): Parsed {
  return readDocument(payload, contentType, ({ reader, budget, repairs }) => {
    const values = new Values(reader, budget);
    values.readMembers(recordRoot);
    reader.end();
    const record = toRecord(values, noneShared, reader.takeFlaws(), {
      dataType,
      idName,
      content: payload,
      isolate: () => payload,
    });
    return { outcome: 'parsed', records: [record], rejected: [], repairs };
  });
}

/** Decodes the text of a JSON object, and names what is wrong with one that cannot be read. */
function readDocument(
  payload: Buffer,
  contentType: string,
  read: (document: JsonDocument) => Parsed,
): Parsed {
  const { text: decoded, repairs } = decodeText(payload, contentType);
  const { text, before, behind } = trimSurrounding(decoded);
  if (text === '') return { outcome: 'undecodable', reason: 'EMPTY', detail: 'The body is empty.' };
  const needed: CommonRepair[] =
    hasMark(before) || hasMark(behind) ? [...repairs, 'surrounding-blank'] : repairs;
  try {
    return withCodes(text, (codes) => {
      const reader = new JsonReader(text, codes);
      if (!reader.isObject()) return notJson('The body is not a JSON object.');
      return read({ payload, text, reader, budget: createBudget(payload.length), repairs: needed });
    });
  } catch (error) {
    if (error instanceof NotJson) return notJson(error.message);
    if (error instanceof TooLarge)
      return { outcome: 'undecodable', reason: 'TOO_LARGE', detail: error.message };
    throw error;
  }
}

const notJson = (detail: string): Undecodable => ({ outcome: 'undecodable', reason: 'NOT_JSON', detail });

/** The members of the root, in the order they were sent; a name may be there twice. @throws {NotJson} */
export function membersOfRoot(document: JsonDocument): Member[] {
  const members = membersHere(document);
  document.reader.end();
  return members;
}

/** The members of a member; null when it is no object. @throws {NotJson} */
export function membersOf(document: JsonDocument, { from }: Member): Member[] | null {
  document.reader.at = from;
  return document.reader.isObject() ? membersHere(document) : null;
}

function membersHere({ reader }: JsonDocument): Member[] {
  const members: Member[] = [];
  reader.members((name) => {
    const from = reader.at;
    reader.skip();
    members.push({ name, from, to: reader.at });
  });
  return members;
}

export function isList({ reader }: JsonDocument, member: Member | undefined): member is Member {
  if (!member) return false;
  reader.at = member.from;
  return reader.isList();
}

/** The text of a member; null when it is no string. */
export function textOf({ reader }: JsonDocument, { from, to }: Member): string | null {
  reader.at = from;
  const text = reader.isString() ? reader.string() : null;
  reader.next();
  return reader.at === to ? text : null;
}

/**
 * Reads the records of a list. One that is no JSON is rejected alone: its strings and brackets show where it ends.
 * Every record can read some values above the list; the first one carries those that nobody reads.
 */
function readRecords(document: JsonDocument, found: RecordList): Parsed {
  const { reader, budget } = document;
  const shared = readAboveList(document, found);
  const repairs = new Set<CommonRepair>([...document.repairs, ...shared.repairs, ...reader.takeFlaws()]);
  const records: ParsedRecord[] = [];
  const rejected: RejectedRecord[] = [];
  reader.at = found.list.from;
  reader.items(() => {
    budget.nextRecord();
    const item = readItem(document, found);
    if (item.flaw !== null) {
      const sent = document.text.slice(item.from, item.to);
      rejected.push({
        isolate: () => isolate(document, found.list, sent),
        reason: 'NOT_JSON',
        detail: item.flaw,
      });
    } else records.push(recordOf(document, found, item, shared.read, records.length === 0));
  });
  reader.next();
  // Strings and brackets alone showed where the list ends.
  if (reader.at !== found.list.to) throw reader.flaw('A comma is expected');
  // Of the list itself; those of its records were taken with them.
  for (const flaw of reader.takeFlaws()) repairs.add(flaw);
  return { outcome: 'parsed', records, rejected, repairs: [...repairs] };
}

function readAboveList(
  { reader, budget }: JsonDocument,
  { shared, readable }: RecordList,
): { read: Shared; repairs: readonly CommonRepair[] } {
  const values = new Values(reader, budget);
  for (const { at, member } of shared) {
    reader.at = member.from;
    values.read(at);
    reader.next();
    if (reader.at !== member.to) throw reader.flaw('A comma is expected');
  }
  const repairs: CommonRepair[] = values.hasHalf ? ['lone-surrogate'] : [];
  if (new Set(values.leaves.map(({ path }) => path)).size < values.leaves.length)
    repairs.push('repeated-name');
  return { read: sharedValues(values.leaves, readable), repairs };
}

interface Item {
  readonly from: number;
  readonly to: number;
  readonly values: Values;
  readonly flaw: string | null;
}

/** Reads what comes next in the list, or goes behind it when it is no JSON. */
function readItem({ reader, budget }: JsonDocument, { root, bare }: RecordList): Item {
  const { depth } = reader;
  reader.next();
  const from = reader.at;
  const values = new Values(reader, budget);
  try {
    if (reader.isObject()) values.readMembers(root);
    else values.read(bare);
    const to = reader.at;
    if (!reader.isAtEndOfItem()) throw reader.flaw('A comma is expected');
    return { from, to, values, flaw: null };
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    reader.takeFlaws();
    reader.goBack(from, depth);
    reader.skip();
    return { from, to: reader.at, values, flaw: error.message };
  }
}

function recordOf(
  document: JsonDocument,
  { list, idName, dataType }: RecordList,
  { from, to, values }: Item,
  shared: Shared,
  isFirst: boolean,
): ParsedRecord {
  const content = document.text.slice(from, to);
  return toRecord(values, isFirst ? shared : { ...shared, cells: [] }, document.reader.takeFlaws(), {
    dataType,
    idName,
    content,
    isolate: () => isolate(document, list, content),
  });
}

function toRecord(
  values: Values,
  shared: Shared,
  repairs: CommonRepair[],
  sent: Pick<ParsedRecord, 'dataType' | 'content' | 'isolate'> & { readonly idName: string },
): ParsedRecord {
  const { dataType, idName, content, isolate: alone } = sent;
  const fields = createFields(values.leaves, shared);
  if (fields.hasRepeatedPath) repairs.push('repeated-name');
  if (values.hasHalf) repairs.push('lone-surrogate');
  return { dataType, messageId: fields.peek(idName) ?? '', fields, repairs, content, isolate: alone };
}

/** The payload with one record alone; as it is where it was not UTF-8, since it cannot be written again as it was. */
function isolate({ payload, text, repairs }: JsonDocument, { from, to }: Member, record: string): Buffer {
  return repairs.length > 0 ? payload : Buffer.from(`${text.slice(0, from)}[${record}]${text.slice(to)}`);
}

/**
 * Every value that a reader comes by, by its path: `params.KUID`, `fieldid[0]`. Empty objects and lists are values
 * too, and so is null. Numbers keep the text they were sent in.
 */
class Values {
  readonly leaves: Leaf[] = [];
  /** A path or value held half a character, which UTF-8 cannot: it is written as its escape. */
  hasHalf = false;
  readonly #reader: JsonReader;
  readonly #budget: Budget;

  constructor(reader: JsonReader, budget: Budget) {
    this.#reader = reader;
    this.#budget = budget;
  }

  /** @returns how many members the object has */
  readMembers(at: PathNode): number {
    return this.#reader.members((name) => this.read(childPath(at, name)));
  }

  read(at: PathNode): void {
    const reader = this.#reader;
    if (reader.isString()) {
      this.#add(at, reader.string(), false);
      return;
    }
    const from = reader.at;
    if (reader.isObject()) {
      if (this.readMembers(at) > 0) return;
    } else if (reader.isList()) {
      if (reader.items((index) => this.read(itemPath(at, index))) > 0) return;
    } else {
      const word = reader.word();
      this.#add(at, word, word === 'null');
      return;
    }
    this.#add(at, reader.text.slice(from, reader.at), false);
  }

  #add({ path, hasHalf }: PathNode, sent: string, isNull: boolean): void {
    const isWhole = !hasHalf && sent.isWellFormed();
    if (!isWhole) this.hasHalf = true;
    const value = isWhole ? sent : escapeHalves(sent);
    this.#budget.leaf(path, value);
    this.leaves.push({ path, value, isNull });
  }
}
