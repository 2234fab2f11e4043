import type { Content } from '@sluice/simulator/vendor-simulator';

/** A body that is well signed, whatever is in it. */
export interface HostileBody {
  readonly name: string;
  /** What the address says of it, where the vendor's says it. Default: what an ordinary push has */
  readonly dataType?: string;
  readonly body: Buffer;
  /** It goes to a source that encrypts, as it stands. Default: false */
  readonly toEncrypted?: boolean;
}

/** A document with a text that a person typed, and how it was written. */
export interface TypedDocument {
  readonly name: string;
  readonly content: Content;
  readonly typed: string;
  /** False where the document has a flaw that only a repair reads: it may end as a dead letter. */
  readonly isWellFormed: boolean;
}

/** What a field holds only when it was forged, or when the field is the text that it was typed into. */
export const forgedMark = 'forged-by-a-visitor';

/**
 * What a sender with a good signature, or a person who types into a form of the vendor's, could do to the gateway. The
 * fault suite runs each attack of every vendor that has it: `vendors/<id>/testing.ts` gives them as `attacks`. A vendor
 * leaves out what its documents do not allow.
 */
export interface VendorAttacks {
  /** Documents below ingress's limit that are hard on anybody who parses them. */
  readonly bombs?: () => readonly HostileBody[];
  /** A document with a text in one of its fields, as it stands. */
  readonly textBody?: (text: string, id: string) => Buffer;
  /**
   * Bodies that become much more than they are, were each element to carry what is next to it, or each value the names
   * above it.
   * @param chars at most, of each body
   */
  readonly amplifying?: (chars: number) => readonly HostileBody[];
  /** An ordinary body of some KiB that becomes as many events as such bodies do. */
  readonly manyEvents?: (id: string) => HostileBody;
  /**
   * Bodies that take long where the work grows faster than the length.
   * @param chars at most, of each body
   */
  readonly superlinear?: (chars: number) => readonly HostileBody[];
  /**
   * One long name above many values, of which every path repeats it.
   * @param chars at most, of each body
   */
  readonly longNames?: (chars: number) => readonly HostileBody[];
  /** Documents with an event at each of these times, epoch ms. */
  readonly eventsAt?: (times: readonly number[]) => readonly Content[];
  /**
   * What a person types into a field who knows how the vendor writes: the end of the field, and other fields behind it
   * that hold `forgedMark`. It is typed into the documents of every vendor.
   * @param field that the text is typed into
   */
  readonly forgeries?: (field: string) => readonly string[];
  /**
   * Documents with typed texts, in each way in which the vendor may write a text.
   * @param textsFor the texts that are typed into a field
   */
  readonly typedTexts?: (textsFor: (field: string) => readonly string[]) => readonly TypedDocument[];
}

/** A unit over and over with commas between, in so many characters at most. */
export const list = (chars: number, unit: string): string =>
  `${unit},`.repeat(Math.floor(chars / (unit.length + 1))).slice(0, -1);

/** As many pieces as there is room for where each has so many characters, told apart by their numbers. */
export const numbered = (chars: number, each: number, one: (at: number) => string, separator = ''): string =>
  Array.from({ length: Math.floor(chars / each) }, (_, at) => one(at)).join(separator);

/** How long the names of `longNames` are, where a body has this much room. */
export const longNameLengths = (room: number): number[] =>
  [20_000, 200_000, Math.floor(room / 3)].filter((length) => length < room / 2);
