import { formatBeijingTime } from '@sluice/simulator/beijing-time';
import { memos, scoreDimensions, suggestions } from '@sluice/simulator/phrases';
import type { Random } from '@sluice/simulator/random';
import { customerOf, hasRobot, isStaffed, type SobotChat, type SobotRecord } from './chat.ts';

const coin = (random: Random) => random.pick(['0', '1']);

/** Sobot, 在线会话消息. Durations in ms; 0 where nobody answered. */
export function conversation(chat: SobotChat): SobotRecord {
  const { random, member, topic, service } = chat;
  const staffed = isStaffed(chat);
  const robot = hasRobot(chat);
  const answered = staffed && service !== 'nobody answered';
  const count = (most: number, counts = true) => (counts ? random.integer(0, most) : 0);
  const flag = (holds: boolean) => (holds ? '1' : '0');
  const [responses, duration] = answered ? [random.integer(1, 20), count(200_000)] : [0, 0];
  const queuedMs = count(5_000, service !== 'robot' && random.chance(0.8));
  const humanMs = staffed ? chat.endedAt - chat.startedAt - queuedMs : 0;
  // Long and Int by the table, texts in the sample.
  const numeric = random.chance(0.8) ? (value: number) => value : String;
  const page = `https://www.example.com${topic.page.path}`;
  const takers = staffed ? [...chat.colleagues, member] : [];
  return {
    companyid: chat.companyId,
    cid: chat.cid,
    source: chat.source,
    start_time: String(chat.startedAt),
    partnerid: chat.customer.phone,
    end_time: String(chat.endedAt),
    first_response_time: String(count(9_792, answered && random.chance(0.9))),
    ...(service === 'robot then staff' ? { transfer_tohuman_time: String(chat.startedAt + queuedMs) } : {}),
    conversation_duration: String(chat.endedAt - chat.startedAt),
    staff_emails: staffed ? member.email : '',
    staff_name: staffed ? member.name : '',
    consult_robot_msg_count: String(count(3, robot)),
    robot_reply_msg_count: String(count(20, robot)),
    consult_staff_msg_count: String(count(20, staffed)),
    staff_reply_msg_count: String(answered ? random.integer(1, 20) : 0),
    transfer_human_succ_flag: flag(service === 'robot then staff'),
    queue_time: String(queuedMs),
    session_queue_state: service === 'left the queue' ? '3' : random.pick(['1', '2']),
    // Cut short in the sample.
    ip: random.chance(0.03) ? chat.customer.ip.split('.')[0] : chat.customer.ip,
    area: chat.customer.province,
    os: random.pick(['2', '6', '7', '8', '9', '12', '其他']),
    visitorid: chat.visitorId,
    lastgroupid: staffed ? member.department.hexId : '',
    lastgroup_name: staffed ? member.department.name : '',
    human_valid_flag: flag(answered),
    human_invalid_flag: flag(staffed && !answered),
    human_invalid_recep_flag: flag(staffed && !answered),
    human_valid_recep_flag: flag(answered),
    human_recep_flag: flag(staffed),
    robot_invalid_flag: robot ? coin(random) : '0',
    robot_valid_flag: robot ? coin(random) : '0',
    offline_type: String(random.integer(1, 6)),
    province_name: chat.customer.province,
    city_name: chat.customer.city,
    access_human_time: staffed ? String(chat.startedAt + queuedMs) : '',
    ...(robot
      ? {
          ...{ robotid: '1', lastrobotid: '1', lastrobot_name: '机器人小明' },
          ...{ robot_alias: 'test_alias', robot_name: '机器人小明' },
        }
      : {}),
    staffids: takers.map((one) => one.hexId).join(','),
    invite_evaluation_flags: takers.map(() => coin(random)).join(','),
    channel_flag: 'd720fe0e97ac427183c65b59f82c061f',
    channel_name: 'Android - 正式',
    response_duration: numeric(duration),
    response_count: numeric(responses),
    response_avg: String(responses === 0 ? 0 : Math.floor(duration / responses)),
    session_human_duration: String(Math.max(0, humanMs)),
    asHuman_interactive_count: String(count(3, staffed)),
    search_engine: String(random.integer(1, 11)),
    land_page_url: page,
    land_page_title: topic.page.title,
    conversation_page_url: page,
    conversation_page_title: topic.page.title,
    search_word: topic.keyword,
    human_transfer_count: String(Math.max(0, takers.length - 1)),
  };
}

