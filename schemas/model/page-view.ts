import { int, part, text, time } from './avro.ts';
import { eventRecord } from './meta.ts';
import { page } from './parts.ts';

export const pageView = eventRecord('PageView', 'A page that was looked at during a visit.', [
  text('visit_id', 'Echat trackRecordId.'),
  int('ordinal', 'Place within the pages that were sent together, from 0.'),
  time('viewed_at', 'UTC. Echat visitTime.'),
  part('page', page, 'The page. Echat pageUrl, pageTitle, pageUrlAlias.'),
]);
