import { coded, enumeration, int, list, text, time } from './avro.ts';
import { channel, participantRole, solved } from './enums.ts';
import { eventRecord } from './meta.ts';
import { companyId, conversationIdFields, departmentFields, staffFields, visitorIdFields } from './parts.ts';

const initiative = enumeration('RatingInitiative', 'INVITED', 'VOLUNTEERED');

export const rating = eventRecord('Rating', "A visitor's rating of a conversation.", [
  ...conversationIdFields,
  companyId,
  ...coded('target_role', participantRole, 'Who was rated: STAFF or ROBOT.', 'Sobot is_robot'),
  ...staffFields(
    'Of a robot its id. Echat chatStaffId, Sobot staffid.',
    'Echat chatStaffLogname.',
    'Echat chatStaffName, Sobot admin_name.',
  ),
  ...departmentFields,
  ...visitorIdFields,
  ...coded('channel', channel, 'Where the visitor is.', 'Sobot source'),
  time('rated_at', 'UTC. Sobot date_time.'),
  int('score', '1 (worst) to 5 (best). Echat chatScore, Sobot score.'),
  text('score_sent', 'As sent.'),
  int('nps_score', '0 to 10. Sobot nps_score.'),
  text('nps_score_sent', 'As sent.'),
  ...coded('solved', solved, 'Whether the visitor says it was solved.', 'Sobot solved'),
  ...coded('initiative', initiative, 'Whether somebody asked for it.', 'Sobot comment_type'),
  list('tags', 'string', 'What was rated, split. Echat scoreDimension, Sobot tag.'),
  text('tags_sent', 'As sent, before it was split.'),
  text('comment', "The visitor's words. Echat scoreSuggest, Sobot remark."),
]);
