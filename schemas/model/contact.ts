import { coded, enumeration, list, text } from './avro.ts';
import { channel } from './enums.ts';
import { eventRecord } from './meta.ts';
import {
  companyId,
  conversationIdFields,
  customFields,
  personFields,
  staffFields,
  visitorIdFields,
} from './parts.ts';

const change = enumeration('ContactChange', 'FORM_FILLED', 'EDITED', 'OWNER_ASSIGNED', 'RECORDED');

export const contact = eventRecord(
  'Contact',
  'What is known of a visitor or customer, whole or one changed field. Null: not sent, so unchanged.',
  [
    text('contact_id', "The vendor's id of the contact. Echat crmData visitorId, Sobot userid."),
    ...visitorIdFields,
    list(
      'visitor_ids',
      'string',
      'Several visitors that are this contact, split at commas. Sobot visitorids.',
    ),
    text('visitor_ids_sent', 'As sent. Sobot visitorids.'),
    text('partner_id', "The customer's own id. Sobot partnerid."),
    ...conversationIdFields,
    companyId,
    ...coded(
      'change',
      change,
      'FORM_FILLED: the visitor filled a form; EDITED: staff changed it, one event for each field; RECORDED: sent as it is.',
      'Echat crmStatus',
    ),
    list(
      'cleared_fields',
      'string',
      'Fields that staff emptied, by their names in this record, custom fields as custom_fields.c1: Echat crmStatus 2 with an empty element.',
    ),
    ...coded('channel', channel, 'Where the visitor is.', 'Sobot source'),
    ...staffFields(
      'Who sent or serves it. Echat staffId, Sobot serviceid.',
      'Echat staffLogname.',
      'Echat staffName.',
    ),
    text('staff_number', "The agent's number in the company. Sobot service_no."),
    ...personFields,
    list('phones', 'string', 'phone split at commas. Echat phone, Sobot user_tels.'),
    list('emails', 'string', 'email split at commas. Echat email, Sobot user_emails.'),
    text('area', 'County or district. Sobot area_name.'),
    text('company_name', 'Where the contact works. Sobot enterprise_name.'),
    customFields('Echat c1 to c20; Sobot params, summary_params and result_list.'),
  ],
);
