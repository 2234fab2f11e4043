/**
 * Elasticsearch refuses a request whose first line is longer than 4 KB (`http.max_initial_line_length`); method, path
 * and parameters need some of it.
 */
const lineBytes = 3_000;

/** Names of indices in groups that fit into the line of one request each; a comma is three bytes there. */
export function inPortions(names: readonly string[]): string[][] {
  const portions: string[][] = [];
  let room = 0;
  for (const name of names) {
    const bytes = encodeURIComponent(`${name},`).length;
    const last = portions.at(-1);
    if (last && bytes <= room) last.push(name);
    else {
      portions.push([name]);
      room = lineBytes;
    }
    room -= bytes;
  }
  return portions;
}
