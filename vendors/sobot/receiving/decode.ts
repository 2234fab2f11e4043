import { isUtf8 } from 'node:buffer';
import { payloadLimits } from '@sluice/raw-event/payload-limits';
import type { Keys } from '@sluice/sources/source';
import type { SobotSource } from '../settings.ts';
import type { PushWarning, Decoded, PushHead, Undecodable } from '@sluice/vendor-kit/receiving/receiving';
import { decryptContent, decryptRecord } from './decrypt.ts';
import {
  elementsOf,
  membersOf,
  stringAt,
  withoutTrailBytes,
  type Span,
} from '@sluice/vendor-kit/receiving/json-span';

/** A shorter element is plaintext, by the vendor's own decoder. */
const shortestCiphertext = 19;
const typeForm = /^[A-Za-z0-9_-]{1,64}$/;

type Contents = Pick<Decoded, 'payload' | 'keyUsed' | 'undecodable' | 'warnings'>;

interface Encrypted extends SobotSource {
  readonly aesKey: Keys;
}

/**
 * The payload of a Sobot push: its envelope with `content` (for calllog each element) replaced by the
 * decrypted text, everything else untouched. Only the envelope is read.
 *
 * Payload and dead letters together are at most three times the body: the elements that cannot be used share one dead
 * letter for each of two reasons.
 */
export function decodeSobot(body: Buffer, _head: PushHead, source: SobotSource): Decoded {
  const envelope = envelopeOf(body);
  const typeSpan = envelope?.get('type')?.at(-1);
  const sentType = (typeSpan && stringAt(body, typeSpan)) ?? '';
  const decoded = {
    payload: null,
    dataType: typeForm.test(sentType) ? sentType : '',
    keyUsed: 'none',
    undecodable: [],
    warnings: typeForm.test(sentType) ? [] : (['odd-data-type'] as PushWarning[]),
  } satisfies Decoded;
  const undecodable = (reason: Undecodable['reason'], detail: string): Decoded => ({
    ...decoded,
    ...keptWhole(body, reason, detail),
    warnings: decoded.warnings,
  });

  // White space alone is nothing, too: the first other byte ends the look.
  if (body.every((byte) => byte <= 0x20)) return undecodable('EMPTY', 'The body is empty.');
  if (envelope === null) return undecodable('NOT_JSON', 'The body is not one JSON object.');
  const [content, ...further] = envelope.get('content') ?? [];
  if (content === undefined) return undecodable('NO_ENVELOPE', 'The body has no content.');
  if (!isEncrypted(source)) return { ...decoded, payload: body };
  // Anybody who reads the payload might take the other one.
  if (further.length > 0) return undecodable('NO_ENVELOPE', 'The body has more than one content.');

  const contents = decodeContent(body, content, source);
  return { ...decoded, ...contents, warnings: [...decoded.warnings, ...contents.warnings] };
}

/** Bytes of GBK are read again with their second bytes masked, where they hide the end of a string. */
function envelopeOf(body: Buffer): ReturnType<typeof membersOf> {
  const wanted = ['type', 'content'];
  const envelope = membersOf(body, wanted);
  return envelope !== null || isUtf8(body) ? envelope : membersOf(withoutTrailBytes(body), wanted);
}

function isEncrypted(source: SobotSource): source is Encrypted {
  return source.aesKey !== null;
}

function keptWhole(body: Buffer, reason: Undecodable['reason'], detail: string): Contents {
  return { payload: null, keyUsed: 'none', undecodable: [{ payload: body, reason, detail }], warnings: [] };
}

function decodeContent(body: Buffer, content: Span, source: Encrypted): Contents {
  const first = body.toString('latin1', content.start, content.start + 1);
  if (first === '"') return decodeWhole(body, content, source.aesKey);
  if (first === '[') return decodeElements(body, content, source);
  if (first !== '{') return keptWhole(body, 'NO_ENVELOPE', 'The content is neither a text nor an array.');
  return source.plaintext === 'accept'
    ? { payload: body, keyUsed: 'none', undecodable: [], warnings: ['plain-content'] }
    : keptWhole(body, 'PLAINTEXT', 'The content is not encrypted, but the source is.');
}

