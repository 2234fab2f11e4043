import type { Decoded, PushHead, Undecodable } from '@sluice/vendor-kit/receiving/receiving';
import { membersOf, stringAt } from '@sluice/vendor-kit/receiving/json-span';
import { dataTypeOf } from '../data-type.ts';

/** The body is the payload. Its type alone is read, by a byte search. */
export function decodeZendesk(body: Buffer, _head: PushHead): Decoded {
  const undecodable = (reason: Undecodable['reason'], detail: string): Decoded => ({
    payload: null,
    dataType: '',
    keyUsed: 'none',
    undecodable: [{ payload: body, reason, detail }],
    warnings: [],
  });
  // White space alone is nothing, too: the first other byte ends the look.
  if (body.every((byte) => byte <= 0x20)) return undecodable('EMPTY', 'The body is empty.');
  const members = membersOf(body, ['type']);
  if (members === null) return undecodable('NOT_JSON', 'The body is not one JSON object.');
  const span = members.get('type')?.at(-1);
  const dataType = dataTypeOf((span && stringAt(body, span)) ?? '');
  return {
    payload: body,
    dataType: dataType ?? '',
    keyUsed: 'none',
    undecodable: [],
    warnings: dataType === null ? ['odd-data-type'] : [],
  };
}
