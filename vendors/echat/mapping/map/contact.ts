import type { ContactChange } from '@sluice/schemas/schemas';
import { coded } from '@sluice/vendor-kit/mapping/codes';
import { customFields, numberedFields } from '@sluice/vendor-kit/mapping/custom-fields';
import type { Fields } from '@sluice/vendor-kit/mapping/fields';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { constant, split, text, type Reader } from '@sluice/vendor-kit/mapping/reader';
import { contactChanges } from '../codes.ts';
import { conversationId, firstId, person, staff, visitorId } from '../parts.ts';

/** c1 to c20; the page's sample has an element that is named `c1-c20`. */
const customName = /^c\d{1,2}(?:-c\d{1,2})?$/;

const crmPerson = person('crmData');

const crmData = {
  contact_id: text('crmData.visitorId'),
  ...crmPerson,
  phones: split('crmData.phone'),
  emails: split('crmData.email'),
  custom_fields: customFields(numberedFields('crmData', 'c1-c20', customName)),
};

/** Fields that were sent empty, by their canonical names: an absent element leaves its field as it was. */
function emptied(fields: Fields): string[] {
  const own = Object.entries(crmPerson)
    .filter(([name]) => !name.endsWith('_code'))
    .filter(([, reader]) => reader.origins.some(({ path }) => fields.peek(path) === ''))
    .map(([name]) => name);
  const numbered = fields
    .below('crmData')
    .filter((path) => customName.test(path.slice('crmData.'.length)) && fields.peek(path) === '')
    .map((path) => `custom_fields.${path.slice('crmData.'.length)}`);
  return [...own, ...numbered];
}

/** crmStatus 2, section 3.3: staff changed a field; the page empties a name so. */
const clearedFields: Reader<string[]> = {
  origins: [],
  read: (fields) => (fields.peek('crmStatus')?.trim() === '2' ? emptied(fields) : []),
};

/** What is known of the contact is in crmData; who it is may stand outside alone. */
const hasData = (fields: Fields): boolean => fields.below('crmData').length > 0;

/**
 * crmStatus with crmData (客户数据), section 3.3: a form was filled, or staff changed a field. The visitor id
 * within crmData is the contact's: the push of a single field has no other.
 */
export const contactChanged = eventMapping({
  topic: 'contact.v1',
  role: 'contact',
  type: 'contact.changed',
  key: (event) => firstId(event.contact_id, event.visitor_id),
  when: hasData,
  fields: {
    ...visitorId('visitorId', 'crmData.visitorId'),
    ...coded('change', 'crmStatus', contactChanges),
    cleared_fields: clearedFields,
    ...staff('staff'),
    ...crmData,
  },
});

/** crmData within a transcript (leaveMsgContent; chatContent in the page's sample), section 3.2.5. */
export const contactOfTranscript = eventMapping({
  topic: 'contact.v1',
  role: 'contact',
  type: 'contact.changed',
  key: (event) => event.contact_id,
  when: hasData,
  fields: {
    ...visitorId('crmData.visitorId'),
    ...conversationId('chatData.chatRecordId'),
    change: constant<ContactChange>('FORM_FILLED'),
    ...crmData,
  },
});
