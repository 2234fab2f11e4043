import { createActionQueue, type ActionQueue } from './action-queue.ts';
import { openActionStore } from './action-store.ts';
import { checkArgument } from './check.ts';
import { reasonOf, StaffSdkError } from './error.ts';
import { fetchConfig, openGateway, type Credential, type Gateway, type SignedConfig } from './gateway.ts';
import { redact, type RedactionPolicy } from './redact.ts';
import { workbenchScriptUrl } from './script-url.ts';
import type { Arguments, CallName, EchatSdk, EventName, Events, MethodName, ParamName } from './vendor.ts';

declare const SDK_VERSION: string;

/** Who and which conversation, where the page knows it: the vendor's script does not say. Ids as the vendor has them. */
export interface Identity {
  readonly staffId?: string;
  readonly staffAccount?: string;
  readonly staffName?: string;
  readonly visitorId?: string;
  readonly conversationId?: string;
}

export interface ConnectOptions {
  /** Where ingress is: `https://sluice.example.com`. */
  readonly gateway: string;
  /** The id of the source, as the gateway knows it. */
  readonly source: string;
  readonly credential: Credential;
  /** The vendor's script; Default: its documented address. */
  readonly scriptUrl?: string;
  /** The vendor's debug mode: it writes calls to the console. */
  readonly debug?: boolean;
  /** How long script and workbench may take, in ms. Default: 10 s. */
  readonly timeoutMs?: number;
  /** Asked for each action. */
  readonly identity?: () => Identity;
  /** What of each action is sent to the gateway; `false`: no action is. */
  readonly capture?: Partial<RedactionPolicy> | false;
}

/** A page that the workbench has taken. */
export interface StaffSdk {
  /** A parameter that the workbench opened the page with; as text, empty when it is not there. */
  getParamData(name: ParamName, subName?: string): string;
  /** Shows a card to the visitor. */
  pushVisitorEvent(card: Arguments['pushVisitorEvent']): Promise<unknown>;
  /** Marks the conversation as solved (1) or not (0), or what these mean to you. */
  setVisitorChatSign(sign: Arguments['setVisitorChatSign']): Promise<unknown>;
  sendTxtMsgToVisitor(content: string): Promise<unknown>;
  sendImageToVisitor(image: Arguments['sendImageToVisitor']): Promise<unknown>;
  sendVideoToVisitor(video: Arguments['sendVideoToVisitor']): Promise<unknown>;
  sendVoiceToVisitor(voice: Arguments['sendVoiceToVisitor']): Promise<unknown>;
  sendFileToVisitor(file: Arguments['sendFileToVisitor']): Promise<unknown>;
  /** @returns what ends it */
  onSelectVisitor(callback: (visitor: Events['onSelectVisitor']) => void): Promise<() => void>;
  onReceiveMsg(callback: (message: Events['onReceiveMsg']) => void): Promise<() => void>;
  onCrmUpdate(callback: (update: Events['onCrmUpdate']) => void): Promise<() => void>;
  /** Whether the vendor's script has a method by now. */
  supports(method: MethodName): boolean;
  /** Sends what was captured, now. */
  flush(): Promise<void>;
  /** How many captured actions the gateway has not acknowledged yet. */
  waiting(): number;
}

/** 过期, 失效 and 超时 as escapes: bundlers leave other characters of a pattern to the page's charset. */
const expiredReason = /expire|timeout|time out|\u8fc7\u671f|\u5931\u6548|\u8d85\u65f6/i;

/** How an argument, or what a callback is given, is in an action. */
const partOf: Record<CallName | EventName, (value: never) => object> = {
  pushVisitorEvent: (card: object) => ({ card: { ...card } }),
  setVisitorChatSign: ({ chatSign }: Arguments['setVisitorChatSign']) => ({ sign: chatSign }),
  sendTxtMsgToVisitor: (content: string) => ({ message: { msgType: 1, content } }),
  sendImageToVisitor: (image: object) => ({ message: { msgType: 2, ...image } }),
  sendVideoToVisitor: (video: object) => ({ message: { msgType: 3, ...video } }),
  sendVoiceToVisitor: (voice: object) => ({ message: { msgType: 4, ...voice } }),
  sendFileToVisitor: (file: object) => ({ message: { msgType: 5, ...file } }),
  onReceiveMsg: ({ visitorId, ...message }: Events['onReceiveMsg']) => ({ visitorId, message }),
  onCrmUpdate: ({ visitorId, ...contact }: Events['onCrmUpdate']) => ({
    visitorId,
    contact,
    changed: Object.keys(contact),
  }),
  onSelectVisitor: (selected: Events['onSelectVisitor']) => ({
    visitorId: selected.visitorData?.visitorId,
    selected: { ...selected },
  }),
};

