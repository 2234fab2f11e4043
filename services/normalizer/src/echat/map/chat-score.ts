import type { Mapper } from '../../mapping.ts';
import { readScore } from '../../read-score.ts';
import { splitList } from '../../split-list.ts';
import { readConversationId } from '../conversation-id.ts';
import { madeAt } from '../occurred-at.ts';

/** chatScore (对话满意度评价), section 3.2.7: a visitor rated a conversation, 1 to 5. */
export const mapChatScore: Mapper = (fields) => {
  const id = readConversationId(fields, 'chatRecordId');
  const tags = fields.text('scoreDimension');
  return [
    {
      topic: 'rating.v1',
      role: 'rating',
      type: 'rating.given',
      entityKey: id.conversation_id ?? '',
      occurredAt: madeAt(fields),
      fields: {
        ...id,
        target_role: 'STAFF',
        score: readScore(fields, 'chatScore', 5),
        score_sent: fields.text('chatScore'),
        tags: splitList(tags),
        tags_sent: tags,
        comment: fields.text('scoreSuggest'),
        staff_id: fields.text('chatStaffId'),
        staff_account: fields.text('chatStaffLogname'),
        staff_name: fields.text('chatStaffName'),
      },
    },
  ];
};
