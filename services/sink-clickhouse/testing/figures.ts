import type {
  Conversation,
  Message,
  PageView,
  Rating,
  StaffAction,
  StaffShare,
  Visit,
} from '@sluice/schemas/schemas';
import type { StoreItem } from '@sluice/sink/store';

/**
 * What the ready-made views state, computed by a plain program over events: one function for each view, written from
 * the description at the top of its file. Nothing here is fast, and nothing is taken from the SQL.
 */
export interface Events {
  readonly conversations: readonly Conversation[];
  readonly messages: readonly Message[];
  readonly ratings: readonly Rating[];
  readonly visits: readonly Visit[];
  readonly pageViews: readonly PageView[];
  readonly actions: readonly StaffAction[];
}

/** Moments, epoch ms: from, and before to. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

type AnyEvent = Conversation | Message | Rating | Visit | PageView | StaffAction;

const hour = 3_600_000;
const day = 24 * hour;
/** How far around a span its view reads. */
const reach = 3 * day;
const beijing = 8 * hour;
const dayOf = (at: number): number => Math.floor((at + beijing) / day);
export const shownDay = (at: number): string => new Date(at + beijing).toISOString().slice(0, 10);
const atOf = ({ meta }: AnyEvent): number => meta.occurred_at ?? meta.received_at;
const sent = <T>(value: T | null | undefined): T | null =>
  value === undefined || value === '' ? null : value;

/** Each event once, in its highest version. */
export function latestOf(items: readonly StoreItem[]): Events {
  const latest = new Map<string, StoreItem>();
  for (const item of items)
    if ((latest.get(item.id)?.version ?? -1) < item.version) latest.set(item.id, item);
  const of = <T>(topic: string): T[] =>
    [...latest.values()].filter((item) => item.topic === topic).map(({ event }) => event as unknown as T);
  return {
    conversations: of('conversation.v1'),
    messages: of('message.v1'),
    ratings: of('rating.v1'),
    visits: of('visit.v1'),
    pageViews: of('page-view.v1'),
    actions: of('staff-action.v1'),
  };
}

/** What the view of a span reads; all, without one. */
function readFor(events: Events, span: Span | null): Events {
  if (!span) return events;
  const near = <T extends AnyEvent>(list: readonly T[]): T[] =>
    list.filter((event) => atOf(event) >= span.from - reach && atOf(event) < span.to + reach);
  return {
    conversations: near(events.conversations),
    messages: near(events.messages),
    ratings: near(events.ratings),
    visits: near(events.visits),
    pageViews: near(events.pageViews),
    actions: near(events.actions),
  };
}

const isWithin = (at: number | null, span: Span | null): boolean =>
  !span || (at !== null && at >= span.from && at < span.to);

const kinds: Readonly<Record<string, string>> = { 1: 'HUMAN', 2: 'BUSY', 3: 'LEAVE_MESSAGE', 5: 'ROBOT' };
const prefixOf = (id: string): string => id.replace(/_.*/, '');
const isBare = (event: { conversation_id: string | null; conversation_number: string | null }): boolean =>
  event.conversation_number !== null && event.conversation_id === event.conversation_number;

/** The conversation that an event is of; '' for none. `kind` is what the event says of it, or ''. */
function conversationOf(
  event: Conversation | Message | Rating | StaffAction,
  kind: string,
  at: number,
  { conversations }: Events,
): string {
  const id = event.conversation_id ?? '';
  if (!isBare(event)) return id;
  const candidates = new Map<string, number[]>();
  for (const one of conversations) {
    const other = one.conversation_id ?? '';
    if (one.meta.source_id !== event.meta.source_id || one.conversation_number !== id) continue;
    if (!other.includes('_')) continue;
    const otherKind = kinds[prefixOf(other)] === 'BUSY' ? 'HUMAN' : kinds[prefixOf(other)];
    if (kind !== '' && kind !== otherKind) continue;
    candidates.set(other, [...(candidates.get(other) ?? []), atOf(one)]);
  }
  const apart = ([, times]: [string, number[]]): number =>
    Math.max(0, Math.min(...times) - at, at - Math.max(...times));
  const nearest = [...candidates]
    .filter((one) => apart(one) <= 7 * day)
    .sort((one, other) => apart(one) - apart(other) || (one[0] < other[0] ? -1 : 1))[0];
  return nearest?.[0] ?? id;
}

