import type { Parsed, ParsedRecord } from '../mapping.ts';
import { membersOf, readJson, readListed } from '../read-json.ts';

/**
 * Reads a batch of a staff page as ingress keeps it, `{"page":…,"staff":…,"batch":{"sdk":…,"actions":[…]}}`: one
 * record for each action. What ingress says stands at `gateway.…`, and the batch's other members at `batch.…`.
 */
export function parseStaffPage(payload: Buffer, dataType: string): Parsed {
  const document = readJson(payload);
  if (document.outcome === 'unusable') return document;
  const { root, text, repairs } = document;
  const outer = membersOf(root);
  const batch = outer.findLast(({ name }) => name === 'batch')?.value;
  const inner = batch?.type === 'object' ? membersOf(batch) : [];
  const actions = inner.findLast(({ name }) => name === 'actions')?.value;
  if (actions?.type !== 'array') {
    const detail = 'The batch has no list of actions: does the page send it by the SDK?';
    return { outcome: 'unusable', reason: 'NO_ENVELOPE', detail };
  }
  const others = [
    ...outer.flatMap(({ name, value }) =>
      value && value !== batch ? [{ path: `gateway.${name}`, value }] : [],
    ),
    ...inner.flatMap(({ name, value }) =>
      value && value !== actions ? [{ path: `batch.${name}`, value }] : [],
    ),
  ];
  const records = (actions.children ?? []).map((node): ParsedRecord => {
    const record = readListed(node, actions, 'actions', others, text);
    return { ...record, dataType, messageId: record.fields.peek('id') ?? '' };
  });
  return { outcome: 'parsed', records, repairs };
}
