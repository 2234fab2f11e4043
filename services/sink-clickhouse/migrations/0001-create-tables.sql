-- One table for each canonical topic: a row for each copy of an event that was written. ReplacingMergeTree keeps
-- the copy of the highest version when it merges; until then several may stand in a table, so readers read
-- the views <table>_latest.
--
-- The partition is the month of the vendor's clock in UTC, years before 2000 and after 2100 filed under
-- their nearest month, and 0 where the vendor gives no time. A resend has the same time and so the same partition.

CREATE TABLE IF NOT EXISTS conversation (
  event_id UUID,
  event_type LowCardinality(String),
  vendor LowCardinality(String),
  data_type LowCardinality(String),
  source_id LowCardinality(String),
  tenant LowCardinality(String),
  entity_key String,
  occurred_at Nullable(DateTime64(3, 'UTC')),
  received_at DateTime64(3, 'UTC'),
  raw_topic LowCardinality(String),
  raw_partition Int32,
  raw_offset Int64,
  mapping_version Int32,
  conversation_id Nullable(String),
  conversation_number Nullable(String),
  phase LowCardinality(String),
  kind LowCardinality(String),
  kind_code Nullable(String),
  channel LowCardinality(String),
  channel_code Nullable(String),
  visitor_id Nullable(String),
  visitor_name Nullable(String),
  partner_id Nullable(String),
  staff_id Nullable(String),
  staff_account Nullable(String),
  staff_name Nullable(String),
  department_id Nullable(String),
  department_name Nullable(String),
  route_id Nullable(String),
  route_name Nullable(String),
  robot_id Nullable(String),
  robot_name Nullable(String),
  requested_at Nullable(DateTime64(3, 'UTC')),
  started_at Nullable(DateTime64(3, 'UTC')),
  answered_at Nullable(DateTime64(3, 'UTC')),
  ended_at Nullable(DateTime64(3, 'UTC')),
  end_reason LowCardinality(String),
  end_reason_code Nullable(String),
  total_ms Nullable(Int64),
  total_sent Nullable(String),
  wait_ms Nullable(Int64),
  wait_sent Nullable(String),
  first_response_ms Nullable(Int64),
  first_response_sent Nullable(String),
  average_response_ms Nullable(Int64),
  average_response_sent Nullable(String),
  visitor_message_count Nullable(Int64),
  staff_message_count Nullable(Int64),
  page_url Nullable(String),
  page_title Nullable(String),
  visitor_ip Nullable(String),
  transcript Nullable(String),
  attributes Array(Tuple(name String, value String)),
  version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(
  isNull(occurred_at),
  0,
  toYYYYMM(
    least(
      greatest(assumeNotNull(occurred_at), toDateTime64('2000-01-01 00:00:00', 3, 'UTC')),
      toDateTime64('2100-12-31 23:59:59', 3, 'UTC')
    )
  )
)
ORDER BY (source_id, entity_key, event_id)
-- The server drops an insert whose deduplication token is among the last thousand.
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS message (
  event_id UUID,
  event_type LowCardinality(String),
  vendor LowCardinality(String),
  data_type LowCardinality(String),
  source_id LowCardinality(String),
  tenant LowCardinality(String),
  entity_key String,
  occurred_at Nullable(DateTime64(3, 'UTC')),
  received_at DateTime64(3, 'UTC'),
  raw_topic LowCardinality(String),
  raw_partition Int32,
  raw_offset Int64,
  mapping_version Int32,
  conversation_id Nullable(String),
  conversation_number Nullable(String),
  message_id Nullable(String),
  ordinal Nullable(Int32),
  kind LowCardinality(String),
  sent_at Nullable(DateTime64(3, 'UTC')),
  sender_role LowCardinality(String),
  sender_role_code Nullable(String),
  sender_id Nullable(String),
  sender_name Nullable(String),
  receiver_role LowCardinality(String),
  receiver_role_code Nullable(String),
  receiver_id Nullable(String),
  receiver_name Nullable(String),
  text Nullable(String),
  knowledge_id Nullable(String),
  knowledge_title Nullable(String),
  offline Nullable(Bool),
  attributes Array(Tuple(name String, value String)),
  version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(
  isNull(occurred_at),
  0,
  toYYYYMM(
    least(
      greatest(assumeNotNull(occurred_at), toDateTime64('2000-01-01 00:00:00', 3, 'UTC')),
      toDateTime64('2100-12-31 23:59:59', 3, 'UTC')
    )
  )
)
ORDER BY (source_id, entity_key, event_id)
-- The server drops an insert whose deduplication token is among the last thousand.
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS rating (
  event_id UUID,
  event_type LowCardinality(String),
  vendor LowCardinality(String),
  data_type LowCardinality(String),
  source_id LowCardinality(String),
  tenant LowCardinality(String),
  entity_key String,
  occurred_at Nullable(DateTime64(3, 'UTC')),
  received_at DateTime64(3, 'UTC'),
  raw_topic LowCardinality(String),
  raw_partition Int32,
  raw_offset Int64,
  mapping_version Int32,
  conversation_id Nullable(String),
  conversation_number Nullable(String),
  target_role LowCardinality(String),
  staff_id Nullable(String),
  staff_account Nullable(String),
  staff_name Nullable(String),
  department_id Nullable(String),
  department_name Nullable(String),
  visitor_id Nullable(String),
  channel LowCardinality(String),
  channel_code Nullable(String),
  score Nullable(Int32),
  score_sent Nullable(String),
  nps_score Nullable(Int32),
  nps_score_sent Nullable(String),
  solved LowCardinality(String),
  solved_code Nullable(String),
  initiative LowCardinality(String),
  initiative_code Nullable(String),
  tags Array(String),
  tags_sent Nullable(String),
  comment Nullable(String),
  attributes Array(Tuple(name String, value String)),
  version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(
  isNull(occurred_at),
  0,
  toYYYYMM(
    least(
      greatest(assumeNotNull(occurred_at), toDateTime64('2000-01-01 00:00:00', 3, 'UTC')),
      toDateTime64('2100-12-31 23:59:59', 3, 'UTC')
    )
  )
)
ORDER BY (source_id, entity_key, event_id)
-- The server drops an insert whose deduplication token is among the last thousand.
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS other (
  event_id UUID,
  event_type LowCardinality(String),
  vendor LowCardinality(String),
  data_type LowCardinality(String),
  source_id LowCardinality(String),
  tenant LowCardinality(String),
  entity_key String,
  occurred_at Nullable(DateTime64(3, 'UTC')),
  received_at DateTime64(3, 'UTC'),
  raw_topic LowCardinality(String),
  raw_partition Int32,
  raw_offset Int64,
  mapping_version Int32,
  attributes Array(Tuple(name String, value String)),
  version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(
  isNull(occurred_at),
  0,
  toYYYYMM(
    least(
      greatest(assumeNotNull(occurred_at), toDateTime64('2000-01-01 00:00:00', 3, 'UTC')),
      toDateTime64('2100-12-31 23:59:59', 3, 'UTC')
    )
  )
)
ORDER BY (source_id, entity_key, event_id)
-- The server drops an insert whose deduplication token is among the last thousand.
SETTINGS non_replicated_deduplication_window = 1000;

CREATE VIEW IF NOT EXISTS conversation_latest AS SELECT * FROM conversation FINAL;
CREATE VIEW IF NOT EXISTS message_latest AS SELECT * FROM message FINAL;
CREATE VIEW IF NOT EXISTS rating_latest AS SELECT * FROM rating FINAL;
CREATE VIEW IF NOT EXISTS other_latest AS SELECT * FROM other FINAL;