const kindSaid = (kind: string): string => (kind === 'BUSY' ? 'HUMAN' : kind === 'UNKNOWN' ? '' : kind);
const ofStep = (step: Conversation, events: Events): string =>
  conversationOf(step, kindSaid(step.kind), atOf(step), events);
const ofRating = (rating: Rating, events: Events): string =>
  conversationOf(
    rating,
    (sent(rating.staff_id) ?? sent(rating.staff_name)) ? 'HUMAN' : '',
    atOf(rating),
    events,
  );
const kindsOfTranscripts: Readonly<Record<string, string>> = {
  chatContent: 'HUMAN',
  leaveMsgContent: 'LEAVE_MESSAGE',
  robotChatContent: 'ROBOT',
};
const ofMessage = (message: Message, events: Events): string =>
  conversationOf(
    message,
    kindsOfTranscripts[message.meta.data_type] ?? '',
    message.sent_at ?? atOf(message),
    events,
  );

interface Agent {
  readonly id: string | null;
  readonly account: string | null;
  readonly name: string | null;
}
const nameOf = ({ id, account, name }: Agent): string | null => id ?? account ?? name;

const listed = (step: Conversation): string[] => step.staff_shares.map(({ staff_id }) => staff_id ?? '');

/** Who an agent is that a record names by e-mail and name alone, of the list if it has one; null if nobody knows. */
function identityOf(step: Conversation, { conversations, ratings }: Events): string | null {
  const ids = listed(step);
  if (sent(step.staff_id) !== null || ids.length === 1) return null;
  const ties = [
    ...conversations
      .filter(({ phase }) => phase !== 'TRANSFERRED')
      .map((one) => ({
        id: sent(one.staff_id) ?? (one.staff_shares.length === 1 ? (listed(one)[0] ?? null) : null),
        account: one.staff_account,
        name: one.staff_name,
        event: one,
      })),
    ...ratings
      .filter(({ target_role }) => target_role !== 'ROBOT')
      .map((one) => ({ id: one.staff_id, account: one.staff_account, name: one.staff_name, event: one })),
  ].flatMap((tie) => {
    const apart = Math.abs(dayOf(atOf(tie.event)) - dayOf(atOf(step)));
    const isOne = tie.event.meta.source_id === step.meta.source_id && apart <= 7;
    const id = sent(tie.id);
    return isOne && id !== null && (ids.length === 0 || ids.includes(id)) ? [{ ...tie, id, apart }] : [];
  });
  const byAccount = ties
    .filter(({ account }) => sent(account) !== null && account === step.staff_account)
    .sort((one, other) => one.apart - other.apart || (one.id < other.id ? -1 : 1));
  if (byAccount[0]) return byAccount[0].id;
  const byName = new Set(
    ties.filter(({ name }) => sent(name) !== null && name === step.staff_name).map(({ id }) => id),
  );
  const [name = null, another] = byName;
  return another === undefined ? name : null;
}

function agentOf(step: Conversation, events: Events): Agent {
  if (step.phase === 'TRANSFERRED')
    return {
      id: sent(step.to_staff_id),
      account: sent(step.to_staff_account),
      name: sent(step.to_staff_name),
    };
  const alone =
    step.phase === 'RECORDED' && step.staff_shares.length === 1 ? (listed(step)[0] ?? null) : null;
  return {
    id: sent(step.staff_id) ?? alone ?? identityOf(step, events),
    account: sent(step.staff_account),
    name: sent(step.staff_name),
  };
}

export interface State {
  readonly source: string;
  readonly id: string;
  readonly kind: string;
  readonly phase: string;
  readonly channel: string;
  readonly agent: Agent;
  readonly began: number | null;
  readonly answered: number | null;
  readonly phases: readonly string[];
  readonly endReason: string;
  readonly queueState: string;
  readonly wait: number | null;
  readonly handle: number | null;
  readonly firstResponse: number | null;
  readonly shares: readonly StaffShare[];
  /** Of each column that the newest step tells which has something to tell. */
  readonly told: Readonly<Record<string, unknown>>;
}

