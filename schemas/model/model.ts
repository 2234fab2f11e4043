import { assignment } from './assignment.ts';
import { availability } from './availability.ts';
import type { AvroRecord } from './avro.ts';
import { call } from './call.ts';
import { contact } from './contact.ts';
import { conversation } from './conversation.ts';
import { heartbeat } from './heartbeat.ts';
import { message } from './message.ts';
import { other } from './other.ts';
import { pageView } from './page-view.ts';
import { rating } from './rating.ts';
import { staffAction } from './staff-action.ts';
import { ticket } from './ticket.ts';
import { visit } from './visit.ts';
import { wrapUp } from './wrap-up.ts';

/** The canonical model: what the next version of each topic's schema is. `npm run generate` writes it out. */
export const model: Readonly<Record<string, AvroRecord>> = {
  'conversation.v1': conversation,
  'message.v1': message,
  'rating.v1': rating,
  'wrap-up.v1': wrapUp,
  'contact.v1': contact,
  'availability.v1': availability,
  'visit.v1': visit,
  'page-view.v1': pageView,
  'assignment.v1': assignment,
  'call.v1': call,
  'ticket.v1': ticket,
  'staff-action.v1': staffAction,
  'other.v1': other,
  'heartbeat.v1': heartbeat,
};
