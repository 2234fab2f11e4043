import { coded } from '@sluice/vendor-kit/mapping/codes';
import { customFields, listedFields, parallelFields } from '@sluice/vendor-kit/mapping/custom-fields';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { epochTime, flag, split, text } from '@sluice/vendor-kit/mapping/reader';
import { notedSolved } from '../codes.ts';

/** summary (在线服务总结): what staff noted about a conversation. */
export const summary = eventMapping({
  topic: 'wrap-up.v1',
  role: 'wrap-up',
  type: 'wrap-up.noted',
  key: (event) => event.conversation_id,
  at: (event) => event.updated_at,
  fields: {
    conversation_id: text('cid'),
    company_id: text('companyid'),
    visitor_id: text('visitorid'),
    note: text('summary_description'),
    remark: text('summary_remark'),
    ...coded('solved', 'summary_status', notedSolved),
    invalid: flag('invalid_flag'),
    staff_id: text('update_staffId'),
    staff_name: text('update_staff_name'),
    department_id: text('groupid'),
    department_name: text('group_name'),
    // The table says start_time, the sample chat_start_time.
    started_at: epochTime('start_time', 'chat_start_time'),
    updated_at: epochTime('update_time'),
    business_unit_id: text('operationid'),
    business_unit_name: text('operation_name'),
    request_type_ids: split('req_type', '-'),
    request_type_ids_sent: text('req_type'),
    request_type_names: split('req_type_name', '-'),
    request_type_names_sent: text('req_type_name'),
    category_names: text('summary_classify_names'),
    category_paths: text('summary_classify_paths'),
    category_codes: text('summary_classify_codes'),
    template_name: text('summary_template_name'),
    progress_code: text('summary_handle_progress'),
    progress_name: text('summary_handle_progress_name'),
    custom_fields: customFields(
      parallelFields('fieldid', 'field_name', 'field_value'),
      listedFields('customer_fields'),
    ),
  },
});