const known = (symbol: string | undefined): string | null =>
  symbol === undefined || symbol === 'UNKNOWN' ? null : symbol;

/** What conversation_state merges column by column, each as one step tells it; null and '' are not told. */
export const toldByStep: Readonly<Record<string, (step: Conversation) => unknown>> = {
  vendor_id: ({ meta }) => meta.vendor_id,
  tenant: ({ meta }) => meta.tenant,
  conversation_number: (step) => step.conversation_number,
  last_step_at: ({ meta }) => meta.occurred_at,
  channel_code: (step) => step.channel_code,
  subchannel_name: (step) => step.subchannel_name,
  opening: (step) => known(step.opening),
  entrance: (step) => step.entrance,
  visitor_id: (step) => step.visitor_id,
  visitor_name: (step) => step.visitor_name,
  partner_id: (step) => step.partner_id,
  visitor_province: (step) => step.visitor?.province,
  visitor_city: (step) => step.visitor?.city,
  search_engine: (step) => known(step.search?.engine),
  search_keyword: (step) => step.search?.keyword,
  landing_page_url: (step) => step.landing_page?.url,
  page_url: (step) => step.page_url,
  page_title: (step) => step.page_title,
  route_id: (step) => step.route_id,
  route_name: (step) => step.route_name,
  robot_id: (step) => step.robot_id,
  robot_name: (step) => step.robot_name,
  requested_at: (step) => step.requested_at,
  started_at: (step) => step.started_at,
  answered_at: (step) => step.answered_at,
  ended_at: (step) => step.ended_at,
  total_ms: (step) => step.total_ms,
  average_response_ms: (step) => (hasAnswers(step) ? step.average_response_ms : null),
  human_handle_ms: (step) => step.human_handle_ms,
  visitor_message_count: (step) => step.visitor_message_count,
  staff_message_count: (step) => step.staff_message_count,
  rating_invited: (step) => step.rating_invited,
};
const hasAnswers = (step: Conversation): boolean =>
  step.response_count !== 0 && step.staff_message_count !== 0;

const partsOfShares = [
  ...(['staff_id', 'staff_account', 'staff_name', 'first_response_ms', 'average_response_ms'] as const),
  ...(['handle_ms', 'visitor_message_count', 'staff_message_count'] as const),
];
const columnsOfShares = partsOfShares.map((part) => `staff_shares.${part}`);
/** Every other column of conversation_state, in an order of this program's own. */
export const toldColumns = [
  ...Object.keys(toldByStep),
  'department_id',
  'department_name',
  ...columnsOfShares,
];

