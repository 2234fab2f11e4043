import { coded, enumeration, symbol, text } from './avro.ts';
import { eventRecord } from './meta.ts';
import { conversationIdFields, departmentFields, staffFields, visitorIdFields } from './parts.ts';

const subject = enumeration('AssignmentSubject', 'LEAVE_MESSAGE', 'CONTACT');
const assigner = enumeration('Assigner', 'STAFF', 'SYSTEM');
const cause = enumeration('AssignmentCause', 'FORM_FILLED', 'EDITED', 'OWNER_ASSIGNED');

export const assignment = eventRecord('Assignment', 'A left message or a contact got an owner.', [
  symbol('subject', subject, 'What was assigned.'),
  ...conversationIdFields,
  ...visitorIdFields,
  symbol('assigner', assigner, 'SYSTEM: Echat staffId -1, assigned automatically.'),
  ...coded('cause', cause, 'Of a contact: what made the vendor send it.', 'Echat crmStatus'),
  ...staffFields('Who assigned it. Echat staffId.', 'Echat staffLogname.', 'Echat staffName.'),
  text('owner_id', 'Who owns it now. Echat ownerId.'),
  text('owner_account', 'Echat ownerLogname.'),
  text('owner_name', 'Echat ownerName.'),
  ...departmentFields,
]);
