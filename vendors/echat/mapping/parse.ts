import { createFields } from '@sluice/vendor-kit/mapping/fields';
import type { Parsed } from '@sluice/vendor-kit/mapping/mapping';
import { decodeText } from '@sluice/vendor-kit/mapping/decode-text';
import { readDocument } from './read-document.ts';

/**
 * Reads an Echat document: one record. What is not well-formed is repaired if its shape is known (see
 * `docs/reference/repairs.md`), and counted; a DOCTYPE is refused before anything is parsed.
 */
export function parseEchat(payload: Buffer, dataType: string, contentType = ''): Parsed {
  const { text, repairs } = decodeText(payload, contentType);
  if (text.trim() === '')
    return { outcome: 'undecodable', reason: 'EMPTY', detail: 'The document is empty.' };
  if (hasDoctype(text)) {
    return {
      outcome: 'undecodable',
      reason: 'DOCTYPE',
      detail: 'The document has a DOCTYPE: entities are never expanded.',
    };
  }
  const reading = readDocument(text, payload.length);
  if (reading.outcome !== 'read') {
    const reason = reading.outcome === 'flawed' ? 'NOT_XML' : 'TOO_LARGE';
    return { outcome: 'undecodable', reason, detail: reading.detail };
  }
  const fields = createFields(reading.leaves);
  const record = {
    dataType,
    messageId: fields.peek('msgId')?.trim() ?? '',
    fields,
    repairs: [],
    content: payload,
    isolate: () => payload,
  };
  return { outcome: 'parsed', records: [record], rejected: [], repairs: [...repairs, ...reading.repairs] };
}

/** A DOCTYPE stands before the first element, behind comments and instructions alone, or nowhere. */
function hasDoctype(text: string): boolean {
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : '';
    if (end === '') return /^<!doctype/i.test(text.slice(at, at + 9));
    const closed = text.indexOf(end, at + 2);
    if (closed < 0) return false;
    at = closed + end.length;
  }
}