/** conversation_state: the steps of each conversation, laid over one another from the oldest to the newest. */
export function statesOf(all: Events, span: Span | null): State[] {
  const events = readFor(all, span);
  const version = ({ meta }: Conversation): number => meta.received_at;
  const groups = Map.groupBy(
    events.conversations.filter(({ conversation_id: id }) => sent(id) !== null),
    (step) => JSON.stringify([step.meta.source_id, ofStep(step, events)]),
  );
  const states = [...groups].map(([key, group]): State => {
    const [source, id] = JSON.parse(key) as [string, string];
    const steps = group.sort(
      (one, other) =>
        (one.meta.occurred_at ?? -Infinity) - (other.meta.occurred_at ?? -Infinity) ||
        version(one) - version(other),
    );
    const newest = <T>(value: (step: Conversation) => T | null | undefined): T | null =>
      steps.reduceRight<T | null>((found, step) => found ?? sent(value(step)), null);
    const knownOf = (value: (step: Conversation) => string): string =>
      newest((step) => (value(step) === 'UNKNOWN' ? null : value(step))) ?? 'UNKNOWN';
    const nobody: Agent = { id: null, account: null, name: null };
    const times = [
      newest((step) => step.requested_at),
      newest((step) => step.started_at),
      newest((step) => step.answered_at),
      newest((step) => step.ended_at),
      newest((step) => step.meta.occurred_at),
    ];
    const isNumbered = steps.some((step) => step.conversation_number !== null) && id.includes('_');
    const shares = newest((step) => (step.staff_shares.length > 0 ? step.staff_shares : null)) ?? [];
    const department = newest((step) =>
      (sent(step.department_id) ?? sent(step.department_name)) === null ? null : step,
    );
    const unknown: Readonly<Record<string, string>> = { opening: 'UNKNOWN', search_engine: 'UNKNOWN' };
    const told = {
      ...Object.fromEntries(
        Object.entries(toldByStep).map(([column, of]) => [column, newest(of) ?? unknown[column] ?? null]),
      ),
      department_id: sent(department?.department_id),
      department_name: sent(department?.department_name),
      ...Object.fromEntries(
        partsOfShares.map((part) => [`staff_shares.${part}`, shares.map((share) => share[part])]),
      ),
    };
    return {
      source,
      id,
      kind: (isNumbered ? kinds[prefixOf(id)] : undefined) ?? knownOf((step) => step.kind),
      phase: steps.at(-1)?.phase ?? '',
      channel: knownOf((step) => step.channel),
      agent:
        newest((step) => (nameOf(agentOf(step, events)) === null ? null : agentOf(step, events))) ?? nobody,
      began: times.find((time) => time !== null) ?? null,
      answered: times[2] ?? null,
      phases: [...new Set(steps.map(({ phase }) => phase))].sort(),
      endReason: knownOf((step) => step.end_reason),
      queueState: knownOf((step) => step.queue_state),
      wait: newest((step) => step.wait_ms),
      handle: newest((step) => step.human_handle_ms) ?? newest((step) => step.total_ms),
      firstResponse: newest((step) => (hasAnswers(step) ? step.first_response_ms : null)),
      shares,
      told,
    };
  });
  return states.filter(({ began }) => isWithin(began, span));
}

type Figures = Record<string, readonly (number | string | null)[]>;
const average = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
/** Of each way to name an agent the last in order of the alphabet. */
const greatestOf = (agents: readonly Agent[]): (string | null)[] =>
  (['id', 'account', 'name'] as const).map(
    (way) =>
      agents
        .map((one) => one[way])
        .filter((word) => word !== null)
        .sort()
        .at(-1) ?? null,
  );
const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

function figuresBy<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  figures: (rows: readonly T[]) => readonly (number | string | null)[],
): Figures {
  return Object.fromEntries([...Map.groupBy(rows, keyOf)].map(([key, group]) => [key, figures(group)]));
}

const wasLeft = ({ queueState, endReason }: State): boolean =>
  queueState === 'ABANDONED' || endReason === 'QUEUE_ABANDONED';
const isForStaff = ({ kind }: State): boolean => kind !== 'ROBOT' && kind !== 'LEAVE_MESSAGE';

/** agent_day: conversations, first responses and handle times of each agent, by the day on which they began. */
export function agentDays(events: Events, span: Span | null): Figures {
  const parts = statesOf(events, span)
    .filter((state) => isForStaff(state) && !wasLeft(state))
    .flatMap((state) => {
      const { source, id, began, shares } = state;
      const own = shares.some((share) => share.first_response_ms !== null || share.handle_ms !== null);
      const served = own
        ? shares.map((share) => ({
            agent: {
              id: sent(share.staff_id),
              account: sent(share.staff_account),
              name: sent(share.staff_name),
            },
            first: share.staff_message_count === 0 ? null : share.first_response_ms,
            handle: share.handle_ms,
          }))
        : [{ agent: state.agent, first: state.firstResponse, handle: state.handle }];
      return served.flatMap(({ agent, first, handle }) =>
        nameOf(agent) === null
          ? []
          : [
              {
                key: `${source} ${began === null ? 'null' : shownDay(began)} ${nameOf(agent)}`,
                id,
                agent,
                first,
                handle,
              },
            ],
      );
    });
  return figuresBy(
    parts,
    ({ key }) => key,
    (rows) => {
      const firsts = present(rows.map(({ first }) => first));
      const handles = present(rows.map(({ handle }) => handle));
      const count = new Set(rows.map(({ id }) => id)).size;
      return [
        ...greatestOf(rows.map(({ agent }) => agent)),
        ...[count, average(firsts), firsts.length, average(handles), handles.length],
      ];
    },
  );
}

