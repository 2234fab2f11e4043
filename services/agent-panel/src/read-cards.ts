import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const text = (longest: number) => z.string().max(longest);

/** A card that staff can push; `price` is for them, and is the content where there is no other. */
const card = z.strictObject({
  eventId: text(256).min(1),
  title: text(1024).min(1),
  price: text(256).optional(),
  content: text(32_768).optional(),
  imageUrl: z.url({ protocol: /^https?$/ }).optional(),
  url: text(4096).optional(),
  memo: text(4096).optional(),
});

export type PanelCard = z.output<typeof card>;

/**
 * The cards of a panel, as the file has them now: it is read for each page, so that a new one needs no restart.
 * @throws an error for each problem
 */
export async function readCards(file: string | null): Promise<PanelCard[]> {
  if (file === null) return [];
  const parsed = z.array(card).safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  throw new Error(`The cards file ${file}: ${lines.join('; ')}.`);
}
