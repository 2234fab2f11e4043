import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { split, text } from '@sluice/vendor-kit/mapping/reader';
import { conversationId } from '../parts.ts';

/** chatSubject (对话评估), section 3.2.6: what a conversation was about. */
export const chatSubject = eventMapping({
  topic: 'wrap-up.v1',
  role: 'wrap-up',
  type: 'wrap-up.noted',
  key: (event) => event.conversation_id,
  fields: {
    ...conversationId('chatRecordId'),
    subject: text('chatSubject'),
    subject_path: split('chatSubject', '>'),
    note: text('chatSubjectMemo'),
  },
});
