import { workbenchScriptUrl } from '@sluice/echat-staff-sdk/script-url';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Secret } from '@sluice/service/secret';
import { isShort, keys, readSecret, type KeyPlaces } from '@sluice/sources/secret-places';
import type { Keys } from '@sluice/sources/source';

/** One panel: a page for the staff of one source. */
export interface Panel {
  /** The source, and its page, as the gateway's sources file has them. */
  readonly sourceId: string;
  readonly pageId: string;
  readonly stream: string;
  /** Where the browsers of staff reach ingress: an origin. */
  readonly gateway: string;
  /** What opens the panel: it is in the URL that is configured at the vendor. */
  readonly accessKey: Keys;
  /** The page's `ticketKey`. */
  readonly ticketKey: Keys;
  /** Who may embed the panel: sources of the CSP's `frame-ancestors`. */
  readonly frameAncestors: readonly string[];
  /** The vendor's script. */
  readonly scriptUrl: string;
  /** A JSON file with the cards; null: there are none. */
  readonly cardsFile: string | null;
  /** The parameter that names the conversation: the vendor's page does not say which. */
  readonly conversationParameter: readonly [name: string, subName: string];
}

/** Thrown for a panels file that cannot be used; the message has one line for each problem. */
export class PanelsError extends Error {}

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'must be an origin such as https://sluice.example.com',
});
/** What may be in a CSP as it is: an origin, with a wildcard for a part of its host. */
const ancestor = z
  .string()
  .regex(
    /^https?:\/\/(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$/,
    'must be an origin, or one like https://*.example.com',
  );

const shape = z.strictObject({
  panels: z
    .array(
      z.strictObject({
        source: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
        page: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
        stream: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,39}$/)
          .default('sluice'),
        gateway: origin,
        accessKey: keys,
        ticketKey: keys,
        frameAncestors: z.array(ancestor).min(1),
        scriptUrl: z.url().default(workbenchScriptUrl),
        cards: z.string().min(1).optional(),
        conversationParameter: z
          .string()
          .regex(/^\w+\.\w+$/, 'must be a parameter and its part: chatData.chatRecordId')
          .default('chatData.chatRecordId'),
      }),
    )
    .min(1, 'lists no panel'),
});

const shortestAccessKey = 16;
const shortestTicketKey = 32;

/**
 * Reads the panels file (YAML; docs/guides/staff-pages.md). Paths in it are relative to it.
 * @throws PanelsError with every problem at once
 */
export function readPanels(file: string, env: NodeJS.ProcessEnv): Panel[] {
  const problems: string[] = [];
  const raw = parseFile(file);
  const readOne = (place: KeyPlaces['current'], where: string): Secret => {
    const secret = readSecret(place, file, env);
    if (secret instanceof Secret) return secret;
    problems.push(`${where} ${secret}.`);
    return new Secret('');
  };
  const read = (places: KeyPlaces, where: string, shortest: number): Keys => {
    const found = {
      current: readOne(places.current, `${where}.current`),
      previous: places.previous ? readOne(places.previous, `${where}.previous`) : null,
    };
    if (isShort(found, shortest))
      problems.push(`${where} is shorter than ${shortest} bytes: it could be guessed.`);
    return found;
  };
  const panels = raw.panels.map((one): Panel => {
    const where = `panel of ${one.source}`;
    const [name = '', subName = ''] = one.conversationParameter.split('.');
    return {
      sourceId: one.source,
      pageId: one.page,
      stream: one.stream,
      gateway: one.gateway,
      accessKey: read(one.accessKey, `${where}, accessKey`, shortestAccessKey),
      ticketKey: read(one.ticketKey, `${where}, ticketKey`, shortestTicketKey),
      frameAncestors: one.frameAncestors,
      scriptUrl: one.scriptUrl,
      cardsFile: one.cards === undefined ? null : resolve(dirname(file), one.cards),
      conversationParameter: [name, subName],
    };
  });
  if (new Set(panels.map(({ sourceId }) => sourceId)).size < panels.length)
    problems.push('A source has two panels, but the URL names only the source.');
  if (problems.length > 0) throw new PanelsError(problems.join('\n'));
  return panels;
}

function parseFile(file: string): z.output<typeof shape> {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PanelsError(`The panels file ${file} cannot be read: ${why}`, { cause: error });
  }
  const parsed = shape.safeParse(document);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}.`);
  throw new PanelsError(lines.join('\n'));
}
