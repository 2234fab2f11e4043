import { connect, type StaffSdk } from '@sluice/echat-staff-sdk';
import { openApi, Unauthorized, type PanelCard, type VisitorRecord } from './api.ts';
import { button, make } from './dom.ts';
import { contactNames, languages, type Language, type Texts } from './texts.ts';

/** The panel: who is in the chat, cards to push, and whether it is solved. It keeps nothing but its key. */

const { source = '', gateway = '', script = '', conversation = '' } = document.body.dataset;
const [conversationParameter = '', conversationPart = ''] = conversation.split('.');
const key = takeKey();
const api = openApi(source, key);

interface State {
  language: Language;
  /** What was said last, and what it is about. */
  status: { readonly text: keyof Texts; readonly detail?: string; readonly isBad?: boolean };
  sdk: StaffSdk | null;
  visitorId: string;
  conversationId: string;
  cards: readonly PanelCard[];
  query: string;
  record: VisitorRecord | 'loading' | 'unavailable' | null;
  sign: 0 | 1 | null;
}

const state: State = {
  language: languageOf(),
  status: { text: 'connecting' },
  sdk: null,
  visitorId: '',
  conversationId: '',
  cards: [],
  query: '',
  record: null,
  sign: null,
};
const t = (name: keyof Texts): string => languages[state.language][name];

const regions = {
  head: make('header'),
  status: make('p', { role: 'status', id: 'status' }),
  mark: make('section', { id: 'mark' }),
  cards: make('section', { id: 'cards' }),
  record: make('div', { id: 'record' }),
};
document.body.append(make('main', {}, ...Object.values(regions)));

show();
void start();

async function start(): Promise<void> {
  if (key === '') {
    say({ text: 'noKey', isBad: true });
    return;
  }
  try {
    state.cards = await api.cards();
  } catch (error) {
    if (error instanceof Unauthorized) {
      say({ text: 'unauthorized', isBad: true });
      return;
    }
    say({ text: 'unavailable', isBad: true });
  }
  showCards();
  try {
    const sdk = await connect({
      gateway,
      source,
      scriptUrl: script,
      credential: () => api.ticket(),
      identity: () => ({ visitorId: state.visitorId, conversationId: state.conversationId }),
    });
    state.sdk = sdk;
    say({ text: 'connected' });
    select(
      sdk.getParamData('visitorData', 'visitorId'),
      sdk.getParamData(conversationParameter, conversationPart),
    );
    if (sdk.supports('onSelectVisitor'))
      await sdk.onSelectVisitor(({ visitorData = {}, chatData = {} }) =>
        select(textOf(visitorData.visitorId), textOf(chatData[conversationPart])),
      );
  } catch (error) {
    say({ text: 'notConnected', detail: messageOf(error), isBad: true });
  }
  showMark();
  showCards();
}

function select(visitorId: string, conversationId: string): void {
  Object.assign(state, { visitorId, conversationId, sign: null });
  show();
  void readRecord();
}

async function readRecord(): Promise<void> {
  const { visitorId } = state;
  state.record = visitorId === '' ? null : 'loading';
  showRecord();
  if (visitorId === '') return;
  const read = await api.visitor(visitorId).catch(() => 'unavailable' as const);
  // Staff may have gone to another visitor meanwhile.
  if (state.visitorId !== visitorId) return;
  state.record = read;
  showRecord();
}

async function act(done: keyof Texts, detail: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    say({ text: done, detail });
  } catch (error) {
    say({ text: 'failed', detail: messageOf(error), isBad: true });
  }
}

const push = ({ price, content = price, ...card }: PanelCard): Promise<void> =>
  act('pushed', card.title, async () =>
    state.sdk?.pushVisitorEvent({ ...card, ...(content === undefined ? {} : { content }) }),
  );

const mark = (chatSign: 0 | 1): Promise<void> =>
  act('marked', t(chatSign === 1 ? 'solved' : 'unsolved'), async () => {
    await state.sdk?.setVisitorChatSign({ chatSign });
    state.sign = chatSign;
    for (const one of regions.mark.querySelectorAll('button'))
      one.setAttribute('aria-pressed', String(one.value === String(chatSign)));
  });

function show(): void {
  document.documentElement.lang = state.language;
  showHead();
  say(state.status);
  showMark();
  showCards();
  showRecord();
}

function showHead(): void {
  const other: Language = state.language === 'en' ? 'zh-CN' : 'en';
  const language = button(t('language'), { lang: other, id: 'language' }, () => {
    state.language = other;
    keep('language', other);
    show();
    document.querySelector<HTMLElement>('#language')?.focus();
    return Promise.resolve();
  });
  const title = make('h1', {}, state.visitorId === '' ? t('nobody') : `${t('visitor')} ${state.visitorId}`);
  regions.head.replaceChildren(title, language);
}

