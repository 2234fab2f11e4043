import type { Keys, SobotSource } from '@sluice/sources/source';
import type { Oddity, Opened, PushHead, Unusable } from '../vendor.ts';
import { decryptContent, decryptRecord } from './decrypt.ts';
import { elementsOf, endOfValue, membersOf, stringAt, type Span } from './json-span.ts';

/** A shorter element is plaintext, by the vendor's own decoder. */
const shortestCiphertext = 19;
const typeForm = /^[A-Za-z0-9_-]{1,64}$/;

type Contents = Pick<Extract<Opened, { outcome: 'opened' }>, 'payload' | 'keyUsed' | 'unusable' | 'oddities'>;

/**
 * The payload of a Sobot push: its envelope with `content` (for calllog each element) replaced by the
 * decrypted text, everything else untouched. Only the envelope is read.
 */
export function openSobot(body: Buffer, _head: PushHead, source: SobotSource): Opened {
  const envelope = membersOf(body);
  const typeSpan = envelope?.get('type');
  const sentType = (typeSpan && stringAt(body, typeSpan)) ?? '';
  const opened = {
    outcome: 'opened',
    payload: null,
    dataType: typeForm.test(sentType) ? sentType : '',
    keyUsed: 'none',
    contentType: 'application/json',
    unusable: [],
    oddities: typeForm.test(sentType) ? [] : (['odd-data-type'] as Oddity[]),
  } satisfies Opened;
  const unusable = (reason: Unusable['reason'], detail: string): Opened => ({
    ...opened,
    unusable: [{ payload: body, reason, detail }],
  });

  // White space alone is nothing, too: the first other byte ends the look.
  if (body.every((byte) => byte <= 0x20)) return unusable('EMPTY', 'The body is empty.');
  if (envelope === null) return unusable('NOT_JSON', 'The body is not one JSON object.');
  const content = envelope.get('content');
  if (content === undefined) return unusable('NO_ENVELOPE', 'The body has no content.');
  if (source.aesKey === null) return { ...opened, payload: body };

  const contents =
    body[content.start] === 0x22
      ? openWhole(body, content, source.aesKey)
      : openRecords(body, content, source.aesKey);
  return { ...opened, ...contents, oddities: [...opened.oddities, ...contents.oddities] };
}

/** All of `content` is one ciphertext. */
function openWhole(body: Buffer, content: Span, keys: Keys): Contents {
  const decrypted = decryptContent(stringAt(body, content) ?? '', keys);
  const end = decrypted ? endOfValue(decrypted.text, leadingSpace(decrypted.text)) : -1;
  if (!decrypted || end < 0) {
    const detail = 'No live key of the source opens the content.';
    return {
      payload: null,
      keyUsed: 'none',
      unusable: [{ payload: body, reason: 'UNDECRYPTABLE', detail }],
      oddities: [],
    };
  }
  const tail = decrypted.text.subarray(end);
  return {
    payload: Buffer.concat([
      body.subarray(0, content.start),
      decrypted.text.subarray(0, end),
      body.subarray(content.end),
    ]),
    keyUsed: decrypted.keyUsed,
    unusable: [],
    // How the vendor pads is not documented: NULs are, anything else is taken off and counted.
    oddities: tail.every((byte) => byte === 0) ? [] : ['tail-after-json'],
  };
}

/** Each element of `content` is a ciphertext of its own; the ones that cannot be opened fail alone. */
function openRecords(body: Buffer, content: Span, keys: Keys): Contents {
  const elements = elementsOf(body, content);
  if (elements === null) {
    const detail = 'The content is neither a text nor an array.';
    return {
      payload: null,
      keyUsed: 'none',
      unusable: [{ payload: body, reason: 'NO_ENVELOPE', detail }],
      oddities: [],
    };
  }
  const replace = (records: Buffer[]): Buffer =>
    Buffer.concat([
      body.subarray(0, content.start),
      Buffer.from('['),
      joined(records),
      Buffer.from(']'),
      body.subarray(content.end),
    ]);

  const records: Buffer[] = [];
  const unusable: Unusable[] = [];
  let keyUsed: Contents['keyUsed'] = 'none';
  let untouched = true;
  let plain = 0;
  for (const span of elements) {
    const bytes = body.subarray(span.start, span.end);
    const text = stringAt(body, span);
    if (text === null || text.trim().length < shortestCiphertext) {
      plain += 1;
      records.push(bytes);
      continue;
    }
    untouched = false;
    const decrypted = decryptRecord(text.trim(), keys);
    if (decrypted) {
      records.push(decrypted.text);
      if (keyUsed !== 'previous') keyUsed = decrypted.keyUsed;
    } else {
      unusable.push({
        payload: replace([bytes]),
        reason: 'UNDECRYPTABLE',
        detail: 'No live key of the source opens this element of the content.',
      });
    }
  }
  const oddities: Oddity[] = plain > 0 ? ['plain-content'] : [];
  if (untouched) return { payload: body, keyUsed, unusable, oddities };
  if (records.length > 0) return { payload: replace(records), keyUsed, unusable, oddities };
  const detail = 'No live key of the source opens any element of the content.';
  return { payload: null, keyUsed, unusable: [{ payload: body, reason: 'UNDECRYPTABLE', detail }], oddities };
}

function joined(records: Buffer[]): Buffer {
  return Buffer.concat(
    records.flatMap((record, index) => (index === 0 ? [record] : [Buffer.from(','), record])),
  );
}

function leadingSpace(text: Buffer): number {
  let at = 0;
  while (text[at] === 0x20 || text[at] === 0x09 || text[at] === 0x0a || text[at] === 0x0d) at += 1;
  return at;
}
