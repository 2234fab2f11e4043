-- Who gave a conversation to whom? A row for each transfer that a vendor sends as a step of its own. Others
-- send all agents of a conversation, and not when each of them took it.
--
-- from_agent and to_agent are the id, else the account, else the name: the agent of agent_directory. They are one agent
-- where the vendor sends one id for both. transferred_at is the vendor's time of the transfer, or its receipt where there
-- is none.
CREATE OR REPLACE VIEW transfer AS
SELECT
  c.source_id AS source_id,
  c.event_id AS event_id,
  c.conversation_id AS conversation_id,
  coalesce(c.occurred_at, c.received_at) AS transferred_at,
  coalesce(nullIf(c.from_staff_id, ''), nullIf(c.from_staff_account, ''), nullIf(c.from_staff_name, '')) AS from_agent,
  nullIf(c.from_staff_account, '') AS from_staff_account,
  nullIf(c.from_staff_name, '') AS from_staff_name,
  coalesce(nullIf(c.to_staff_id, ''), nullIf(c.to_staff_account, ''), nullIf(c.to_staff_name, '')) AS to_agent,
  nullIf(c.to_staff_account, '') AS to_staff_account,
  nullIf(c.to_staff_name, '') AS to_staff_name
FROM conversation_latest AS c
WHERE c.phase = 'TRANSFERRED'
-- between: AND transferred_at >= {from: DateTime64(3, 'Asia/Shanghai')}
-- between: AND transferred_at < {to: DateTime64(3, 'Asia/Shanghai')}
