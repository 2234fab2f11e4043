import type { Identifiers } from './identifiers.ts';
import type { PostAnswer } from './answer.ts';
import type { PlainPush } from './push.ts';
import type { Random } from './random.ts';
import type { VendorSample } from './vendor-sample.ts';

/** One vendor account, with what the vendor would know of it. */
export interface SimulatedSource {
  readonly id: string;
  readonly vendor: string;
  /** What its vendor does with it. */
  readonly simulator: VendorSimulator;
  /** What requests are signed with. Undefined: requests are not signed. */
  readonly signingKey: string | undefined;
  /** What bodies are encrypted with. Undefined: bodies are plain. */
  readonly encryptionKey: string | undefined;
  /** The last segment of the push URL's path, where the source has one. */
  readonly pathSecret: string | undefined;
  /** What sources of this vendor alone have: what its `readSettings` made of the sources file. */
  readonly settings: unknown;
}

/** A document as its vendor's traffic makes it. */
export type Content = Pick<PlainPush, 'dataType' | 'accountId' | 'text' | 'secretParts' | 'records'>;

/** What a vendor takes from its own machine when it sends. */
export interface SealingContext {
  /** Epoch milliseconds: signatures carry it, and gateways refuse stale ones. */
  readonly now: () => number;
  /** For nonces and random prefixes. */
  readonly random: Random;
}

/** What the traffic of one source is made with. */
export interface TrafficContext {
  readonly random: Random;
  readonly identifiers: Identifiers;
  /** Epoch ms, asked for each visit or conversation: it ended before that. */
  readonly moment: () => number;
}

/** What a request has next to its path and its body. Names of headers are in lower case. */
export interface Signed {
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A vendor's side of the gateway: it makes documents, signs and encrypts them, and reads the answers. It is written from
 * the vendor's pages and shares no code with the gateway: a mistake in one does not hide itself in the other.
 * `vendors/<id>/simulator.ts` exports it as `simulator`.
 */
export interface VendorSimulator {
  /**
   * What the sources file says of a source of this vendor alone.
   * @param entry the source's entry in the sources file
   * @throws Error with a message that continues after "source shop": "is signed, so it needs …"
   */
  readSettings(entry: Readonly<Record<string, unknown>>): unknown;
  /** What the vendor pushes of a source, without end, in the order in which it comes. */
  traffic(source: SimulatedSource, context: TrafficContext): Generator<Content, never>;
  /** Every document of the vendor's pages, verbatim, malformed ones included. */
  samples(): readonly VendorSample[];
  /** @param body what is sent, encrypted where the source is encrypted */
  sign(plain: PlainPush, body: Buffer, source: SimulatedSource, context: SealingContext): Signed;
  /** One of the `secretParts` of a document as ciphertext. Null: the vendor encrypts nothing. */
  readonly encrypt:
    ((part: Buffer, plain: PlainPush, source: SimulatedSource, random: Random) => string) | null;
  /** How ciphertext is in the body, instead of the part that it was made of. */
  writeCiphertext(ciphertext: string): string;
  /** Whether the vendor takes this answer for an acknowledgement: it sends again what was not acknowledged. */
  isAcknowledged(answer: PostAnswer): boolean;
  /** The document of a rating, which becomes one event: `npm start` shows it. Left out: it shows none of this vendor. */
  readonly rating?: (conversationId: string, comment: string) => Content;
  /** Actions of staff as a page within the vendor's workbench sends them, one body. Left out: it shows no pages. */
  readonly staffBatch?: (random: Random, at: number) => string;
}

/** The simulated sides of some vendors, by the vendor's id. */
export type Simulators = Readonly<Record<string, VendorSimulator>>;
