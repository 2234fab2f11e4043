import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
import { createFields } from '../fields.ts';
import type { Parsed, Repair } from '../mapping.ts';
import { leavesOf, TooDeep, type XmlNode } from './leaves-of.ts';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  // Ids and phone numbers are texts: 007 is not 7.
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: '#cdata',
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/** Reads an Echat document: one record. Only a well-formed one without a DOCTYPE is read. */
export function parseEchat(payload: Buffer, dataType: string): Parsed {
  const { text, repairs } = decodeUtf8(payload);
  if (text.trim() === '') return { outcome: 'unusable', reason: 'EMPTY', detail: 'The document is empty.' };
  if (hasDoctype(text)) {
    return {
      outcome: 'unusable',
      reason: 'DOCTYPE',
      detail: 'The document has a DOCTYPE: entities are never expanded.',
    };
  }
  const flaw = findFlaw(text);
  if (flaw !== null) return { outcome: 'unusable', reason: 'NOT_XML', detail: flaw };
  try {
    const leaves = leavesOf(parser.parse(text) as XmlNode[]);
    const fields = createFields(leaves);
    const record = {
      dataType,
      messageId: fields.peek('msgId')?.trim() ?? '',
      fields,
      content: payload,
      isolate: () => payload,
    };
    return { outcome: 'parsed', records: [record], repairs };
  } catch (error) {
    if (error instanceof TooDeep) return { outcome: 'unusable', reason: 'NOT_XML', detail: error.message };
    throw error;
  }
}

/** What keeps the document from being well-formed, and where: the parser itself would guess. */
function findFlaw(text: string): string | null {
  try {
    SyntaxValidator.validate(text);
    return null;
  } catch (error) {
    const { code, line, col } = error as { code?: string; line?: number; col?: number };
    if (code === undefined) throw error;
    return `${code} at line ${line ?? 1}, column ${col ?? 1}.`;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes that are no UTF-8 become U+FFFD and are counted; the raw record keeps them. */
function decodeUtf8(payload: Buffer): { text: string; repairs: Repair[] } {
  try {
    return { text: utf8.decode(payload), repairs: [] };
  } catch {
    return { text: payload.toString('utf8'), repairs: ['invalid-utf-8'] };
  }
}

/** A DOCTYPE stands before the first element, or nowhere. */
function hasDoctype(text: string): boolean {
  const doctype = text.search(/<!DOCTYPE/i);
  if (doctype < 0) return false;
  const element = text.search(/<[A-Za-z_]/);
  return element < 0 || doctype < element;
}
