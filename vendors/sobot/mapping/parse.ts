import type { Parsed } from '@sluice/vendor-kit/mapping/mapping';
import { childPath, pathRoot } from '@sluice/vendor-kit/mapping/path-tree';
import { isList, membersOfRoot, readBatch, textOf } from '@sluice/vendor-kit/mapping/read-batch';

/** A record's own member `envelope` is not the envelope's. */
const root = pathRoot(['envelope']);
const bare = childPath(root, 'content');
const envelope = childPath(pathRoot(), 'envelope');

/**
 * Reads a Sobot envelope: one record for each element of `content`, the last one of that name, with the envelope's
 * other members at `envelope.…`. A `type` that says what the record's data type says is no value.
 */
export function parseSobot(payload: Buffer, dataType: string, contentType = ''): Parsed {
  return readBatch(payload, contentType, (document) => {
    const members = membersOfRoot(document);
    const list = members.findLast(({ name }) => name === 'content');
    if (!isList(document, list)) {
      const detail = 'The content is not an array: check whether the source is encrypted.';
      return { outcome: 'undecodable', reason: 'NO_ENVELOPE', detail };
    }
    const shared = members
      .filter((member) => member !== list)
      .filter((member) => member.name !== 'type' || textOf(document, member) !== dataType)
      .map((member) => ({ at: childPath(envelope, member.name), member }));
    return { list, root, bare, idName: 'msgid', dataType, shared, readable: [] };
  });
}
