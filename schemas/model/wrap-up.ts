import { coded, flag, list, text, time } from './avro.ts';
import { solved } from './enums.ts';
import { eventRecord } from './meta.ts';
import {
  companyId,
  conversationIdFields,
  customFields,
  departmentFields,
  staffFields,
  visitorIdFields,
} from './parts.ts';

export const wrapUp = eventRecord(
  'WrapUp',
  'What staff noted about a conversation: what it was about, and whether it is solved.',
  [
    ...conversationIdFields,
    companyId,
    ...visitorIdFields,
    text('subject', 'As sent, e.g. 售后>订单>物流. Echat chatSubject.'),
    list(
      'subject_path',
      'string',
      'The subject from the general to the special. Echat chatSubject, split at >.',
    ),
    text('note', 'In words. Echat chatSubjectMemo, Sobot summary_description.'),
    text('remark', 'Sobot summary_remark.'),
    ...coded('solved', solved, 'Whether staff say it is solved.', 'Sobot summary_status'),
    flag('invalid', 'Whether the conversation is marked as void. Sobot invalid_flag.'),
    ...staffFields(
      'Who noted it. Sobot update_staffId.',
      'Not sent by a vendor yet.',
      'Sobot update_staff_name.',
    ),
    ...departmentFields,
    time('started_at', 'When the conversation began, UTC. Sobot start_time or chat_start_time.'),
    time('updated_at', 'When it was noted, UTC. Sobot update_time.'),
    text('business_unit_id', 'Sobot operationid.'),
    text('business_unit_name', 'Sobot operation_name.'),
    list('request_type_ids', 'string', 'From the general to the special. Sobot req_type, split at -.'),
    text('request_type_ids_sent', 'Sobot req_type'),
    list(
      'request_type_names',
      'string',
      'Sobot req_type_name, split at -; a name that holds a - is taken apart.',
    ),
    text('request_type_names_sent', 'Sobot req_type_name'),
    text('category_names', 'Sobot summary_classify_names.'),
    text('category_paths', 'Sobot summary_classify_paths.'),
    text('category_codes', 'Sobot summary_classify_codes.'),
    text('template_name', 'Sobot summary_template_name.'),
    text('progress_code', 'Sobot summary_handle_progress.'),
    text('progress_name', 'Sobot summary_handle_progress_name.'),
    customFields('Sobot fieldid, field_name and field_value (parallel lists), and customer_fields.'),
  ],
);