/** All of `content` is one ciphertext. */
function decodeWhole(body: Buffer, content: Span, keys: Keys): Contents {
  const decrypted = decryptContent(stringAt(body, content) ?? '', keys);
  if (!decrypted) return keptWhole(body, 'UNDECRYPTABLE', 'No live key of the source decrypts the content.');
  return {
    payload: withContent(body, content, [decrypted.text]),
    keyUsed: decrypted.keyUsed,
    undecodable: [],
    warnings: [],
  };
}

/** Each element of `content` is a ciphertext of its own; the ones that cannot be used are kept, the others continue. */
function decodeElements(body: Buffer, content: Span, source: Encrypted): Contents {
  const elements = elementsOf(body, content, payloadLimits.records + 1);
  if (elements === null) return keptWhole(body, 'NOT_JSON', 'The content is not one JSON array.');
  if (elements.length === 0) return keptWhole(body, 'EMPTY', 'The content has no elements.');
  if (elements.length > payloadLimits.records)
    return keptWhole(body, 'TOO_LARGE', `The content has more than ${payloadLimits.records} elements.`);

  const isAccepted = source.plaintext === 'accept';
  const { records, plaintext, undecryptable, keysUsed } = openElements(body, elements, source);
  const keep = (kept: Buffer[], reason: Undecodable['reason'], detail: string): Undecodable[] => {
    if (kept.length === 0) return [];
    const payload =
      kept.length === elements.length ? body : withContent(body, content, ['[', ...listed(kept), ']']);
    return [{ payload, reason, detail: `${kept.length} of ${elements.length} elements: ${detail}` }];
  };
  if (isAccepted && plaintext.length === elements.length)
    return { payload: body, keyUsed: 'none', undecodable: [], warnings: ['plain-content'] };
  return {
    payload: records.length > 0 ? withContent(body, content, ['[', ...listed(records), ']']) : null,
    keyUsed: keysUsed.has('previous') ? 'previous' : keysUsed.has('current') ? 'current' : 'none',
    undecodable: [
      ...keep(undecryptable, 'UNDECRYPTABLE', 'no live key of the source decrypts them.'),
      ...(isAccepted ? [] : keep(plaintext, 'PLAINTEXT', 'they are not encrypted, but the source is.')),
    ],
    warnings: isAccepted && plaintext.length > 0 ? ['plain-content'] : [],
  };
}

/** What each element holds: a record, or bytes that are kept. */
function openElements(body: Buffer, elements: readonly Span[], source: Encrypted) {
  const isAccepted = source.plaintext === 'accept';
  const records: Buffer[] = [];
  const plaintext: Buffer[] = [];
  const undecryptable: Buffer[] = [];
  const keysUsed = new Set<Decoded['keyUsed']>();
  for (const span of elements) {
    const element = body.subarray(span.start, span.end);
    const text = stringAt(body, span)?.trim();
    if (text === undefined || text.length < shortestCiphertext) {
      plaintext.push(element);
      if (isAccepted) records.push(element);
      continue;
    }
    const decrypted = decryptRecord(text, source.aesKey);
    if (decrypted) {
      keysUsed.add(decrypted.keyUsed);
      records.push(decrypted.text);
    } else undecryptable.push(element);
  }
  return { records, plaintext, undecryptable, keysUsed };
}

/** The envelope with other bytes instead of its content. */
function withContent(body: Buffer, content: Span, parts: readonly (Buffer | string)[]): Buffer {
  const bytes = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  return Buffer.concat([body.subarray(0, content.start), ...bytes, body.subarray(content.end)]);
}

function listed(elements: readonly Buffer[]): (Buffer | string)[] {
  return elements.flatMap((element, index) => (index === 0 ? [element] : [',', element]));
}