function say(status: State['status']): void {
  state.status = status;
  regions.status.textContent = `${t(status.text)}${status.detail ?? ''}`;
  regions.status.className = status.isBad === true ? 'bad' : '';
}

function showMark(): void {
  const choice = (chatSign: 0 | 1, text: keyof Texts): HTMLButtonElement => {
    const one = button(t(text), { 'aria-pressed': String(state.sign === chatSign) }, () => mark(chatSign));
    one.value = String(chatSign);
    one.disabled = state.sdk === null;
    return one;
  };
  const group = make(
    'div',
    { role: 'group', 'aria-label': t('mark') },
    choice(1, 'solved'),
    choice(0, 'unsolved'),
  );
  regions.mark.replaceChildren(make('h2', {}, t('mark')), group);
}

function showCards(): void {
  const search = make('input', { type: 'search', 'aria-label': t('search'), placeholder: t('search') });
  search.value = state.query;
  const list = make('ul');
  search.addEventListener('input', () => {
    state.query = search.value;
    showFound(list);
  });
  showFound(list);
  regions.cards.replaceChildren(make('h2', {}, t('cards')), search, list);
}

function showFound(list: HTMLUListElement): void {
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = state.cards.filter(({ title, price = '', eventId, memo = '' }) => {
    const text = `${title} ${price} ${eventId} ${memo}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  list.replaceChildren(...(found.length > 0 ? found.map(cardItem) : [make('li', {}, t('noCards'))]));
}

function cardItem(card: PanelCard): HTMLLIElement {
  const pushIt = button(t('push'), { 'aria-label': `${t('push')}: ${card.title}` }, () => push(card));
  pushIt.disabled = state.sdk === null;
  const picture = make('img', { alt: '', loading: 'lazy', width: '48', height: '48' });
  if (/^https?:/i.test(card.imageUrl ?? '')) picture.src = card.imageUrl ?? '';
  else picture.hidden = true;
  const words = make('div', {}, make('strong', {}, card.title), make('span', {}, card.price ?? ''));
  return make('li', { 'data-card': card.eventId }, picture, words, pushIt);
}

function showRecord(): void {
  const { record } = state;
  if (record === null) regions.record.replaceChildren();
  else if (record === 'loading') regions.record.replaceChildren(make('p', {}, t('loading')));
  else if (record === 'unavailable')
    regions.record.replaceChildren(
      make('p', { class: 'bad' }, t('unavailable')),
      button(t('retry'), {}, readRecord),
    );
  else regions.record.replaceChildren(conversationsOf(record), contactOf(record));
}

function conversationsOf({ conversations }: VisitorRecord): HTMLElement {
  const items = conversations.map(({ id, at, staffName, channel, subject, solved, score, comment }) => {
    const when = at === null ? id : new Date(at).toLocaleString(state.language);
    // Each for itself: a mark that turns the direction of text must not turn what follows.
    const facts = [staffName, channel, subject, solved]
      .filter((fact) => fact !== null)
      .flatMap((fact, at) => [at === 0 ? '' : ' · ', make('bdi', {}, fact)]);
    const rated = score === null ? t('noRating') : `${t('rating')} ${score}/5`;
    return make(
      'li',
      { 'data-conversation': id },
      make('strong', {}, when),
      make('span', {}, ...facts),
      make('span', { class: score !== null && score < 3 ? 'bad' : '' }, rated),
      ...(comment === null ? [] : [make('q', {}, comment)]),
    );
  });
  const none = make('li', {}, t('noConversations'));
  return make(
    'section',
    {},
    make('h2', {}, t('conversations')),
    make('ol', {}, ...(items.length > 0 ? items : [none])),
  );
}

function contactOf({ contact }: VisitorRecord): HTMLElement {
  const pairs = contact.flatMap(({ name, value }) => [
    make('dt', {}, contactNames[name]?.[state.language] ?? name),
    make('dd', {}, value),
  ]);
  const facts = pairs.length > 0 ? make('dl', {}, ...pairs) : make('p', {}, t('noContact'));
  return make('section', {}, make('h2', {}, t('contact')), facts);
}

/** The key leaves the address at once: it would be in the history, and on a shared screen. */
function takeKey(): string {
  const url = new URL(location.href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const given = fragment.get('key') ?? url.searchParams.get('key');
  if (given !== null) {
    url.searchParams.delete('key');
    fragment.delete('key');
    url.hash = fragment.toString();
    history.replaceState(null, '', url);
    keep(`key ${source}`, given);
  }
  return given ?? kept(`key ${source}`);
}

function languageOf(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? (kept('language') || navigator.language);
  return asked.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** A browser may refuse to keep anything for an embedded page. */
function keep(name: string, value: string): void {
  try {
    sessionStorage.setItem(`sluice ${name}`, value);
  } catch {
    // The panel works without; the key stays in memory.
  }
}

function kept(name: string): string {
  try {
    return sessionStorage.getItem(`sluice ${name}`) ?? '';
  } catch {
    return '';
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
