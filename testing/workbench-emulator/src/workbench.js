// The workbench around a panel: what staff would see, and beside it what their visitor would.
const element = (selector) => document.querySelector(selector);
const frame = element('#panel iframe');
const { panelUrl, visitors, methods } = await (await fetch('state')).json();
const panelOrigin = new URL(panelUrl).origin;
let listening = new Set();
let current = null;

const toPanel = (type, value) => frame.contentWindow.postMessage({ echatSDK: type, value }, panelOrigin);
const tell = (type, value) => {
  if (listening.has(type)) toPanel(type, value);
};

/** As the vendor hands parameters to a panel: each one text, its parts joined by &. */
const parametersOf = ({ visitorId, visitorName, conversationId }) => ({
  visitorData: new URLSearchParams({ visitorId, visitorName: visitorName ?? '' }).toString(),
  chatData: new URLSearchParams(conversationId ? { chatRecordId: conversationId } : {}).toString(),
});

function open(visitor) {
  current = visitor;
  element('#window').replaceChildren();
  element('#hint').hidden = false;
  element('#hint').textContent = '在右侧推送卡片 Push a card on the right: what the visitor sees shows here.';
  element('#sign output').value = '–';
  showVisitors();
  // A panel that is told of visitors is not opened anew for each.
  if (listening.has('onSelectVisitor')) {
    const { visitorId, visitorName, conversationId } = visitor;
    const chatData = conversationId ? { chatRecordId: conversationId } : {};
    tell('onSelectVisitor', { chatStatus: 1, visitorData: { visitorId, visitorName }, chatData });
    return;
  }
  listening = new Set();
  element('#state').value = '…';
  const url = new URL(panelUrl);
  for (const [name, value] of Object.entries(parametersOf(visitor))) url.searchParams.set(name, value);
  frame.src = url;
}

function showVisitors() {
  element('#visitors').replaceChildren(
    ...visitors.map((visitor) => {
      const button = document.createElement('button');
      button.textContent = `${visitor.visitorName ?? ''} ${visitor.visitorId}`;
      button.setAttribute('aria-current', String(visitor.visitorId === current?.visitorId));
      button.onclick = () => open(visitor);
      const item = document.createElement('li');
      item.append(button);
      return item;
    }),
  );
}

/** Shows something in the visitor's window: every value as text; HTML in a frame that runs nothing. */
function show(kind, values, html) {
  element('#hint').hidden = true;
  const item = document.createElement('li');
  item.dataset.kind = kind;
  for (const [name, value] of Object.entries(values)) {
    const line = document.createElement('div');
    line.dataset.field = name;
    line.textContent = typeof value === 'string' ? value : JSON.stringify(value);
    item.append(line);
  }
  if (html) {
    const inner = document.createElement('iframe');
    inner.sandbox = '';
    inner.srcdoc = html;
    item.append(inner);
  }
  element('#window').append(item);
}

const calls = {
  async config(options) {
    const answer = await fetch('verify', { method: 'POST', body: JSON.stringify(options) });
    const verdict = await answer.json();
    element('#state').value = verdict.ok ? 'ready' : verdict.errMsg;
    toPanel(verdict.ok ? 'ready' : 'error', verdict.ok ? undefined : { errMsg: verdict.errMsg });
  },
  listen: (name) => listening.add(name),
  pushVisitorEvent: ({ content, ...card }) => show('card', card, content),
  setVisitorChatSign({ chatSign }) {
    if (chatSign === 0 || chatSign === 1) element('#sign output').value = String(chatSign);
  },
  sendTxtMsgToVisitor: (content) => show('text', { content }),
  sendImageToVisitor: (image) => show('image', image),
  sendVideoToVisitor: (video) => show('video', video),
  sendVoiceToVisitor: (voice) => show('voice', voice),
  sendFileToVisitor: (file) => show('file', file),
};
addEventListener('message', ({ source, origin, data }) => {
  if (source !== frame.contentWindow || origin !== panelOrigin) return;
  if (Object.hasOwn(calls, data?.echatSDK ?? '')) void calls[data.echatSDK](data.value);
});

element('#other-visitor').onsubmit = (event) => {
  event.preventDefault();
  const visitor = { visitorId: new FormData(event.target).get('visitorId') };
  visitors.push(visitor);
  open(visitor);
};
element('#message').onsubmit = (event) => {
  event.preventDefault();
  const content = new FormData(event.target).get('content');
  show('said', { content });
  tell('onReceiveMsg', { visitorId: current?.visitorId, msgType: 1, content });
  event.target.reset();
};
element('#contact').onsubmit = (event) => {
  event.preventDefault();
  const changed = [...new FormData(event.target)].filter(([, value]) => value !== '');
  tell('onCrmUpdate', { visitorId: current?.visitorId, ...Object.fromEntries(changed) });
};

element('#methods').append(
  ...Object.entries(methods).map(([name, isOn]) => {
    const box = Object.assign(document.createElement('input'), { type: 'checkbox', name, checked: isOn });
    box.onchange = async () => {
      await fetch('methods', { method: 'POST', body: JSON.stringify({ [name]: box.checked }) });
      listening = new Set();
      if (current) open(current);
    };
    const label = document.createElement('label');
    label.append(box, ` ${name}`);
    return label;
  }),
);
showVisitors();
