import type { Parsed } from '@sluice/vendor-kit/mapping/mapping';
import { childPath, pathRoot, type PathNode } from '@sluice/vendor-kit/mapping/path-tree';
import {
  isList,
  membersOf,
  membersOfRoot,
  readBatch,
  type Member,
} from '@sluice/vendor-kit/mapping/read-batch';

/** No member of an action stands where the gateway or the batch does. */
const root = pathRoot(['gateway', 'batch']);
const bare = childPath(root, 'actions');
const [gatewayAt, batchAt] = [childPath(pathRoot(), 'gateway'), childPath(pathRoot(), 'batch')];

/** What `staff-action.ts` reads of them. */
const readable = ['gateway.page', 'gateway.staff', 'batch.sdk'];

/**
 * Reads a batch of a staff page as ingress keeps it, `{"page":…,"staff":…,"batch":{"sdk":…,"actions":[…]}}`: one
 * record for each action. What ingress says is at `gateway.…`, and the batch's other members at `batch.…`.
 */
export function parseStaffPage(payload: Buffer, dataType: string, contentType = ''): Parsed {
  return readBatch(payload, contentType, (document) => {
    const outer = membersOfRoot(document);
    const batch = outer.findLast(({ name }) => name === 'batch');
    const inner = (batch && membersOf(document, batch)) ?? [];
    const list = inner.findLast(({ name }) => name === 'actions');
    if (!isList(document, list)) {
      const detail = 'The batch has no list of actions: check that the page sends it with the SDK.';
      return { outcome: 'undecodable', reason: 'NO_ENVELOPE', detail };
    }
    const sharedAt = (at: PathNode, members: readonly Member[], apart: Member | undefined) =>
      members
        .filter((member) => member !== apart)
        .map((member) => ({ at: childPath(at, member.name), member }));
    const shared = [...sharedAt(gatewayAt, outer, batch), ...sharedAt(batchAt, inner, list)];
    return { list, root, bare, idName: 'id', dataType, shared, readable };
  });
}
