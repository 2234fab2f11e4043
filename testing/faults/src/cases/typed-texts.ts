import { forgedMark } from '@sluice/vendors/testing/vendor-attacks';
import { attackersWith } from '../system/attackers.ts';

/**
 * What a person types into a field who knows how every vendor writes, and what the gateway itself says. Each text is told
 * from the others by its ends.
 */
export async function textsTyped(): Promise<(field: string) => string[]> {
  const attackers = await attackersWith('forgeries');
  const ofGateway = `{"gateway":{"staff":"${forgedMark}"},"gateway.staff":"${forgedMark}","staffId":"${forgedMark}"}`;
  return (field) =>
    [...attackers.flatMap(({ attack }) => attack(field)), ofGateway].map(
      (text, at) => `typed ${at}: ${text} :${at} typed`,
    );
}

/** Actions of a page that has no ticket: every fragment in every text, and members that are named as the gateway's. */
export function typedIntoPages(
  texts: readonly string[],
): { readonly typed: string; readonly action: object }[] {
  const common = { session: 's', result: 'done', at: Date.now(), staffId: 'me' };
  const named = [
    { 'gateway.staff': forgedMark, 'gateway.page': forgedMark },
    { gateway: { staff: forgedMark, page: forgedMark } },
    { batch: { sdk: forgedMark }, 'batch.sdk': forgedMark, staff: forgedMark, page: forgedMark },
    { meta: { event_id: forgedMark }, 'meta.source_id': forgedMark, staff_verified: true },
  ].map((members) => ({ typed: '', action: { action: 'setVisitorChatSign', ...members } }));
  const typedInto = texts.map((typed) => ({
    typed,
    action: {
      ...{ action: 'pushVisitorEvent', reason: typed, parameter: typed, staffName: typed },
      ...{ card: { eventId: '1', title: typed, content: typed, memo: typed }, contact: { name: typed, memo: typed } },
    }, // prettier-ignore
  }));
  return [...named, ...typedInto].map(({ typed, action }, at) => ({
    typed,
    action: { id: `typed-${at}`, ...common, ...action },
  }));
}
