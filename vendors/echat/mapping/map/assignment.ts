import type { Assigner } from '@sluice/schemas/schemas';
import { coded } from '@sluice/vendor-kit/mapping/codes';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { constant, text, type Reader } from '@sluice/vendor-kit/mapping/reader';
import { contactChanges } from '../codes.ts';
import { conversationId, department, staff, visitorId } from '../parts.ts';

/** staffId: 等于 -1 是系统自动分配. */
const assigner: Reader<Assigner> = {
  origins: [{ path: 'staffId' }],
  read(fields) {
    const id = fields.peek('staffId')?.trim() ?? '';
    return id === '' ? 'UNKNOWN' : id === '-1' ? 'SYSTEM' : 'STAFF';
  },
};

const owner = {
  assigner,
  ...staff('staff'),
  // The sample of leaveMsgOwner has ownerData, its table names the elements alone.
  owner_id: text('ownerData.ownerId', 'ownerId'),
  owner_account: text('ownerData.ownerLogname', 'ownerLogname'),
  owner_name: text('ownerData.ownerName', 'ownerName'),
};

/** leaveMsgOwner (留言分配信息), section 3.1.5: a left message got an owner. */
export const leaveMsgOwner = eventMapping({
  topic: 'assignment.v1',
  role: 'assignment',
  type: 'assignment.leave-message',
  key: (event) => event.conversation_id,
  fields: {
    subject: constant('LEAVE_MESSAGE'),
    ...conversationId('chatRecordId'),
    ...visitorId('visitorId'),
    ...owner,
    ...department(''),
  },
});

/**
 * crmStatus with ownerData (提交客户分配), section 3.3: a contact got an owner. The page's sample carries
 * crmStatus 1 here, so the shape decides and not the code.
 */
export const contactOwner = eventMapping({
  topic: 'assignment.v1',
  role: 'assignment',
  type: 'assignment.contact',
  key: (event) => event.visitor_id,
  when: (fields) => fields.below('ownerData').length > 0,
  fields: {
    subject: constant('CONTACT'),
    ...visitorId('visitorId', 'crmData.visitorId'),
    ...coded('cause', 'crmStatus', contactChanges),
    ...owner,
  },
});