/** queue_hour: what waited, was answered and was abandoned, by the hour in which it began. */
export function queueHours(events: Events, span: Span | null): Figures {
  const waited = statesOf(events, span).filter((state) => {
    if (state.queueState === 'ANSWERED' || state.queueState === 'ABANDONED') return true;
    if (!isForStaff(state)) return false;
    if (state.endReason === 'QUEUE_ABANDONED') return true;
    return state.queueState === 'UNKNOWN' && ((state.wait ?? 0) > 0 || state.phases.includes('ANSWERED'));
  });
  return figuresBy(
    waited,
    ({ source, began }) =>
      `${source} ${began === null ? 'null' : new Date(began + beijing).toISOString().slice(0, 13)}`,
    (rows) => {
      const waits = present(rows.map(({ wait }) => wait));
      const left = rows.filter(wasLeft).length;
      const answered = rows.filter(
        (state) => !wasLeft(state) && (state.queueState === 'ANSWERED' || state.answered !== null),
      ).length;
      return [rows.length, answered, left, average(waits), waits.length === 0 ? null : Math.max(...waits)];
    },
  );
}

/** A conversation's newest rating. */
interface Rated {
  readonly rating: Rating;
  readonly agent: string | null;
  readonly conversation: string;
}

function newestRatings(all: Events, span: Span | null): Rated[] {
  const events = readFor(all, span);
  const rated = events.ratings
    .filter(({ target_role }) => target_role !== 'ROBOT')
    .map((rating) => ({
      rating,
      agent: sent(rating.staff_id) ?? sent(rating.staff_account) ?? sent(rating.staff_name),
      conversation: isBare(rating) ? ofRating(rating, events) : rating.meta.entity_key,
    }))
    .filter(
      ({ rating, conversation }) => rating.conversation_number === null || !conversation.startsWith('5_'),
    );
  const perConversation = Map.groupBy(rated, ({ rating, agent, conversation }) =>
    JSON.stringify([
      rating.meta.source_id,
      rating.meta.event_type,
      conversation === '' ? rating.meta.event_id : conversation,
      rating.conversation_number !== null && !conversation.includes('_') ? agent : '',
    ]),
  );
  return [...perConversation.values()]
    .map((group) =>
      group.reduce((one, other) => {
        const later =
          atOf(other.rating) - atOf(one.rating) ||
          other.rating.meta.received_at - one.rating.meta.received_at;
        return later > 0 ? other : one;
      }),
    )
    .filter(({ rating }) => isWithin(atOf(rating), span));
}

/** The score of a rating on the scale of ten; null for a 0 that comes with stars. */
const pointsOf = ({ nps_score, score }: Rating): number | null =>
  nps_score === 0 && score !== null ? null : nps_score;

/** conversation_rating: the newest rating of each conversation. */
export function conversationRatings(events: Events, span: Span | null): Figures {
  return Object.fromEntries(
    newestRatings(events, span).map(({ rating, agent, conversation }) => [
      `${rating.meta.source_id} ${rating.meta.event_id}`,
      [
        ...[conversation, agent, rating.staff_id, rating.staff_account, rating.staff_name],
        ...[rating.channel, atOf(rating), rating.score, pointsOf(rating), rating.solved],
      ],
    ]),
  );
}

const share = (part: number, of: number): number | null => (of === 0 ? null : part / of);

