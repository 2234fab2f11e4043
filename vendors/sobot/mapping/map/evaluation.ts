import { coded } from '@sluice/vendor-kit/mapping/codes';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { epochTime, split, text } from '@sluice/vendor-kit/mapping/reader';
import { score } from '@sluice/vendor-kit/mapping/score';
import { channels, initiatives, ratedRoles, ratedSolved } from '../codes.ts';

/**
 * evaluation (在线评价消息): a visitor rated staff or a robot; five stars, and ten points where that is used.
 * Its primary key is cid and is_robot: each of the two has an event type of its own, so that neither is taken
 * for the other's latest state.
 */
export const evaluation = eventMapping({
  topic: 'rating.v1',
  role: 'rating',
  type: (event) => (event.target_role === 'ROBOT' ? 'rating.given-to-robot' : 'rating.given'),
  key: (event) => event.conversation_id,
  at: (event) => event.rated_at,
  fields: {
    conversation_id: text('cid'),
    company_id: text('companyid'),
    ...coded('target_role', 'is_robot', ratedRoles),
    staff_id: text('staffid'),
    staff_name: text('admin_name'),
    department_id: text('groupid'),
    department_name: text('group_name'),
    visitor_id: text('visitorid'),
    ...coded('channel', 'source', channels),
    rated_at: epochTime('date_time'),
    score: score('score', 1, 5),
    score_sent: text('score'),
    nps_score: score('nps_score', 0, 10),
    nps_score_sent: text('nps_score'),
    ...coded('solved', 'solved', ratedSolved),
    ...coded('initiative', 'comment_type', initiatives),
    tags: split('tag'),
    tags_sent: text('tag'),
    comment: text('remark'),
  },
});
