import { StaffSdkError } from './error.ts';
import type { Arguments, CallName } from './vendor.ts';

/** @returns what is wrong with a value, as text to put after its name; '' when nothing is */
type Check = (value: unknown) => string;

const text =
  (longest: number, shortest = 0): Check =>
  (value) =>
    typeof value !== 'string'
      ? 'must be a text'
      : value.length < shortest || value.length > longest
        ? `must have ${shortest} to ${longest} characters`
        : '';

/** An http(s) URL; one that ends as another kind of file than these is refused. */
const url =
  (...kinds: string[]): Check =>
  (value) => {
    if (typeof value !== 'string' || value.length > 4096 || !/^https?:\/\/./i.test(value))
      return 'must be an http(s) URL';
    const path = value.replace(/[?#].*/, '').replace(/^https?:\/\/[^/]*/i, '');
    const [, ending = ''] = /\.(\w{2,4})$/.exec(path.toLowerCase()) ?? [];
    return kinds.length && ending && !kinds.includes(ending) ? `must be ${kinds.join(' or ')}` : '';
  };

const number =
  (isGood: (value: number) => boolean, what: string): Check =>
  (value) =>
    typeof value === 'number' && isGood(value) ? '' : `must be ${what}`;

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? '' : check(value);

const object =
  (fields: Record<string, Check>): Check =>
  (value) => {
    if (typeof value !== 'object' || !value || Array.isArray(value)) return 'must be an object';
    for (const name of Object.keys(fields)) {
      const wrong = fields[name]?.((value as Record<string, unknown>)[name]);
      if (wrong) return `.${name} ${wrong}`;
    }
    // What cannot be written as JSON reaches no workbench.
    try {
      return JSON.stringify(value).length > 65_536 ? 'must be smaller than 64 KiB' : '';
    } catch {
      return 'must be plain data';
    }
  };

const short = optional(text(4096));

/** What the document allows, and sizes beyond which something is wrong. */
const checks: Record<CallName, Check> = {
  pushVisitorEvent: object({
    eventId: optional(text(256)),
    title: text(1024, 1),
    content: optional(text(32_768)),
    imageUrl: short,
    url: short,
    memo: short,
  }),
  setVisitorChatSign: object({ chatSign: number((value) => value === 0 || value === 1, '0 or 1') }),
  sendTxtMsgToVisitor: text(10_000, 1),
  sendImageToVisitor: object({ smallImg: url(), sourceImg: url() }),
  sendVideoToVisitor: object({ videoThumbUrl: url(), fileUrl: url('mp4') }),
  sendVoiceToVisitor: object({
    fileUrl: url('mp3', 'wav'),
    voiceDuration: number((value) => value >= 0 && value < 86_400, 'seconds'),
  }),
  sendFileToVisitor: object({
    fileUrl: url(),
    fileName: text(1024, 1),
    fileSize: number((value) => Number.isSafeInteger(value) && value >= 0, 'a whole number of bytes'),
  }),
};

/** @throws StaffSdkError `invalid`, before the vendor sees the argument */
export function checkArgument<N extends CallName>(name: N, argument: Arguments[N]): void {
  const wrong = checks[name](argument);
  if (wrong)
    throw new StaffSdkError('invalid', `${name}: the argument${wrong.startsWith('.') ? '' : ' '}${wrong}.`);
}
