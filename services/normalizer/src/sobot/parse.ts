import type { Node } from 'jsonc-parser';
import type { Parsed, ParsedRecord } from '../mapping.ts';
import { membersOf, readJson, readListed, type CommonMember } from '../read-json.ts';

interface Envelope {
  readonly content: Node;
  readonly others: readonly CommonMember[];
}

/**
 * Reads a Sobot envelope: one record for each element of `content`, with the envelope's other members at
 * `envelope.…`.
 */
export function parseSobot(payload: Buffer, dataType: string): Parsed {
  const document = readJson(payload);
  if (document.outcome === 'unusable') return document;
  const { root, text, repairs } = document;
  const envelope = openEnvelope(root, dataType);
  if (!envelope) {
    const detail = 'The content is not an array: is the source encrypted?';
    return { outcome: 'unusable', reason: 'NO_ENVELOPE', detail };
  }
  const { content, others } = envelope;
  const records = (content.children ?? []).map((node): ParsedRecord => {
    const record = readListed(node, content, 'content', others, text);
    return { ...record, dataType, messageId: record.fields.peek('msgid') ?? '' };
  });
  return { outcome: 'parsed', records, repairs };
}

/**
 * The last `content` counts; an earlier one is kept with the other members. A `type` that says what the
 * record's data type says is not.
 * @returns null when the content is no array
 */
function openEnvelope(root: Node, dataType: string): Envelope | null {
  const members = membersOf(root);
  const content = members.findLast(({ name }) => name === 'content')?.value;
  if (content?.type !== 'array') return null;
  const others = members.flatMap(({ name, value }) =>
    value === undefined || value === content || (name === 'type' && value.value === dataType)
      ? []
      : [{ path: `envelope.${name}`, value }],
  );
  return { content, others };
}
