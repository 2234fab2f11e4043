// Generated from schemas/*/*.avsc by schemas/tools/generate.ts. Do not edit.

export type Vendor =
  | 'UNKNOWN'
  | 'ECHAT'
  | 'SOBOT';

export interface Meta {
  /** UUIDv5 of source, data type, vendor message id, content hash and role: the same for a resend, a replay and a redrive. */
  event_id: string;
  /** What happened, e.g. conversation.started. */
  event_type: string;
  /** Who sent it. */
  vendor: Vendor;
  /** The vendor's own name of the data type: Echat's dataType, Sobot's type. */
  data_type: string;
  /** The configured source (one vendor account). Immutable. */
  source_id: string;
  /** The tenant that the source belongs to. */
  tenant: string;
  /** What the event is about within its source: conversation, visitor, staff, skill or route id as sent. Latest state is per (event type, entity key). */
  entity_key: string;
  /** When it happened by the vendor's clock, UTC. Null when the vendor gives no usable time. */
  occurred_at: null | number;
  /** When ingress received the push, UTC. */
  received_at: number;
  /** Topic of the raw record. */
  raw_topic: string;
  /** Partition of the raw record. */
  raw_partition: number;
  /** Offset of the raw record. */
  raw_offset: number;
  /** Version of the mapping. Of two copies of one event the one with the higher (received_at, mapping_version) wins. */
  mapping_version: number;
}

export type ConversationPhase =
  | 'UNKNOWN'
  | 'STARTED'
  | 'ANSWERED'
  | 'TRANSFERRED'
  | 'ENDED'
  | 'RECORDED';

export type ConversationKind =
  | 'UNKNOWN'
  | 'HUMAN'
  | 'BUSY'
  | 'LEAVE_MESSAGE'
  | 'ROBOT';

export type Channel =
  | 'UNKNOWN'
  | 'WEB'
  | 'MOBILE_WEB'
  | 'APP'
  | 'WECHAT'
  | 'WECHAT_WORK'
  | 'WECHAT_SERVICE'
  | 'MINI_PROGRAM'
  | 'WEIBO'
  | 'PHONE'
  | 'TICKET'
  | 'CUSTOMER_CENTER'
  | 'SEARCH_ADVERTISING'
  | 'SOCIAL'
  | 'CUSTOM';

export type EndReason =
  | 'UNKNOWN'
  | 'VISITOR_CLOSED'
  | 'STAFF_CLOSED'
  | 'VISITOR_TIMEOUT'
  | 'STAFF_LEFT'
  | 'SYSTEM_CLOSED'
  | 'VISITOR_IDLE'
  | 'QUEUE_ABANDONED'
  | 'LEAVE_MESSAGE_TIMEOUT'
  | 'TRANSFERRED_TO_HUMAN'
  | 'SUPERSEDED'
  | 'VISITOR_BLOCKED'
  | 'STAFF_REMOVED';

export interface Attribute {
  /** Path within the record, e.g. chatData.chatEntrance or result_list[0].value. */
  name: string;
  /** The value as sent; numbers keep their source text. */
  value: string;
}

