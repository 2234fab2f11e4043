import type { Chat } from './chat.ts';
import { messageNodes, personNodes, type EchatDocument, type Visit } from './visit.ts';
import { staff, type StaffMember } from '@sluice/simulator/people';
import type { XmlNode } from './xml.ts';

function senderNodes(member: StaffMember): XmlNode[] {
  return [
    ['staffId', member.number],
    ['staffLogname', member.login],
    ['staffName', member.name],
  ];
}

function ownerNodes(owner: StaffMember): XmlNode[] {
  return [
    ['ownerId', owner.number],
    ['ownerLogname', owner.login],
    ['ownerName', owner.name],
  ];
}

/** crmStatus 1, a form filled in by the visitor, or 2, one sent by hand (Echat push, section 3.3). */
export function crmForm(visit: Visit, status: '1' | '2', at: number): EchatDocument {
  return {
    dataType: 'crmStatus',
    nodes: [
      ...messageNodes(visit.identifiers, at),
      ['visitorId', visit.visitorId],
      ['crmStatus', status],
      ...senderNodes(visit.staffMember),
      [
        'crmData',
        [
          ['visitorId', visit.visitorId],
          ...personNodes(visit.customer, visit.random),
          ['c1', '商户咨询'],
          ['c20', visit.random.chance(0.2) ? '' : '自定义字段'],
        ],
      ],
    ],
  };
}

/**
 * Pushes of one changed field each, without msgId (Echat push, section 3.3, the note): an empty element clears it. A
 * field may be changed to and fro; the same change twice has the same bytes, and is one event
 * (docs/guides/subscribing.md).
 */
export function crmSingleFields(visit: Visit): EchatDocument[] {
  const { random, customer } = visit;
  const changes: readonly XmlNode[] = [
    ['name', ''],
    ['name', customer.name],
    ['phone', customer.phone],
    ['c3', '已回访✅'],
    ['memo', ''],
  ];
  const toAndFro: readonly XmlNode[] = [
    ['name', ''],
    ['name', customer.name],
    ['name', ''],
  ];
  const sender = senderNodes(visit.staffMember);
  return (random.chance(0.4) ? toAndFro : [random.pick(changes)]).map((change) => ({
    dataType: 'crmStatus',
    nodes: [['crmStatus', '2'], ...sender, ['crmData', [['visitorId', visit.visitorId], change]]],
  }));
}

/** An owner was assigned. The table says crmStatus 3, the sample of it has 1. */
export function crmOwner(visit: Visit, at: number): EchatDocument {
  return {
    dataType: 'crmStatus',
    nodes: [
      ...messageNodes(visit.identifiers, at),
      ['visitorId', visit.visitorId],
      ['crmStatus', visit.random.chance(0.2) ? '1' : '3'],
      ...senderNodes(visit.staffMember),
      ['ownerData', ownerNodes(visit.random.pick(staff))],
    ],
  };
}

/** Echat push, section 3.1.5: a staffId of -1 is the system's own assignment. */
export function leaveMsgOwner(chat: Chat, at: number): EchatDocument {
  const { visit } = chat;
  const { department } = visit.staffMember;
  const system: XmlNode[] = [['staffId', '-1']];
  return {
    dataType: 'leaveMsgOwner',
    nodes: [
      ...messageNodes(visit.identifiers, at),
      ['visitorId', visit.visitorId],
      ['chatRecordId', chat.recordId],
      ...(visit.random.chance(0.4) ? system : senderNodes(visit.staffMember)),
      ['ownerData', ownerNodes(visit.random.pick(staff))],
      ['chatDepartmentId', department.number],
      ['chatDepartmentName', department.name],
    ],
  };
}