/** Who was rated, and how content the visitors were. */
function satisfactionOf(rows: readonly Rated[]): (number | string | null)[] {
  const scores = present(rows.map(({ rating }) => rating.score));
  const points = present(rows.map(({ rating }) => pointsOf(rating)));
  const said = rows
    .map(({ rating }) => rating.solved)
    .filter((solved) => solved === 'SOLVED' || solved === 'UNSOLVED');
  const promoters = points.filter((point) => point >= 9).length - points.filter((point) => point <= 6).length;
  const agents = rows.map(({ rating: { staff_id: id, staff_account: account, staff_name: name } }) => {
    return { id, account, name };
  });
  return [
    ...greatestOf(agents),
    rows.length,
    scores.length,
    average(scores),
    share(scores.filter((score) => score >= 4).length, scores.length),
    points.length,
    points.length === 0 ? null : (100 * promoters) / points.length,
    said.length,
    share(said.filter((solved) => solved === 'SOLVED').length, said.length),
  ];
}

/** agent_satisfaction: of the newest rating of each conversation, by agent. */
export function satisfaction(events: Events, span: Span | null): Figures {
  return figuresBy(
    newestRatings(events, span),
    ({ rating, agent }) => `${rating.meta.source_id} ${agent}`,
    satisfactionOf,
  );
}

/** The channel of each conversation that a rating or a message within the span may be of. */
function channelsOf(events: Events, span: Span | null): (source: string, conversation: string) => string {
  const states = statesOf(events, span && { from: span.from - reach, to: span.to });
  const channels = new Map(states.map(({ source, id, channel }) => [`${source} ${id}`, channel]));
  return (source, conversation) => channels.get(`${source} ${conversation}`) ?? 'UNKNOWN';
}

/** satisfaction_day: of the newest rating of each conversation, by its day, channel and agent. */
export function satisfactionDays(events: Events, span: Span | null): Figures {
  const channelOf = channelsOf(events, span);
  return figuresBy(
    newestRatings(events, span),
    ({ rating, agent, conversation }) => {
      const source = rating.meta.source_id;
      const channel = known(rating.channel) ?? channelOf(source, conversation);
      return `${source} ${shownDay(atOf(rating))} ${channel} ${agent}`;
    },
    satisfactionOf,
  );
}

/** channel_day: conversations that staff served, and how fast, by the day on which they began. */
export function channelDays(events: Events, span: Span | null): Figures {
  return figuresBy(
    statesOf(events, span).filter((state) => isForStaff(state) && !wasLeft(state)),
    ({ source, began, channel }) => `${source} ${began === null ? 'null' : shownDay(began)} ${channel}`,
    (rows) => {
      const figures = [
        present(rows.map(({ wait }) => wait)),
        present(rows.map(({ firstResponse }) => firstResponse)),
        present(rows.map(({ handle }) => handle)),
      ];
      return [rows.length, ...figures.flatMap((values) => [average(values), values.length])];
    },
  );
}

/** conversation_hour: all conversations, by the hour in which they began. */
export function conversationHours(events: Events, span: Span | null): Figures {
  return figuresBy(
    statesOf(events, span),
    ({ source, began, channel }) =>
      `${source} ${began === null ? 'null' : new Date(began + beijing).toISOString().slice(0, 13)} ${channel}`,
    (rows) => {
      const ofKinds = (...wanted: string[]): number =>
        rows.filter(({ kind }) => wanted.includes(kind)).length;
      return [
        rows.length,
        ...[ofKinds('HUMAN', 'BUSY'), ofKinds('ROBOT'), ofKinds('LEAVE_MESSAGE')],
        rows.filter(wasLeft).length,
      ];
    },
  );
}

/** transfer: who gave a conversation to whom. */
export function transfers(all: Events, span: Span | null): Figures {
  const steps = readFor(all, span).conversations.filter(
    (step) => step.phase === 'TRANSFERRED' && isWithin(atOf(step), span),
  );
  return Object.fromEntries(
    steps.map((step) => {
      const from = {
        id: sent(step.from_staff_id),
        account: sent(step.from_staff_account),
        name: sent(step.from_staff_name),
      };
      const to = {
        id: sent(step.to_staff_id),
        account: sent(step.to_staff_account),
        name: sent(step.to_staff_name),
      };
      return [
        `${step.meta.source_id} ${step.meta.event_id}`,
        [
          ...[step.conversation_id, atOf(step), nameOf(from), from.account, from.name],
          ...[nameOf(to), to.account, to.name],
        ],
      ];
    }),
  );
}

