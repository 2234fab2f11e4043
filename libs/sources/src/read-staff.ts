import { z } from 'zod';
import { isShort, keys, type KeyPlaces } from './secret-places.ts';
import type { Keys, StaffAccess } from './source.ts';

/** Shorter ones could be guessed; tickets are signed by HMAC-SHA-256, which wants as many bytes as it makes. */
const shortestToken = 16;
const shortestTicketKey = 32;

const page = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63'),
  origins: z
    .array(
      z.string().refine(isOrigin, {
        error: 'must be an origin such as https://panel.example.com: no path, and no slash at its end',
      }),
    )
    .min(1),
  token: keys.optional(),
  ticketKey: keys.optional(),
  requestsPerMinute: z.int().positive().default(120),
});

/** `staff` of a source whose vendor shows pages of others. */
export const staffShape = z.strictObject({
  signatureLifeMs: z.int().min(1_000).default(300_000),
  pages: z.array(page).min(1, 'lists no page'),
});

/** @param read keys of the source, by the name of the setting */
export function buildStaff(
  raw: z.output<typeof staffShape> | undefined,
  signed: boolean,
  read: (places: KeyPlaces | undefined, name: string) => Keys | null,
  say: (text: string) => void,
): StaffAccess | null {
  if (!raw) return null;
  if (!signed) say('has staff pages, so it needs signed: true and a token: the workbench verifies with it');
  const pages = raw.pages.map((one, index) => {
    const where = `staff.pages.${index}`;
    const token = read(one.token, `${where}.token`);
    const ticketKey = read(one.ticketKey, `${where}.ticketKey`);
    if (!token && !ticketKey) say(`${where} needs a token or a ticketKey: anybody could ask for signatures`);
    if (isShort(token, shortestToken))
      say(`${where}.token is shorter than ${shortestToken} bytes: it could be guessed`);
    if ([token?.current, token?.previous].some((key) => !isBearer(key?.reveal() ?? '')))
      say(`${where}.token must be printable ASCII without spaces: it goes into a header`);
    if (isShort(ticketKey, shortestTicketKey))
      say(`${where}.ticketKey is shorter than ${shortestTicketKey} bytes: it could be guessed`);
    return { ...one, token, ticketKey };
  });
  if (new Set(pages.map(({ id }) => id)).size < pages.length)
    say('staff.pages has a repeated id: events name their page by it');
  return { signatureLifeMs: raw.signatureLifeMs, pages };
}

/** Whether a text can be behind `Bearer`. */
function isBearer(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
