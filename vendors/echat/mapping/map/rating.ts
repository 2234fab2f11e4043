import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { constant, split, text } from '@sluice/vendor-kit/mapping/reader';
import { score } from '@sluice/vendor-kit/mapping/score';
import { conversationId, staff } from '../parts.ts';

/** chatScore (对话满意度评价), section 3.2.7: a visitor rated a conversation, 1 to 5. */
export const chatScore = eventMapping({
  topic: 'rating.v1',
  role: 'rating',
  type: 'rating.given',
  key: (event) => event.conversation_id,
  fields: {
    ...conversationId('chatRecordId'),
    target_role: constant('STAFF'),
    score: score('chatScore', 1, 5),
    score_sent: text('chatScore'),
    tags: split('scoreDimension'),
    tags_sent: text('scoreDimension'),
    comment: text('scoreSuggest'),
    ...staff('chatStaff'),
  },
});
