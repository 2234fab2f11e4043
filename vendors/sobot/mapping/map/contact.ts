import { coded } from '@sluice/vendor-kit/mapping/codes';
import { customFields, listedFields, objectFields } from '@sluice/vendor-kit/mapping/custom-fields';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { constant, split, text } from '@sluice/vendor-kit/mapping/reader';
import { channels } from '../codes.ts';

const common = {
  contact_id: text('userid'),
  conversation_id: text('cid'),
  company_id: text('companyid'),
  change: constant('RECORDED'),
  ...coded('channel', 'source', channels),
  staff_id: text('serviceid'),
  photo_url: text('img'),
  nickname: text('nick'),
  name: text('user_name'),
  phone: text('user_tels'),
  phones: split('user_tels'),
  email: text('user_emails'),
  emails: split('user_emails'),
  qq: text('qq'),
  province: text('province_name'),
  city: text('city_name'),
  area: text('area_name'),
  company_name: text('enterprise_name'),
  memo: text('remark'),
} as const;

/** user (在线访客信息): what is known of a visitor. */
export const user = eventMapping({
  topic: 'contact.v1',
  role: 'contact',
  type: 'contact.visitor',
  key: (event) => event.contact_id,
  fields: {
    ...common,
    partner_id: text('partnerid'),
    custom_fields: customFields(objectFields('params'), objectFields('summary_params')),
  },
});

/** userinfo (在线客户信息): what is known of a customer; another thing than user, under the same key. */
export const userinfo = eventMapping({
  topic: 'contact.v1',
  role: 'contact',
  type: 'contact.customer',
  key: (event) => event.contact_id,
  fields: {
    ...common,
    country: text('country_name'),
    visitor_ids: split('visitorids'),
    visitor_ids_sent: text('visitorids'),
    staff_number: text('service_no'),
    custom_fields: customFields(listedFields('result_list')),
  },
});
