import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Reads every released schema, `<topic>/<version>.avsc`, by topic and then oldest version first. */
export function readReleased(): { topic: string; version: number; text: string; schema: object }[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: topic }) =>
      readdirSync(join(root, topic))
        .filter((file) => /^\d+\.avsc$/.test(file))
        .map((file) => {
          const text = readFileSync(join(root, topic, file), 'utf8');
          return { topic, version: Number.parseInt(file, 10), text, schema: JSON.parse(text) as object };
        }),
    )
    .sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.version - b.version));
}