/** A step in the life of one conversation, or its final record. */
export interface Conversation {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot. */
  conversation_number: null | string;
  /** Which step. RECORDED: a record or transcript of the whole conversation. */
  phase: ConversationPhase;
  /** Who answers. */
  kind: ConversationKind;
  /** Echat chatType or chatStatus as sent. */
  kind_code: null | string;
  /** Where the visitor is. */
  channel: Channel;
  /** Echat visitorMedia, Sobot source, as sent. */
  channel_code: null | string;
  /** As sent. Echat visitorId, Sobot visitorid. */
  visitor_id: null | string;
  /** Echat visitorName. */
  visitor_name: null | string;
  /** The customer's own id of the visitor. Echat metaData.uid, Sobot partnerid. */
  partner_id: null | string;
  /** Staff id as sent. Echat chatStaffId, Sobot staffid. */
  staff_id: null | string;
  /** Login name of the staff. Echat chatStaffLogname, Sobot staff_emails. */
  staff_account: null | string;
  /** Name of the staff. Echat chatStaffName, Sobot staff_name. */
  staff_name: null | string;
  /** Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid. */
  department_id: null | string;
  /** Name of the skill group. */
  department_name: null | string;
  /** Echat routeId; -1, -2, -3 are the default routes of web, WeChat and SDK. */
  route_id: null | string;
  /** Echat routeName. */
  route_name: null | string;
  /** Sobot lastrobotid or robotid. */
  robot_id: null | string;
  /** Sobot lastrobot_name or robot_name. */
  robot_name: null | string;
  /** When the visitor asked for it, UTC. */
  requested_at: null | number;
  /** When it began, UTC. Sobot start_time. */
  started_at: null | number;
  /** When a human answered, UTC. Echat chatAnswerTime, Sobot access_human_time. */
  answered_at: null | number;
  /** When it ended, UTC. */
  ended_at: null | number;
  /** Why it ended. */
  end_reason: EndReason;
  /** Echat chatEndType, Sobot offline_type, as sent (code or text). */
  end_reason_code: null | string;
  /** Length of the conversation. In ms. */
  total_ms: null | number;
  /** The vendor's number as sent, before its unit was applied. */
  total_sent: null | string;
  /** Time in the queue. In ms. */
  wait_ms: null | number;
  /** The vendor's number as sent, before its unit was applied. */
  wait_sent: null | string;
  /** Until the first human answer. In ms. */
  first_response_ms: null | number;
  /** The vendor's number as sent, before its unit was applied. */
  first_response_sent: null | string;
  /** Mean time to answer. In ms. */
  average_response_ms: null | number;
  /** The vendor's number as sent, before its unit was applied. */
  average_response_sent: null | string;
  /** Messages of the visitor to humans. */
  visitor_message_count: null | number;
  /** Messages of staff. */
  staff_message_count: null | number;
  /** Page where it was opened. */
  page_url: null | string;
  /** Its title. */
  page_title: null | string;
  /** As sent, may be cut. */
  visitor_ip: null | string;
  /** The whole conversation as one text, as it came. Echat chatContent. */
  transcript: null | string;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type Stage =
  | 'UNKNOWN'
  | 'INGRESS'
  | 'NORMALIZER'
  | 'SINK_CLICKHOUSE'
  | 'SINK_ELASTICSEARCH';

export type Reason =
  | 'UNKNOWN'
  | 'UNDECRYPTABLE'
  | 'NO_ENVELOPE'
  | 'EMPTY'
  | 'DOCTYPE'
  | 'NOT_XML'
  | 'NOT_JSON'
  | 'TOO_LARGE'
  | 'UNKNOWN_SOURCE'
  | 'MAPPING_FAILED'
  | 'NOT_AVRO'
  | 'REFUSED_BY_STORE';

export interface Header {
  name: string;
  value: string;
}

/** A record that could not go on, with everything needed to try it again. */
export interface DeadLetter {
  /** Hash of the original bytes, or the id of the event. */
  id: string;
  /** Where it stopped. */
  stage: Stage;
  /** Why: see docs/dead-letters.md. */
  reason: Reason;
  /** For people. Never holds a secret or a payload. */
  detail: string;
  /** The original bytes, whole. */
  payload: Buffer;
  /** Headers of the original record, or those that a raw record would have had. */
  headers: Header[];
  source_id: string;
  vendor: Vendor;
  data_type: string;
  /** Topic of the original record; empty when it never reached one. */
  topic: string;
  partition: number;
  offset: number;
  /** Key of the original record. */
  key: null | Buffer;
  /** When the record was received first, UTC. */
  first_seen: number;
  /** How often it was tried, redrives included. */
  attempts: number;
}

export type MessageKind =
  | 'UNKNOWN'
  | 'TEXT'
  | 'REVOKED';

export type ParticipantRole =
  | 'UNKNOWN'
  | 'VISITOR'
  | 'ROBOT'
  | 'STAFF'
  | 'SYSTEM'
  | 'NONE';

/** One message of a conversation, or the revocation of one. */
export interface Message {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** As sent. Echat chatRecordId, Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix. */
  conversation_number: null | string;
  /** Sobot msgid. Echat turns have none. */
  message_id: null | string;
  /** Place within the transcript, from 0. Null where messages come one by one. */
  ordinal: null | number;
  /** REVOKED: a message was withdrawn; the vendor does not say which. */
  kind: MessageKind;
  /** UTC. */
  sent_at: null | number;
  /** Who sent it. */
  sender_role: ParticipantRole;
  /** Sobot sender_type as sent. */
  sender_role_code: null | string;
  /** As sent. */
  sender_id: null | string;
  /** As sent. */
  sender_name: null | string;
  /** Who it was for. NONE: an offline message without receiver. */
  receiver_role: ParticipantRole;
  /** Sobot receiver_type as sent. */
  receiver_role_code: null | string;
  /** As sent. */
  receiver_id: null | string;
  /** As sent. */
  receiver_name: null | string;
  /** The content as sent; may hold HTML. */
  text: null | string;
  /** Knowledge base entry that a robot answered with. Sobot docid. */
  knowledge_id: null | string;
  /** Its title. Sobot doc_name. */
  knowledge_title: null | string;
  /** Sent while nobody was there. Sobot msg_offline. */
  offline: null | boolean;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

/** An event of a data type that has no topic of its own yet, or that nobody knows: all of its values are attributes. */
export interface Other {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

export type Solved =
  | 'UNKNOWN'
  | 'SOLVED'
  | 'UNSOLVED'
  | 'NOT_ASKED';

export type RatingInitiative =
  | 'UNKNOWN'
  | 'INVITED'
  | 'VOLUNTEERED';

/** A visitor's rating of a conversation. */
export interface Rating {
  /** Where the event comes from and how it is told apart. */
  meta: Meta;
  /** As sent. Echat chatRecordId, Sobot cid. */
  conversation_id: null | string;
  /** Echat: the digits after the prefix. */
  conversation_number: null | string;
  /** Who was rated: STAFF or ROBOT. */
  target_role: ParticipantRole;
  /** Staff id as sent. Echat chatStaffId, Sobot staffid. */
  staff_id: null | string;
  /** Login name of the staff. Echat chatStaffLogname, Sobot staff_emails. */
  staff_account: null | string;
  /** Name of the staff. Echat chatStaffName, Sobot staff_name. */
  staff_name: null | string;
  /** Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid. */
  department_id: null | string;
  /** Name of the skill group. */
  department_name: null | string;
  /** Sobot visitorid. */
  visitor_id: null | string;
  /** Where the visitor is. */
  channel: Channel;
  /** Sobot source as sent. */
  channel_code: null | string;
  /** 1 (very bad) to 5 (very good). */
  score: null | number;
  /** As sent. */
  score_sent: null | string;
  /** 0 to 10. Sobot nps_score. */
  nps_score: null | number;
  /** As sent. */
  nps_score_sent: null | string;
  /** Was the matter solved? */
  solved: Solved;
  /** Sobot solved as sent. */
  solved_code: null | string;
  /** Whose idea the rating was. */
  initiative: RatingInitiative;
  /** Sobot comment_type as sent. */
  initiative_code: null | string;
  /** Echat scoreDimension, Sobot tag, split at commas. */
  tags: string[];
  /** As sent. */
  tags_sent: null | string;
  /** Echat scoreSuggest, Sobot remark. */
  comment: null | string;
  /** Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers. */
  attributes: Attribute[];
}

/** The type of a value of each topic. */
export interface ValueOf {
  "conversation.v1": Conversation;
  "dead-letter": DeadLetter;
  "message.v1": Message;
  "other.v1": Other;
  "rating.v1": Rating;
}

/** Every released version of every topic's schema, oldest first. */
export const avroSchemas = {
  "conversation.v1": [
    {
      "type": "record",
      "name": "Conversation",
      "namespace": "sluice",
      "doc": "A step in the life of one conversation, or its final record.",
      "fields": [
        {
          "name": "meta",
          "type": {
            "type": "record",
            "name": "Meta",
            "fields": [
              {
                "name": "event_id",
                "type": {
                  "type": "string",
                  "logicalType": "uuid"
                },
                "doc": "UUIDv5 of source, data type, vendor message id, content hash and role: the same for a resend, a replay and a redrive."
              },
              {
                "name": "event_type",
                "type": "string",
                "doc": "What happened, e.g. conversation.started."
              },
              {
                "name": "vendor",
                "type": {
                  "type": "enum",
                  "name": "Vendor",
                  "symbols": [
                    "UNKNOWN",
                    "ECHAT",
                    "SOBOT"
                  ],
                  "default": "UNKNOWN"
                },
                "default": "UNKNOWN",
                "doc": "Who sent it."
              },
              {
                "name": "data_type",
                "type": "string",
                "default": "",
                "doc": "The vendor's own name of the data type: Echat's dataType, Sobot's type."
              },
              {
                "name": "source_id",
                "type": "string",
                "doc": "The configured source (one vendor account). Immutable."
              },
              {
                "name": "tenant",
                "type": "string",
                "default": "",
                "doc": "The tenant that the source belongs to."
              },
              {
                "name": "entity_key",
                "type": "string",
                "default": "",
                "doc": "What the event is about within its source: conversation, visitor, staff, skill or route id as sent. Latest state is per (event type, entity key)."
              },
              {
                "name": "occurred_at",
                "type": [
                  "null",
                  {
                    "type": "long",
                    "logicalType": "timestamp-millis"
                  }
                ],
                "default": null,
                "doc": "When it happened by the vendor's clock, UTC. Null when the vendor gives no usable time."
              },
              {
                "name": "received_at",
                "type": {
                  "type": "long",
                  "logicalType": "timestamp-millis"
                },
                "doc": "When ingress received the push, UTC."
              },
              {
                "name": "raw_topic",
                "type": "string",
                "default": "",
                "doc": "Topic of the raw record."
              },
              {
                "name": "raw_partition",
                "type": "int",
                "default": -1,
                "doc": "Partition of the raw record."
              },
              {
                "name": "raw_offset",
                "type": "long",
                "default": -1,
                "doc": "Offset of the raw record."
              },
              {
                "name": "mapping_version",
                "type": "int",
                "default": 0,
                "doc": "Version of the mapping. Of two copies of one event the one with the higher (received_at, mapping_version) wins."
              }
            ]
          },
          "doc": "Where the event comes from and how it is told apart."
        },
        {
          "name": "conversation_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent. Echat chatRecordId (its prefix is part of it: 1_2800 and 3_2800 differ), Sobot cid."
        },
        {
          "name": "conversation_number",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat: the digits after the prefix of chatRecordId, by which a bare id can be joined. Null for Sobot."
        },
        {
          "name": "phase",
          "type": {
            "type": "enum",
            "name": "ConversationPhase",
            "symbols": [
              "UNKNOWN",
              "STARTED",
              "ANSWERED",
              "TRANSFERRED",
              "ENDED",
              "RECORDED"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Which step. RECORDED: a record or transcript of the whole conversation."
        },
        {
          "name": "kind",
          "type": {
            "type": "enum",
            "name": "ConversationKind",
            "symbols": [
              "UNKNOWN",
              "HUMAN",
              "BUSY",
              "LEAVE_MESSAGE",
              "ROBOT"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Who answers."
        },
        {
          "name": "kind_code",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat chatType or chatStatus as sent."
        },
        {
          "name": "channel",
          "type": {
            "type": "enum",
            "name": "Channel",
            "symbols": [
              "UNKNOWN",
              "WEB",
              "MOBILE_WEB",
              "APP",
              "WECHAT",
              "WECHAT_WORK",
              "WECHAT_SERVICE",
              "MINI_PROGRAM",
              "WEIBO",
              "PHONE",
              "TICKET",
              "CUSTOMER_CENTER",
              "SEARCH_ADVERTISING",
              "SOCIAL",
              "CUSTOM"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Where the visitor is."
        },
        {
          "name": "channel_code",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat visitorMedia, Sobot source, as sent."
        },
        {
          "name": "visitor_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent. Echat visitorId, Sobot visitorid."
        },
        {
          "name": "visitor_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat visitorName."
        },
        {
          "name": "partner_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "The customer's own id of the visitor. Echat metaData.uid, Sobot partnerid."
        },
        {
          "name": "staff_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Staff id as sent. Echat chatStaffId, Sobot staffid."
        },
        {
          "name": "staff_account",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Login name of the staff. Echat chatStaffLogname, Sobot staff_emails."
        },
        {
          "name": "staff_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Name of the staff. Echat chatStaffName, Sobot staff_name."
        },
        {
          "name": "department_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid."
        },
        {
          "name": "department_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Name of the skill group."
        },
        {
          "name": "route_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat routeId; -1, -2, -3 are the default routes of web, WeChat and SDK."
        },
        {
          "name": "route_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat routeName."
        },
        {
          "name": "robot_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot lastrobotid or robotid."
        },
        {
          "name": "robot_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot lastrobot_name or robot_name."
        },
        {
          "name": "requested_at",
          "type": [
            "null",
            {
              "type": "long",
              "logicalType": "timestamp-millis"
            }
          ],
          "default": null,
          "doc": "When the visitor asked for it, UTC."
        },
        {
          "name": "started_at",
          "type": [
            "null",
            {
              "type": "long",
              "logicalType": "timestamp-millis"
            }
          ],
          "default": null,
          "doc": "When it began, UTC. Sobot start_time."
        },
        {
          "name": "answered_at",
          "type": [
            "null",
            {
              "type": "long",
              "logicalType": "timestamp-millis"
            }
          ],
          "default": null,
          "doc": "When a human answered, UTC. Echat chatAnswerTime, Sobot access_human_time."
        },
        {
          "name": "ended_at",
          "type": [
            "null",
            {
              "type": "long",
              "logicalType": "timestamp-millis"
            }
          ],
          "default": null,
          "doc": "When it ended, UTC."
        },
        {
          "name": "end_reason",
          "type": {
            "type": "enum",
            "name": "EndReason",
            "symbols": [
              "UNKNOWN",
              "VISITOR_CLOSED",
              "STAFF_CLOSED",
              "VISITOR_TIMEOUT",
              "STAFF_LEFT",
              "SYSTEM_CLOSED",
              "VISITOR_IDLE",
              "QUEUE_ABANDONED",
              "LEAVE_MESSAGE_TIMEOUT",
              "TRANSFERRED_TO_HUMAN",
              "SUPERSEDED",
              "VISITOR_BLOCKED",
              "STAFF_REMOVED"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Why it ended."
        },
        {
          "name": "end_reason_code",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat chatEndType, Sobot offline_type, as sent (code or text)."
        },
        {
          "name": "total_ms",
          "type": [
            "null",
            "long"
          ],
          "default": null,
          "doc": "Length of the conversation. In ms."
        },
        {
          "name": "total_sent",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "The vendor's number as sent, before its unit was applied."
        },
        {
          "name": "wait_ms",
          "type": [
            "null",
            "long"
          ],
          "default": null,
          "doc": "Time in the queue. In ms."
        },
        {
          "name": "wait_sent",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "The vendor's number as sent, before its unit was applied."
        },
        {
          "name": "first_response_ms",
          "type": [
            "null",
            "long"
          ],
          "default": null,
          "doc": "Until the first human answer. In ms."
        },
        {
          "name": "first_response_sent",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "The vendor's number as sent, before its unit was applied."
        },
        {
          "name": "average_response_ms",
          "type": [
            "null",
            "long"
          ],
          "default": null,
          "doc": "Mean time to answer. In ms."
        },
        {
          "name": "average_response_sent",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "The vendor's number as sent, before its unit was applied."
        },
        {
          "name": "visitor_message_count",
          "type": [
            "null",
            "long"
          ],
          "default": null,
          "doc": "Messages of the visitor to humans."
        },
        {
          "name": "staff_message_count",
          "type": [
            "null",
            "long"
          ],
          "default": null,
          "doc": "Messages of staff."
        },
        {
          "name": "page_url",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Page where it was opened."
        },
        {
          "name": "page_title",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Its title."
        },
        {
          "name": "visitor_ip",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent, may be cut."
        },
        {
          "name": "transcript",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "The whole conversation as one text, as it came. Echat chatContent."
        },
        {
          "name": "attributes",
          "type": {
            "type": "array",
            "items": {
              "type": "record",
              "name": "Attribute",
              "fields": [
                {
                  "name": "name",
                  "type": "string",
                  "doc": "Path within the record, e.g. chatData.chatEntrance or result_list[0].value."
                },
                {
                  "name": "value",
                  "type": "string",
                  "doc": "The value as sent; numbers keep their source text."
                }
              ]
            }
          },
          "default": [],
          "doc": "Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers."
        }
      ]
    }
  ],
  "dead-letter": [
    {
      "type": "record",
      "name": "DeadLetter",
      "namespace": "sluice",
      "doc": "A record that could not go on, with everything needed to try it again.",
      "fields": [
        {
          "name": "id",
          "type": "string",
          "doc": "Hash of the original bytes, or the id of the event."
        },
        {
          "name": "stage",
          "type": {
            "type": "enum",
            "name": "Stage",
            "symbols": [
              "UNKNOWN",
              "INGRESS",
              "NORMALIZER",
              "SINK_CLICKHOUSE",
              "SINK_ELASTICSEARCH"
            ],
            "default": "UNKNOWN"
          },
          "doc": "Where it stopped."
        },
        {
          "name": "reason",
          "type": {
            "type": "enum",
            "name": "Reason",
            "symbols": [
              "UNKNOWN",
              "UNDECRYPTABLE",
              "NO_ENVELOPE",
              "EMPTY",
              "DOCTYPE",
              "NOT_XML",
              "NOT_JSON",
              "TOO_LARGE",
              "UNKNOWN_SOURCE",
              "MAPPING_FAILED",
              "NOT_AVRO",
              "REFUSED_BY_STORE"
            ],
            "default": "UNKNOWN"
          },
          "doc": "Why: see docs/dead-letters.md."
        },
        {
          "name": "detail",
          "type": "string",
          "default": "",
          "doc": "For people. Never holds a secret or a payload."
        },
        {
          "name": "payload",
          "type": "bytes",
          "doc": "The original bytes, whole."
        },
        {
          "name": "headers",
          "type": {
            "type": "array",
            "items": {
              "type": "record",
              "name": "Header",
              "fields": [
                {
                  "name": "name",
                  "type": "string"
                },
                {
                  "name": "value",
                  "type": "string"
                }
              ]
            }
          },
          "default": [],
          "doc": "Headers of the original record, or those that a raw record would have had."
        },
        {
          "name": "source_id",
          "type": "string",
          "default": ""
        },
        {
          "name": "vendor",
          "type": {
            "type": "enum",
            "name": "Vendor",
            "symbols": [
              "UNKNOWN",
              "ECHAT",
              "SOBOT"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN"
        },
        {
          "name": "data_type",
          "type": "string",
          "default": ""
        },
        {
          "name": "topic",
          "type": "string",
          "default": "",
          "doc": "Topic of the original record; empty when it never reached one."
        },
        {
          "name": "partition",
          "type": "int",
          "default": -1
        },
        {
          "name": "offset",
          "type": "long",
          "default": -1
        },
        {
          "name": "key",
          "type": [
            "null",
            "bytes"
          ],
          "default": null,
          "doc": "Key of the original record."
        },
        {
          "name": "first_seen",
          "type": {
            "type": "long",
            "logicalType": "timestamp-millis"
          },
          "doc": "When the record was received first, UTC."
        },
        {
          "name": "attempts",
          "type": "int",
          "default": 1,
          "doc": "How often it was tried, redrives included."
        }
      ]
    }
  ],
  "message.v1": [
    {
      "type": "record",
      "name": "Message",
      "namespace": "sluice",
      "doc": "One message of a conversation, or the revocation of one.",
      "fields": [
        {
          "name": "meta",
          "type": {
            "type": "record",
            "name": "Meta",
            "fields": [
              {
                "name": "event_id",
                "type": {
                  "type": "string",
                  "logicalType": "uuid"
                },
                "doc": "UUIDv5 of source, data type, vendor message id, content hash and role: the same for a resend, a replay and a redrive."
              },
              {
                "name": "event_type",
                "type": "string",
                "doc": "What happened, e.g. conversation.started."
              },
              {
                "name": "vendor",
                "type": {
                  "type": "enum",
                  "name": "Vendor",
                  "symbols": [
                    "UNKNOWN",
                    "ECHAT",
                    "SOBOT"
                  ],
                  "default": "UNKNOWN"
                },
                "default": "UNKNOWN",
                "doc": "Who sent it."
              },
              {
                "name": "data_type",
                "type": "string",
                "default": "",
                "doc": "The vendor's own name of the data type: Echat's dataType, Sobot's type."
              },
              {
                "name": "source_id",
                "type": "string",
                "doc": "The configured source (one vendor account). Immutable."
              },
              {
                "name": "tenant",
                "type": "string",
                "default": "",
                "doc": "The tenant that the source belongs to."
              },
              {
                "name": "entity_key",
                "type": "string",
                "default": "",
                "doc": "What the event is about within its source: conversation, visitor, staff, skill or route id as sent. Latest state is per (event type, entity key)."
              },
              {
                "name": "occurred_at",
                "type": [
                  "null",
                  {
                    "type": "long",
                    "logicalType": "timestamp-millis"
                  }
                ],
                "default": null,
                "doc": "When it happened by the vendor's clock, UTC. Null when the vendor gives no usable time."
              },
              {
                "name": "received_at",
                "type": {
                  "type": "long",
                  "logicalType": "timestamp-millis"
                },
                "doc": "When ingress received the push, UTC."
              },
              {
                "name": "raw_topic",
                "type": "string",
                "default": "",
                "doc": "Topic of the raw record."
              },
              {
                "name": "raw_partition",
                "type": "int",
                "default": -1,
                "doc": "Partition of the raw record."
              },
              {
                "name": "raw_offset",
                "type": "long",
                "default": -1,
                "doc": "Offset of the raw record."
              },
              {
                "name": "mapping_version",
                "type": "int",
                "default": 0,
                "doc": "Version of the mapping. Of two copies of one event the one with the higher (received_at, mapping_version) wins."
              }
            ]
          },
          "doc": "Where the event comes from and how it is told apart."
        },
        {
          "name": "conversation_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent. Echat chatRecordId, Sobot cid."
        },
        {
          "name": "conversation_number",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat: the digits after the prefix."
        },
        {
          "name": "message_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot msgid. Echat turns have none."
        },
        {
          "name": "ordinal",
          "type": [
            "null",
            "int"
          ],
          "default": null,
          "doc": "Place within the transcript, from 0. Null where messages come one by one."
        },
        {
          "name": "kind",
          "type": {
            "type": "enum",
            "name": "MessageKind",
            "symbols": [
              "UNKNOWN",
              "TEXT",
              "REVOKED"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "REVOKED: a message was withdrawn; the vendor does not say which."
        },
        {
          "name": "sent_at",
          "type": [
            "null",
            {
              "type": "long",
              "logicalType": "timestamp-millis"
            }
          ],
          "default": null,
          "doc": "UTC."
        },
        {
          "name": "sender_role",
          "type": {
            "type": "enum",
            "name": "ParticipantRole",
            "symbols": [
              "UNKNOWN",
              "VISITOR",
              "ROBOT",
              "STAFF",
              "SYSTEM",
              "NONE"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Who sent it."
        },
        {
          "name": "sender_role_code",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot sender_type as sent."
        },
        {
          "name": "sender_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent."
        },
        {
          "name": "sender_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent."
        },
        {
          "name": "receiver_role",
          "type": "ParticipantRole",
          "default": "UNKNOWN",
          "doc": "Who it was for. NONE: an offline message without receiver."
        },
        {
          "name": "receiver_role_code",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot receiver_type as sent."
        },
        {
          "name": "receiver_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent."
        },
        {
          "name": "receiver_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent."
        },
        {
          "name": "text",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "The content as sent; may hold HTML."
        },
        {
          "name": "knowledge_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Knowledge base entry that a robot answered with. Sobot docid."
        },
        {
          "name": "knowledge_title",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Its title. Sobot doc_name."
        },
        {
          "name": "offline",
          "type": [
            "null",
            "boolean"
          ],
          "default": null,
          "doc": "Sent while nobody was there. Sobot msg_offline."
        },
        {
          "name": "attributes",
          "type": {
            "type": "array",
            "items": {
              "type": "record",
              "name": "Attribute",
              "fields": [
                {
                  "name": "name",
                  "type": "string",
                  "doc": "Path within the record, e.g. chatData.chatEntrance or result_list[0].value."
                },
                {
                  "name": "value",
                  "type": "string",
                  "doc": "The value as sent; numbers keep their source text."
                }
              ]
            }
          },
          "default": [],
          "doc": "Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers."
        }
      ]
    }
  ],
  "other.v1": [
    {
      "type": "record",
      "name": "Other",
      "namespace": "sluice",
      "doc": "An event of a data type that has no topic of its own yet, or that nobody knows: all of its values are attributes.",
      "fields": [
        {
          "name": "meta",
          "type": {
            "type": "record",
            "name": "Meta",
            "fields": [
              {
                "name": "event_id",
                "type": {
                  "type": "string",
                  "logicalType": "uuid"
                },
                "doc": "UUIDv5 of source, data type, vendor message id, content hash and role: the same for a resend, a replay and a redrive."
              },
              {
                "name": "event_type",
                "type": "string",
                "doc": "What happened, e.g. conversation.started."
              },
              {
                "name": "vendor",
                "type": {
                  "type": "enum",
                  "name": "Vendor",
                  "symbols": [
                    "UNKNOWN",
                    "ECHAT",
                    "SOBOT"
                  ],
                  "default": "UNKNOWN"
                },
                "default": "UNKNOWN",
                "doc": "Who sent it."
              },
              {
                "name": "data_type",
                "type": "string",
                "default": "",
                "doc": "The vendor's own name of the data type: Echat's dataType, Sobot's type."
              },
              {
                "name": "source_id",
                "type": "string",
                "doc": "The configured source (one vendor account). Immutable."
              },
              {
                "name": "tenant",
                "type": "string",
                "default": "",
                "doc": "The tenant that the source belongs to."
              },
              {
                "name": "entity_key",
                "type": "string",
                "default": "",
                "doc": "What the event is about within its source: conversation, visitor, staff, skill or route id as sent. Latest state is per (event type, entity key)."
              },
              {
                "name": "occurred_at",
                "type": [
                  "null",
                  {
                    "type": "long",
                    "logicalType": "timestamp-millis"
                  }
                ],
                "default": null,
                "doc": "When it happened by the vendor's clock, UTC. Null when the vendor gives no usable time."
              },
              {
                "name": "received_at",
                "type": {
                  "type": "long",
                  "logicalType": "timestamp-millis"
                },
                "doc": "When ingress received the push, UTC."
              },
              {
                "name": "raw_topic",
                "type": "string",
                "default": "",
                "doc": "Topic of the raw record."
              },
              {
                "name": "raw_partition",
                "type": "int",
                "default": -1,
                "doc": "Partition of the raw record."
              },
              {
                "name": "raw_offset",
                "type": "long",
                "default": -1,
                "doc": "Offset of the raw record."
              },
              {
                "name": "mapping_version",
                "type": "int",
                "default": 0,
                "doc": "Version of the mapping. Of two copies of one event the one with the higher (received_at, mapping_version) wins."
              }
            ]
          },
          "doc": "Where the event comes from and how it is told apart."
        },
        {
          "name": "attributes",
          "type": {
            "type": "array",
            "items": {
              "type": "record",
              "name": "Attribute",
              "fields": [
                {
                  "name": "name",
                  "type": "string",
                  "doc": "Path within the record, e.g. chatData.chatEntrance or result_list[0].value."
                },
                {
                  "name": "value",
                  "type": "string",
                  "doc": "The value as sent; numbers keep their source text."
                }
              ]
            }
          },
          "default": [],
          "doc": "Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers."
        }
      ]
    }
  ],
  "rating.v1": [
    {
      "type": "record",
      "name": "Rating",
      "namespace": "sluice",
      "doc": "A visitor's rating of a conversation.",
      "fields": [
        {
          "name": "meta",
          "type": {
            "type": "record",
            "name": "Meta",
            "fields": [
              {
                "name": "event_id",
                "type": {
                  "type": "string",
                  "logicalType": "uuid"
                },
                "doc": "UUIDv5 of source, data type, vendor message id, content hash and role: the same for a resend, a replay and a redrive."
              },
              {
                "name": "event_type",
                "type": "string",
                "doc": "What happened, e.g. conversation.started."
              },
              {
                "name": "vendor",
                "type": {
                  "type": "enum",
                  "name": "Vendor",
                  "symbols": [
                    "UNKNOWN",
                    "ECHAT",
                    "SOBOT"
                  ],
                  "default": "UNKNOWN"
                },
                "default": "UNKNOWN",
                "doc": "Who sent it."
              },
              {
                "name": "data_type",
                "type": "string",
                "default": "",
                "doc": "The vendor's own name of the data type: Echat's dataType, Sobot's type."
              },
              {
                "name": "source_id",
                "type": "string",
                "doc": "The configured source (one vendor account). Immutable."
              },
              {
                "name": "tenant",
                "type": "string",
                "default": "",
                "doc": "The tenant that the source belongs to."
              },
              {
                "name": "entity_key",
                "type": "string",
                "default": "",
                "doc": "What the event is about within its source: conversation, visitor, staff, skill or route id as sent. Latest state is per (event type, entity key)."
              },
              {
                "name": "occurred_at",
                "type": [
                  "null",
                  {
                    "type": "long",
                    "logicalType": "timestamp-millis"
                  }
                ],
                "default": null,
                "doc": "When it happened by the vendor's clock, UTC. Null when the vendor gives no usable time."
              },
              {
                "name": "received_at",
                "type": {
                  "type": "long",
                  "logicalType": "timestamp-millis"
                },
                "doc": "When ingress received the push, UTC."
              },
              {
                "name": "raw_topic",
                "type": "string",
                "default": "",
                "doc": "Topic of the raw record."
              },
              {
                "name": "raw_partition",
                "type": "int",
                "default": -1,
                "doc": "Partition of the raw record."
              },
              {
                "name": "raw_offset",
                "type": "long",
                "default": -1,
                "doc": "Offset of the raw record."
              },
              {
                "name": "mapping_version",
                "type": "int",
                "default": 0,
                "doc": "Version of the mapping. Of two copies of one event the one with the higher (received_at, mapping_version) wins."
              }
            ]
          },
          "doc": "Where the event comes from and how it is told apart."
        },
        {
          "name": "conversation_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent. Echat chatRecordId, Sobot cid."
        },
        {
          "name": "conversation_number",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat: the digits after the prefix."
        },
        {
          "name": "target_role",
          "type": {
            "type": "enum",
            "name": "ParticipantRole",
            "symbols": [
              "UNKNOWN",
              "VISITOR",
              "ROBOT",
              "STAFF",
              "SYSTEM",
              "NONE"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Who was rated: STAFF or ROBOT."
        },
        {
          "name": "staff_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Staff id as sent. Echat chatStaffId, Sobot staffid."
        },
        {
          "name": "staff_account",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Login name of the staff. Echat chatStaffLogname, Sobot staff_emails."
        },
        {
          "name": "staff_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Name of the staff. Echat chatStaffName, Sobot staff_name."
        },
        {
          "name": "department_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Skill group as sent; Echat 0 = everybody. Echat chatDepartmentId, Sobot lastgroupid or groupid."
        },
        {
          "name": "department_name",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Name of the skill group."
        },
        {
          "name": "visitor_id",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot visitorid."
        },
        {
          "name": "channel",
          "type": {
            "type": "enum",
            "name": "Channel",
            "symbols": [
              "UNKNOWN",
              "WEB",
              "MOBILE_WEB",
              "APP",
              "WECHAT",
              "WECHAT_WORK",
              "WECHAT_SERVICE",
              "MINI_PROGRAM",
              "WEIBO",
              "PHONE",
              "TICKET",
              "CUSTOMER_CENTER",
              "SEARCH_ADVERTISING",
              "SOCIAL",
              "CUSTOM"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Where the visitor is."
        },
        {
          "name": "channel_code",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot source as sent."
        },
        {
          "name": "score",
          "type": [
            "null",
            "int"
          ],
          "default": null,
          "doc": "1 (very bad) to 5 (very good)."
        },
        {
          "name": "score_sent",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent."
        },
        {
          "name": "nps_score",
          "type": [
            "null",
            "int"
          ],
          "default": null,
          "doc": "0 to 10. Sobot nps_score."
        },
        {
          "name": "nps_score_sent",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent."
        },
        {
          "name": "solved",
          "type": {
            "type": "enum",
            "name": "Solved",
            "symbols": [
              "UNKNOWN",
              "SOLVED",
              "UNSOLVED",
              "NOT_ASKED"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Was the matter solved?"
        },
        {
          "name": "solved_code",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot solved as sent."
        },
        {
          "name": "initiative",
          "type": {
            "type": "enum",
            "name": "RatingInitiative",
            "symbols": [
              "UNKNOWN",
              "INVITED",
              "VOLUNTEERED"
            ],
            "default": "UNKNOWN"
          },
          "default": "UNKNOWN",
          "doc": "Whose idea the rating was."
        },
        {
          "name": "initiative_code",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Sobot comment_type as sent."
        },
        {
          "name": "tags",
          "type": {
            "type": "array",
            "items": "string"
          },
          "default": [],
          "doc": "Echat scoreDimension, Sobot tag, split at commas."
        },
        {
          "name": "tags_sent",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "As sent."
        },
        {
          "name": "comment",
          "type": [
            "null",
            "string"
          ],
          "default": null,
          "doc": "Echat scoreSuggest, Sobot remark."
        },
        {
          "name": "attributes",
          "type": {
            "type": "array",
            "items": {
              "type": "record",
              "name": "Attribute",
              "fields": [
                {
                  "name": "name",
                  "type": "string",
                  "doc": "Path within the record, e.g. chatData.chatEntrance or result_list[0].value."
                },
                {
                  "name": "value",
                  "type": "string",
                  "doc": "The value as sent; numbers keep their source text."
                }
              ]
            }
          },
          "default": [],
          "doc": "Every value that the vendor sent and no typed field holds, by its path in the payload. An array, not a map: a map key named __proto__ is lost in some readers."
        }
      ]
    }
  ]
} as const;