/**
 * Connects a page with the workbench that it is opened in.
 * @throws StaffSdkError when the script, the gateway or the workbench does not take part; it says which, and why
 */
export async function connect(options: ConnectOptions): Promise<StaffSdk> {
  const { source, timeoutMs = 10_000 } = options;
  const gateway = openGateway(options.gateway, source, options.credential);
  const session = newId();
  const queue =
    options.capture === false
      ? null
      : createActionQueue(gateway, openActionStore(`sluice-staff/${source}`), session, SDK_VERSION);
  const seen: Seen = { vendor: undefined, selectedVisitor: undefined };
  const capture = createCapture(options, gateway, queue, session, seen);
  const authenticate = (sdk: EchatSdk): Promise<void> => authenticatePage(sdk, gateway, options);
  try {
    const sdk = (seen.vendor = await loadVendor(options.scriptUrl ?? workbenchScriptUrl, timeoutMs));
    await authenticate(sdk);
    capture('connect', 'done');
    return methodsOf({ sdk, seen, capture, authenticate }, queue);
  } catch (error) {
    capture('connect', 'failed', { reason: reasonOf(error) });
    throw error;
  }
}

/** What is known of the workbench: whose page it is comes with its script, and changes. */
interface Seen {
  vendor: EchatSdk | undefined;
  selectedVisitor: unknown;
}

/** Makes an action of what happened. Never throws, and nobody waits for it: the page works without. */
type Capture = (action: string, result: string, more?: object) => void;

interface Page {
  /** The vendor's script, which has taken the page. */
  readonly sdk: EchatSdk;
  readonly seen: Seen;
  readonly capture: Capture;
  readonly authenticate: (sdk: EchatSdk) => Promise<void>;
}

function createCapture(
  options: ConnectOptions,
  gateway: Gateway,
  queue: ActionQueue | null,
  session: string,
  seen: Seen,
): Capture {
  const policy: RedactionPolicy = { text: 'drop', contact: 'drop', card: 'keep', ...options.capture };
  return (action, result, more = {}) => {
    if (!queue) return;
    // The page may be another's when it is sent. What is said here is never changed: the action's id is made of it.
    const clockOffsetMs = gateway.clockOffsetMs();
    const made = { at: Date.now(), ...(clockOffsetMs && { clockOffsetMs }), madeBy: gateway.subject() };
    void (async () => {
      const visitorId = seen.selectedVisitor ?? paramOf(seen.vendor, 'visitorData', 'visitorId');
      const plain = knownOf({ visitorId }, identityOf(options), more);
      const redacted = await redact(plain, policy);
      queue.add({ id: newId(), ...made, session, action, result, ...redacted });
    })().catch(() => undefined);
  };
}

/** Makes the workbench take the page, with a new signature where the first one has expired. */
async function authenticatePage(
  sdk: EchatSdk,
  gateway: Gateway,
  { debug = false, timeoutMs = 10_000 }: ConnectOptions,
): Promise<void> {
  const configure = ({ timestamp, nonce, signature }: SignedConfig): Promise<void> =>
    within(timeoutMs, 'The workbench does not answer: is the page opened within it?', (resolve, reject) => {
      sdk.config({ debug, timestamp: Number(timestamp), nonce, signature });
      sdk.ready(() => resolve());
      sdk.error((detail) => {
        reject(new StaffSdkError('refused', `The workbench refuses the page: ${reasonOf(detail)}`, detail));
      });
    });
  const signed = await fetchConfig(gateway);
  try {
    await configure(signed);
  } catch (error) {
    if (!isExpired(error) && Date.now() < signed.expiresAt) throw error;
    await configure(await fetchConfig(gateway));
  }
}

function methodsOf(page: Page, queue: ActionQueue | null): StaffSdk {
  const read = new Set<string>();
  return {
    getParamData(name, subName) {
      const parameter = subName === undefined ? name : `${name}.${subName}`;
      // Pages read a parameter again and again: it is one action.
      if (!read.has(parameter)) page.capture('getParamData', 'done', { parameter });
      read.add(parameter);
      return paramOf(page.sdk, name, subName);
    },
    pushVisitorEvent: (card) => call(page, 'pushVisitorEvent', card),
    setVisitorChatSign: (sign) => call(page, 'setVisitorChatSign', sign),
    sendTxtMsgToVisitor: (content) => call(page, 'sendTxtMsgToVisitor', content),
    sendImageToVisitor: (image) => call(page, 'sendImageToVisitor', image),
    sendVideoToVisitor: (video) => call(page, 'sendVideoToVisitor', video),
    sendVoiceToVisitor: (voice) => call(page, 'sendVoiceToVisitor', voice),
    sendFileToVisitor: (file) => call(page, 'sendFileToVisitor', file),
    onSelectVisitor: (callback) => listen(page, 'onSelectVisitor', callback),
    onReceiveMsg: (callback) => listen(page, 'onReceiveMsg', callback),
    onCrmUpdate: (callback) => listen(page, 'onCrmUpdate', callback),
    supports: (method) => supports(page, method),
    flush: () => queue?.flush() ?? Promise.resolve(),
    waiting: () => queue?.waiting() ?? 0,
  };
}

