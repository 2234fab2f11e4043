import type { Identifiers } from '@sluice/simulator/identifiers';
import { inventCustomer, staff } from '@sluice/simulator/people';
import { topics } from '@sluice/simulator/phrases';
import type { Random } from '@sluice/simulator/random';

/** One webhook event of the documentation's "Event types". */
export interface ZendeskEvent {
  readonly dataType: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/**
 * What one account pushes, without end: a customer, his ticket, what is said of it, and how it ends, with agents who come
 * and go between.
 * @param moment epoch ms, asked for each ticket; it ended before that
 */
export function* zendeskTraffic(
  random: Random,
  identifiers: Identifiers,
  accountId: string,
  moment: () => number,
): Generator<ZendeskEvent, never> {
  for (;;) {
    const make = (
      dataType: string,
      subject: string,
      at: number,
      detail: Readonly<Record<string, unknown>>,
      event: Readonly<Record<string, unknown>>,
    ): ZendeskEvent => ({
      dataType,
      event: {
        account_id: Number(accountId),
        detail,
        event,
        id: identifiers.hex(),
        subject: `zen:${subject}`,
        time: new Date(at).toISOString(),
        type: `zen:event-type:${dataType}`,
        zendesk_event_version: '2022-11-06',
      },
    });
    yield* tellTicket(random, identifiers, moment(), make);
  }
}

type Make = (
  dataType: string,
  subject: string,
  at: number,
  detail: Readonly<Record<string, unknown>>,
  event: Readonly<Record<string, unknown>>,
) => ZendeskEvent;

function* tellTicket(
  random: Random,
  identifiers: Identifiers,
  endsAt: number,
  make: Make,
): Generator<ZendeskEvent, void> {
  const customer = inventCustomer(random);
  const topic = random.pick(topics);
  const agent = random.pick(staff);
  const [customerId, ticketId] = [identifiers.number(), identifiers.number()];
  let at = endsAt - random.integer(30 * 60_000, 45 * 60_000);
  const later = () => (at += random.integer(1_000, 60_000));
  const createdAt = new Date(at).toISOString();
  const ticket = (status: string) => ({
    actor_id: agent.number,
    assignee_id: agent.number,
    created_at: createdAt,
    description: topic.memo,
    external_id: null,
    group_id: agent.department.number,
    id: ticketId,
    is_public: true,
    priority: random.pick(['LOW', 'NORMAL', 'HIGH']),
    requester_id: customerId,
    status,
    subject: topic.subject,
    submitter_id: customerId,
    tags: [topic.keyword],
    type: random.pick(['TASK', 'QUESTION']),
    updated_at: new Date(at).toISOString(),
    via: { channel: 'web_service' },
  });

  const user = { created_at: createdAt, email: customer.email, id: customerId, role: 'end-user' };
  yield make('user.created', `user:${customerId}`, at, user, {});
  yield make('ticket.created', `ticket:${ticketId}`, later(), ticket('NEW'), {});
  yield make(
    'agent.unified_state_changed',
    `agent:${agent.number}`,
    later(),
    { agent_id: agent.number },
    {
      new_unified_state: { id: '2', name: random.pick(['online', 'away', 'offline']), reason: 'AGENT_LOGIN' },
      updated_at: new Date(at).toISOString(),
    },
  );
  for (const [who, body] of topic.turns) {
    const author =
      who === 's'
        ? { id: Number(agent.number), is_staff: true, name: agent.name }
        : { id: Number(customerId), is_staff: false, name: customer.name };
    const comment = { id: Number(identifiers.number()), body, is_public: !random.chance(0.1), author };
    yield make('ticket.comment_added', `ticket:${ticketId}`, later(), ticket('OPEN'), { comment });
  }
  const solved = { current: 'SOLVED', previous: 'OPEN' };
  yield make('ticket.status_changed', `ticket:${ticketId}`, later(), ticket('SOLVED'), solved);
}
