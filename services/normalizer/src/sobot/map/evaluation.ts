import { readCode } from '../../codes.ts';
import type { Mapper } from '../../mapping.ts';
import { readScore } from '../../read-score.ts';
import { splitList } from '../../split-list.ts';
import { readEpochMs } from '../../times.ts';
import { channels, initiatives, ratedRoles, solutions } from '../tables.ts';

/** evaluation (在线评价消息): a visitor rated staff or a robot; five stars, and ten points where that is used. */
export const mapEvaluation: Mapper = (fields, context) => {
  const conversationId = fields.text('cid');
  const target = fields.convert('is_robot', (code) =>
    Object.hasOwn(ratedRoles, code.trim()) ? (ratedRoles[code.trim()] ?? null) : null,
  );
  const channel = readCode(fields, 'source', channels, context, 'channel');
  const solved = readCode(fields, 'solved', solutions, context, 'solved');
  const initiative = readCode(fields, 'comment_type', initiatives, context, 'initiative');
  const tags = fields.text('tag');
  return [
    {
      topic: 'rating.v1',
      role: 'rating',
      type: 'rating.given',
      entityKey: conversationId ?? '',
      occurredAt: fields.convert('date_time', readEpochMs),
      fields: {
        conversation_id: conversationId,
        target_role: target ?? 'UNKNOWN',
        staff_id: fields.text('staffid'),
        staff_name: fields.text('admin_name'),
        department_id: fields.text('groupid'),
        department_name: fields.text('group_name'),
        visitor_id: fields.text('visitorid'),
        channel: channel.symbol,
        channel_code: channel.code,
        score: readScore(fields, 'score', 5),
        score_sent: fields.text('score'),
        nps_score: readScore(fields, 'nps_score', 10),
        nps_score_sent: fields.text('nps_score'),
        solved: solved.symbol,
        solved_code: solved.code,
        initiative: initiative.symbol,
        initiative_code: initiative.code,
        tags: splitList(tags),
        tags_sent: tags,
        comment: fields.text('remark'),
      },
    },
  ];
};
