import { readCode } from '../../codes.ts';
import type { Mapper } from '../../mapping.ts';
import { readEpochMs } from '../../times.ts';
import { channels, endReasons } from '../tables.ts';

/** conversation (在线会话消息): the record of a whole conversation, sent when it is over. Durations are in ms. */
export const mapConversation: Mapper = (fields, context) => {
  const id = fields.text('cid');
  const channel = readCode(fields, 'source', channels, context, 'channel');
  const endReason = readCode(fields, 'offline_type', endReasons, context, 'end-reason');
  const endedAt = fields.convert('end_time', readEpochMs);
  const startedAt = fields.convert('start_time', readEpochMs);
  return [
    {
      topic: 'conversation.v1',
      role: 'conversation',
      type: 'conversation.recorded',
      entityKey: id ?? '',
      occurredAt: endedAt ?? startedAt,
      fields: {
        conversation_id: id,
        phase: 'RECORDED',
        kind: fields.peek('human_recep_flag') === '1' ? 'HUMAN' : 'ROBOT',
        channel: channel.symbol,
        channel_code: channel.code,
        visitor_id: fields.text('visitorid'),
        partner_id: fields.text('partnerid'),
        visitor_ip: fields.text('ip'),
        staff_account: fields.text('staff_emails'),
        staff_name: fields.text('staff_name'),
        department_id: fields.text('lastgroupid'),
        department_name: fields.text('lastgroup_name'),
        robot_id: fields.text('lastrobotid'),
        robot_name: fields.text('lastrobot_name'),
        started_at: startedAt,
        answered_at: fields.convert('access_human_time', readEpochMs),
        ended_at: endedAt,
        end_reason: endReason.symbol,
        end_reason_code: endReason.code,
        total_ms: fields.integer('conversation_duration'),
        total_sent: fields.text('conversation_duration'),
        wait_ms: fields.integer('queue_time'),
        wait_sent: fields.text('queue_time'),
        first_response_ms: fields.integer('first_response_time'),
        first_response_sent: fields.text('first_response_time'),
        average_response_ms: fields.integer('response_avg'),
        average_response_sent: fields.text('response_avg'),
        visitor_message_count: fields.integer('consult_staff_msg_count'),
        staff_message_count: fields.integer('staff_reply_msg_count'),
        page_url: fields.text('conversation_page_url'),
        page_title: fields.text('conversation_page_title'),
      },
    },
  ];
};