/** agent_directory: every agent whom an event names by id, with the newest account and name. */
export function directory(all: Events, span: Span | null): Figures {
  const { conversations, ratings } = readFor(all, span);
  const agent = (id: string | null, account: string | null, name: string | null): Agent => ({
    ...{ id: sent(id), account: sent(account), name: sent(name) },
  });
  const named = [
    ...conversations.flatMap((step) =>
      [
        agent(
          sent(step.staff_id) ??
            (step.phase === 'RECORDED' && step.staff_shares.length === 1 ? (listed(step)[0] ?? null) : null),
          step.staff_account,
          step.staff_name,
        ),
        agent(step.from_staff_id, step.from_staff_account, step.from_staff_name),
        agent(step.to_staff_id, step.to_staff_account, step.to_staff_name),
        ...step.staff_shares.map((one) => agent(one.staff_id, one.staff_account, one.staff_name)),
      ].map((one) => ({ one, event: step })),
    ),
    ...ratings
      .filter(({ target_role }) => target_role !== 'ROBOT')
      .map((rating) => ({
        one: agent(rating.staff_id, rating.staff_account, rating.staff_name),
        event: rating,
      })),
  ].filter(({ one, event }) => one.id !== null && isWithin(atOf(event), span));
  return figuresBy(
    named,
    ({ one, event }) => `${event.meta.source_id} ${one.id}`,
    (rows) => {
      const inTime = [...rows].sort((one, other) => atOf(one.event) - atOf(other.event));
      const newest = (way: 'account' | 'name'): string | null =>
        inTime.findLast(({ one }) => one[way] !== null)?.one[way] ?? null;
      const times = rows.map(({ event }) => atOf(event));
      return [rows[0]?.one.id ?? null, newest('account'), newest('name'), Math.max(...times)];
    },
  );
}

/** message_volume: messages by day and by the channel of their conversation. */
export function messageVolume(all: Events, span: Span | null): Figures {
  const events = readFor(all, span);
  const channelOf = channelsOf(all, span);
  const perMessage = Map.groupBy(
    events.messages.filter(({ kind }) => kind !== 'REVOKED'),
    (message) => {
      const conversation = ofMessage(message, events);
      const place =
        sent(message.message_id) ?? (conversation === '' ? null : message.ordinal) ?? message.meta.event_id;
      const apart = conversation.includes('_') ? '' : message.meta.data_type;
      return JSON.stringify([message.meta.source_id, conversation, apart, String(place)]);
    },
  );
  const counted = [...perMessage.entries()].map(([key, copies]) => {
    const [source, conversation] = JSON.parse(key) as [string, string];
    const byVersion = copies.sort((one, other) => one.meta.received_at - other.meta.received_at);
    const at = byVersion.reduce<number | null>(
      (time, { sent_at, meta }) => sent_at ?? meta.occurred_at ?? time,
      null,
    );
    return {
      source,
      channel: channelOf(source, conversation),
      at,
      role: byVersion.at(-1)?.sender_role,
    };
  });
  return figuresBy(
    counted.filter(({ at }) => isWithin(at, span)),
    ({ source, channel, at }) => `${source} ${at === null ? 'null' : shownDay(at)} ${channel}`,
    (rows) => [
      rows.length,
      ...['VISITOR', 'STAFF', 'ROBOT'].map((role) => rows.filter((row) => row.role === role).length),
    ],
  );
}