/** Sobot, 在线评价消息. */
export function evaluation(chat: SobotChat): SobotRecord {
  const { random, member } = chat;
  const robot = !isStaffed(chat) || (hasRobot(chat) && random.chance(0.3));
  return {
    companyid: chat.companyId,
    staffid: robot ? '1' : member.hexId,
    source: chat.source,
    admin_name: robot ? '机器人小明' : member.name,
    is_robot: robot ? '1' : '0',
    remark: random.pick(suggestions),
    tag: random.pick(scoreDimensions),
    score: String(random.integer(1, 5)),
    ...(random.chance(0.5) ? { nps_score: String(random.integer(0, 10)) } : {}),
    visitorid: chat.visitorId,
    date_time: String(chat.endedAt + random.integer(1_000, 60_000)),
    cid: chat.cid,
    comment_type: coin(random),
    solved: random.pick(['1', '0', '-1']),
    groupid: member.department.hexId,
    group_name: member.department.name,
  };
}

/** Sobot, 在线访客信息. `params` is a JSON text by the table and an object in the sample. */
export function user(chat: SobotChat): SobotRecord {
  const { random } = chat;
  const params = { KUID: 'MTU2NjY0MzE1NTAwMDA3MTAz', cookie: chat.cid };
  return {
    ...customerOf(chat),
    partnerid: chat.customer.phone,
    params: random.chance(0.5) ? params : JSON.stringify(params),
    summary_params: random.chance(0.2) ? JSON.stringify({ order: random.digits(12) }) : '',
  };
}

/** Sobot, 在线客户信息. */
export function userinfo(chat: SobotChat): SobotRecord {
  const { random } = chat;
  return {
    ...customerOf(chat),
    country_name: '中国',
    visitorids: random.chance(0.5) ? chat.visitorId : '',
    service_no: '1011',
    result_list: random.chance(0.3)
      ? [{ fieldid: chat.member.hexId, field_name: '会员等级', field_value: 'VIP👑' }]
      : [],
  };
}

/** Sobot, 在线服务总结. The table says `start_time`, the sample `chat_start_time`. */
export function summary(chat: SobotChat): SobotRecord {
  const { random, member, topic } = chat;
  const withFields = random.chance(0.6);
  const fields = withFields
    ? {
        fieldid: [member.hexId, member.department.hexId],
        field_name: ['字段1', '字段2'],
        field_value: ['是', topic.memo],
      }
    : {};
  return {
    [random.chance(0.3) ? 'chat_start_time' : 'start_time']: String(chat.startedAt),
    companyid: chat.companyId,
    cid: chat.cid,
    visitorid: chat.visitorId,
    operationid: '1577330071201',
    operation_name: '电商',
    req_type: '1577330173970-1577330182339',
    req_type_name: topic.subject.replaceAll('>', '-'),
    summary_status: random.pick(['1', '0', '-1']),
    summary_description: topic.memo,
    update_time: String(chat.endedAt + random.integer(1_000, 60_000)),
    update_staffId: member.hexId,
    invalid_flag: random.chance(0.05) ? '1' : '0',
    update_staff_name: member.name,
    groupid: member.department.hexId,
    group_name: member.department.name,
    ...fields,
    summary_classify_names: topic.subject,
    summary_classify_paths: topic.subject.replaceAll('>', '/'),
    summary_classify_codes: 'c01',
    summary_template_name: '标准模板',
    summary_handle_progress: '1',
    summary_handle_progress_name: '处理中',
    summary_remark: random.pick(memos),
    customer_fields: withFields
      ? [{ field_name: '是否需要回访', field_value: random.pick(['是', '否']), fieldid: member.hexId }]
      : [],
  };
}

/** Named in Sobot's section on encryption only, so its fields are made up. */
export function ticket(chat: SobotChat): SobotRecord {
  const { random, member, topic } = chat;
  return {
    companyid: chat.companyId,
    ticketid: chat.identifiers.hex(),
    ticket_code: random.digits(12),
    ticket_title: topic.subject,
    ticket_content: `<p>${topic.memo}</p>`,
    ticket_status: random.pick([0, 1, 2, 3, 98, 99]),
    ticket_level: random.integer(0, 3),
    cid: chat.cid,
    userid: chat.visitorId,
    staffid: member.hexId,
    staff_name: member.name,
    create_time: chat.endedAt,
    create_datetime: formatBeijingTime(chat.endedAt),
    extend_fields: random.chance(0.3) ? [{ fieldid: member.hexId, field_value: topic.keyword }] : [],
  };
}

/** Named in Sobot's section on encryption only; the fields are those of an older page's sample, and an id. */
export function calllog(chat: SobotChat): SobotRecord {
  const { random, member } = chat;
  return {
    companyId: chat.companyId,
    callId: chat.identifiers.hex(),
    staffEmail: member.email,
    staffName: member.name,
    customerPhoneNo: chat.customer.phone,
    direction: random.integer(0, 1),
    startTime: chat.startedAt,
    endTime: chat.endedAt,
    recordURL: `https://record.example.com/${chat.cid}.mp3?sign=a/b+c==`,
  };
}
