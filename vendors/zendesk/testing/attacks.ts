import type { Content } from '@sluice/simulator/vendor-simulator';
import { jsonBombs } from '../../testing/json-bombs.ts';
import { forgedMark, type VendorAttacks } from '../../testing/vendor-attacks.ts';

/** What a JSON event with members of its own names allows. */
export const attacks: VendorAttacks = {
  bombs: () =>
    jsonBombs((record) => `{"type":"zen:event-type:ticket.created","id":"bomb","detail":${record}}`),
  textBody: (text, id) => Buffer.from(JSON.stringify({ id: `odd-${id}`, type: text, subject: text })),
  eventsAt: (times) => times.map((time) => comment(`odd-${time}`, {}, time)),
  forgeries: () => [
    `"},"detail":{"id":"${forgedMark}","assignee_id":"${forgedMark}"},"event":{"comment":{"body":"`,
  ],
  typedTexts: (textsFor) =>
    textsFor('body').flatMap((typed, at) => [
      { name: 'a comment', typed, isWellFormed: true, content: comment(`typed-${at}-body`, { body: typed }) },
      { name: 'a name', typed, isWellFormed: true, content: comment(`typed-${at}-name`, { name: typed }) },
    ]),
};

/** A comment on a ticket of its own. */
function comment(
  id: string,
  { body = '您好', name = '冯建武' }: { body?: string; name?: string },
  at = Date.now(),
): Content {
  const text = JSON.stringify({
    ...{ account_id: 22129848, id, subject: `zen:ticket:${id}`, time: new Date(at).toISOString() },
    ...{ type: 'zen:event-type:ticket.comment_added', zendesk_event_version: '2022-11-06' },
    detail: { id },
    event: { comment: { id, body, is_public: true, author: { id: '7', is_staff: false, name } } },
  });
  return { dataType: 'ticket.comment_added', text, secretParts: [], records: 1 };
}