/** page_path: the pages of a visit up to each of its conversations, in order. */
export function pagePaths(all: Events, span: Span | null): Record<string, readonly unknown[]> {
  const events = readFor(all, span);
  const states = statesOf(all, span && { from: span.from - reach, to: span.to });
  const began = new Map(states.map((state) => [`${state.source} ${state.id}`, state.began]));
  const paths: Record<string, unknown[]> = {};
  for (const visit of events.visits) {
    if (visit.phase !== 'LEFT' || !isWithin(atOf(visit), span)) continue;
    for (const conversation of visit.conversation_ids) {
      const start = began.get(`${visit.meta.source_id} ${conversation}`) ?? null;
      const pages = events.pageViews.filter(
        (page) =>
          page.meta.source_id === visit.meta.source_id &&
          page.visit_id === visit.visit_id &&
          (start === null || page.viewed_at === null || page.viewed_at <= start),
      );
      const sorted = [
        ...new Set(
          pages.map((page) =>
            JSON.stringify([
              page.viewed_at ?? 0,
              page.ordinal ?? 0,
              page.page?.url ?? '',
              page.page?.title ?? '',
            ]),
          ),
        ),
      ]
        .map((text) => JSON.parse(text) as [number, number, string, string])
        .sort((one, other) => one[0] - other[0] || one[1] - other[1] || (one[2] < other[2] ? -1 : 1));
      if (sorted.length > 0)
        paths[`${visit.meta.source_id} ${visit.visit_id} ${conversation}`] = [
          start,
          ...[sorted.map((page) => page[2]), sorted.map((page) => page[3]), sorted.map((page) => page[0])],
        ];
    }
  }
  return paths;
}

/** card_outcome: what the conversations with a card were rated, and what all others of the source were. */
export function cardOutcomes(all: Events, span: Span | null): Figures {
  const events = readFor(all, span);
  const placed = <T extends Rating | StaffAction>(list: readonly T[], of: (event: T) => string) =>
    list
      .map((event) => ({ event, at: atOf(event), conversation: of(event) }))
      .filter(({ at }) => isWithin(at, span));
  const inTime = <T extends { at: number; event: { meta: { received_at: number } } }>(
    list: readonly T[],
  ): T[] =>
    [...list].sort(
      (one, other) => one.at - other.at || one.event.meta.received_at - other.event.meta.received_at,
    );
  const ratings = placed(events.ratings, (rating) => ofRating(rating, events)).filter(
    ({ event, conversation }) =>
      event.target_role !== 'ROBOT' &&
      event.score !== null &&
      conversation !== '' &&
      !(event.conversation_number !== null && conversation.startsWith('5_')),
  );
  const newest = new Map(
    inTime(ratings).map((rating) => [`${rating.event.meta.source_id} ${rating.conversation}`, rating]),
  );
  const done = inTime(
    placed(
      events.actions.filter(({ result }) => result === 'DONE'),
      (action) => conversationOf(action, '', atOf(action), events),
    ),
  );
  const marks = new Map<string, number>();
  for (const { event, conversation } of done)
    if (event.action === 'CONVERSATION_SIGNED' && conversation !== '' && event.sign !== null)
      marks.set(`${event.meta.source_id} ${conversation}`, event.sign);
  const pushes = done
    .map((action) => ({ ...action, card: sent(action.event.card?.id) ?? sent(action.event.card?.title) }))
    .filter(({ event, card }) => event.action === 'CARD_PUSHED' && card !== null);
  return figuresBy(
    pushes,
    ({ event, card }) => `${event.meta.source_id} ${card}`,
    (rows) => {
      const source = rows[0]?.event.meta.source_id ?? '';
      const first = new Map([...rows].reverse().map((row) => [row.conversation, row.at] as const));
      first.delete('');
      const scores = present(
        [...first].map(([conversation, at]) => {
          const rating = newest.get(`${source} ${conversation}`);
          return rating && rating.at >= at ? rating.event.score : null;
        }),
      );
      const every = present(
        [...newest.values()]
          .filter(({ event }) => event.meta.source_id === source)
          .map(({ event }) => event.score),
      );
      const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
      const others = every.length - scores.length;
      const without = others === 0 ? null : (sum(every) - sum(scores)) / others;
      const mean = average(scores);
      const signs = present(
        [...first.keys()].map((conversation) => marks.get(`${source} ${conversation}`) ?? null),
      );
      return [
        rows.at(-1)?.event.card?.title ?? null,
        ...[rows.length, first.size, scores.length, mean],
        share(scores.filter((score) => score >= 4).length, scores.length),
        without,
        mean === null || without === null ? null : mean - without,
        signs.length,
        share(signs.filter((sign) => sign === 1).length, signs.length),
      ];
    },
  );
}
