import type { Browser, ConversationKind, Page, Search, StaffShare, Visitor } from '@sluice/schemas/schemas';
import { checkItems } from '@sluice/vendor-kit/mapping/budget';
import { coded, symbol } from '@sluice/vendor-kit/mapping/codes';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import {
  constant,
  count,
  epochTime,
  flag,
  part,
  readFlag,
  text,
  type Reader,
} from '@sluice/vendor-kit/mapping/reader';
import { channels, endReasons, queueStates, searchEngines, searchKinds, systems } from '../codes.ts';
import { duration } from '../duration.ts';

const kind: Reader<ConversationKind> = {
  origins: [{ path: 'human_recep_flag' }],
  read(fields) {
    const isHuman = readFlag(fields.peek('human_recep_flag') ?? '');
    if (isHuman === null) return 'UNKNOWN';
    return isHuman ? 'HUMAN' : 'ROBOT';
  },
};

/** os: 其他 is any other code, and no unknown one. */
const osName: Reader<string | null> = {
  origins: [{ path: 'os' }],
  read: (fields) => systems.lookup.get(fields.peek('os')?.trim() ?? '') ?? null,
};

/** staffids and invite_evaluation_flags are parallel lists. */
const staffShares: Reader<StaffShare[]> = {
  origins: [
    { path: 'staffids', field: 'staff_id' },
    { path: 'invite_evaluation_flags', field: 'invited_rating' },
  ],
  read(fields) {
    const ids = fields.peek('staffids')?.trim() ?? '';
    if (ids === '') return [];
    const flags = fields.peek('invite_evaluation_flags')?.split(',') ?? [];
    return checkItems(ids.split(',')).map(
      (id, at) => ({ staff_id: id.trim(), invited_rating: readFlag(flags[at] ?? '') }) as StaffShare,
    );
  },
};

/** conversation (在线会话消息): the record of a whole conversation, sent when it is over. */
export const conversation = eventMapping({
  topic: 'conversation.v1',
  role: 'conversation',
  type: 'conversation.recorded',
  key: (event) => event.conversation_id,
  at: (event) => event.ended_at ?? event.started_at,
  fields: {
    conversation_id: text('cid'),
    company_id: text('companyid'),
    phase: constant('RECORDED'),
    kind,
    ...coded('channel', 'source', channels),
    subchannel_id: text('channel_flag'),
    subchannel_name: text('channel_name'),

    visitor_id: text('visitorid'),
    visitor_ip: text('ip'),
    partner_id: text('partnerid'),
    visitor: part<Visitor>({
      area: text('area'),
      province: text('province_name'),
      city: text('city_name'),
    }),
    browser: part<Browser>({ os_name: osName, os_code: text('os') }),
    search: part<Search>({
      ...coded('engine', 'search_engine', searchEngines),
      kind: symbol({ path: 'search_engine', table: searchKinds }),
      keyword: text('search_word'),
    }),
    landing_page: part<Page>({ url: text('land_page_url'), title: text('land_page_title') }),
    page_url: text('conversation_page_url'),
    page_title: text('conversation_page_title'),

    staff_account: text('staff_emails'),
    staff_name: text('staff_name'),
    department_id: text('lastgroupid'),
    department_name: text('lastgroup_name'),
    robot_id: text('lastrobotid'),
    robot_name: text('lastrobot_name'),
    first_robot_id: text('robotid'),
    first_robot_name: text('robot_name'),
    robot_alias: text('robot_alias'),
    staff_shares: staffShares,
    staff_ids_sent: text('staffids'),
    invited_ratings_sent: text('invite_evaluation_flags'),

    started_at: epochTime('start_time'),
    answered_at: epochTime('access_human_time'),
    transferred_to_human_at: epochTime('transfer_tohuman_time'),
    ended_at: epochTime('end_time'),
    ...coded('end_reason', 'offline_type', endReasons),
    ...duration('total', 'conversation_duration', 'conversation.conversation_duration'),
    ...duration('wait', 'queue_time', 'conversation.queue_time'),
    ...coded('queue_state', 'session_queue_state', queueStates),
    ...duration('first_response', 'first_response_time', 'conversation.first_response_time'),
    ...duration('average_response', 'response_avg', 'conversation.response_avg'),
    ...duration('response_total', 'response_duration', 'conversation.response_duration'),
    response_count: count('response_count'),
    ...duration('human_handle', 'session_human_duration', 'conversation.session_human_duration'),

    visitor_message_count: count('consult_staff_msg_count'),
    staff_message_count: count('staff_reply_msg_count'),
    visitor_to_robot_message_count: count('consult_robot_msg_count'),
    robot_message_count: count('robot_reply_msg_count'),
    human_interaction_count: count('asHuman_interactive_count'),
    transfer_count: count('human_transfer_count'),

    transferred_to_human: flag('transfer_human_succ_flag'),
    human_valid: flag('human_valid_flag'),
    human_invalid: flag('human_invalid_flag'),
    human_reception: flag('human_recep_flag'),
    human_reception_valid: flag('human_valid_recep_flag'),
    human_reception_invalid: flag('human_invalid_recep_flag'),
    robot_valid: flag('robot_valid_flag'),
    robot_invalid: flag('robot_invalid_flag'),
  },
});