function supports({ sdk }: Page, method: MethodName): boolean {
  return typeof sdk[method] === 'function';
}

function unsupported(method: MethodName): StaffSdkError {
  return new StaffSdkError(
    'unsupported',
    `The vendor's script has no ${method} yet: it works as soon as the vendor opens it.`,
  );
}

async function call<N extends CallName>(page: Page, name: N, argument: Arguments[N]): Promise<unknown> {
  const { sdk, capture, authenticate } = page;
  let part = {};
  const attempt = async (): Promise<unknown> => {
    try {
      return await (sdk[name] as (given: Arguments[N]) => unknown)(argument);
    } catch (detail) {
      throw new StaffSdkError('failed', `${name}: ${reasonOf(detail)}`, detail);
    }
  };
  try {
    checkArgument(name, argument);
    part = partOf[name](argument as never);
    if (!supports(page, name)) throw unsupported(name);
    const result = await attempt().catch(async (error: unknown) => {
      if (!isExpired(error)) throw error;
      await authenticate(sdk);
      return attempt();
    });
    capture(name, 'done', part);
    return result;
  } catch (error) {
    capture(name, (error as StaffSdkError).code, { ...part, reason: reasonOf(error) });
    throw error;
  }
}

function listen<N extends EventName>(
  page: Page,
  name: N,
  callback: (event: Events[N]) => void,
): Promise<() => void> {
  const { sdk, seen, capture } = page;
  if (typeof callback !== 'function')
    return Promise.reject(new StaffSdkError('invalid', `${name}: the callback must be a function.`));
  if (!supports(page, name)) {
    const error = unsupported(name);
    capture(name, error.code, { reason: error.message });
    return Promise.reject(error);
  }
  let isOn = true;
  (sdk[name] as (given: (event: Events[N]) => void) => unknown)((event) => {
    if (!isOn) return;
    try {
      const part = partOf[name](event as never) as { visitorId?: unknown };
      if (name === 'onSelectVisitor') seen.selectedVisitor = part.visitorId;
      capture(name, 'done', part);
    } catch {
      capture(name, 'done');
    }
    callback(event);
  });
  return Promise.resolve(() => {
    isOn = false;
  });
}

/** What is known: the last value of each name that is not empty, as plain data. */
function knownOf(...parts: readonly object[]): Record<string, unknown> {
  const known: Record<string, unknown> = {};
  for (const part of parts)
    for (const [name, value] of Object.entries(part) as [string, unknown][])
      if (value !== undefined && value !== null && value !== '') known[name] = value;
  return JSON.parse(JSON.stringify(known)) as Record<string, unknown>;
}

function identityOf({ identity }: ConnectOptions): Identity {
  try {
    return identity?.() ?? {};
  } catch {
    return {};
  }
}

function paramOf(sdk: EchatSdk | undefined, name: string, subName?: string): string {
  try {
    const value: unknown = subName === undefined ? sdk?.getParamData(name) : sdk?.getParamData(name, subName);
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

function isExpired(error: unknown): boolean {
  const { code, detail } = error as StaffSdkError;
  return (code === 'refused' || code === 'failed') && expiredReason.test(reasonOf(detail));
}

function loadVendor(url: string, timeoutMs: number): Promise<EchatSdk> {
  const found = (): EchatSdk | undefined => (globalThis as { echatSDK?: EchatSdk }).echatSDK;
  const failure = (why: string) => new StaffSdkError('script', `The vendor's script at ${url} ${why}.`);
  const there = found();
  if (there) return Promise.resolve(there);
  return within(timeoutMs, `The vendor's script at ${url} does not load.`, (resolve, reject) => {
    const script = document.createElement('script');
    script.onload = () => {
      const sdk = found();
      if (sdk) resolve(sdk);
      else reject(failure('has no echatSDK'));
    };
    script.onerror = () =>
      reject(failure("cannot be loaded: is it allowed by the page's Content-Security-Policy?"));
    script.src = url;
    document.head.append(script);
  });
}

function within<T>(
  timeoutMs: number,
  line: string,
  work: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new StaffSdkError('timeout', line)), timeoutMs);
    const settle =
      <V>(how: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        how(value);
      };
    work(settle<T>(resolve), settle(reject));
  });
}

/** UUIDv4, also where `crypto.randomUUID` is not: on origins without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes.set([(Number(bytes[6]) & 0x0f) | 0x40], 6);
  bytes.set([(Number(bytes[8]) & 0x3f) | 0x80], 8);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
