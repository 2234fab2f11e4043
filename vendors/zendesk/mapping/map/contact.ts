import { eventMapping, type FieldsOf, type Mapping } from '@sluice/vendor-kit/mapping/mapping';
import { split, text, type Spec } from '@sluice/vendor-kit/mapping/reader';

/** A change of one field: what it is since is in `event.current`. Agents are users too, and no contacts. */
const user = (changed: Spec<FieldsOf<'contact.v1'>> = {}): Mapping =>
  eventMapping({
    topic: 'contact.v1',
    role: 'contact',
    type: 'contact.customer',
    key: (event) => event.contact_id,
    when: (fields) => fields.peek('detail.role')?.trim().toLowerCase() === 'end-user',
    fields: {
      contact_id: text('detail.id'),
      company_id: text('account_id'),
      partner_id: text('detail.external_id'),
      email: text('detail.email'),
      emails: split('detail.email'),
      ...changed,
    },
  });

export const users = [
  ['user.created', user()],
  ['user.external_id_changed', user()],
  ['user.name_changed', user({ name: text('event.current') })],
  ['user.notes_changed', user({ memo: text('event.current') })],
] as const;
