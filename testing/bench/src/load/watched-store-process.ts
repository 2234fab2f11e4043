import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answerWith } from '../helper-process.ts';
import type { StoredMoment } from '../join-moments.ts';
import { lastDocument, rawRecordsOf } from './writes.ts';

/** What the watched store is asked: to start, once; then what was written since. */
export type WatchQuestion =
  { readonly start: { readonly url: string; readonly search: boolean } } | { readonly take: true };

export interface WatchAnswer {
  /** Where the store answers, watched. */
  readonly url: string;
  /** What the store said it has written, at the moment of its answer. */
  readonly written: readonly StoredMoment[];
  /** Samples: written documents, at the moment when a search first found them. */
  readonly found: readonly StoredMoment[];
}

/** A write that the store answered with 200. Its body is read when somebody asks for it. */
interface Write {
  readonly path: string;
  readonly body: readonly Buffer[];
  readonly atMs: number;
}

const searchEveryMs = 50;
const givesUpAfterMs = 30_000;

let [url, writes, found] = ['', [] as Write[], [] as StoredMoment[]];
const searches: Promise<void>[] = [];
const nowMs = (): number => performance.timeOrigin + performance.now();

/** Hands everything on, both ways, and notes when a write was answered: before the sink gets the answer. */
function watch(store: URL, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', headers, url: path = '/' } = request;
  const isWrite = path.includes('INSERT') || path.startsWith('/_bulk');
  const body: Buffer[] = [];
  if (isWrite) request.on('data', (chunk: Buffer) => body.push(chunk));
  const handed = forward(new URL(path, store), { method, headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.once('end', () => {
      if (isWrite && answered.statusCode === 200) writes.push({ path, body, atMs: nowMs() });
    });
    answered.pipe(response);
  });
  handed.once('error', () => response.destroy());
  request.pipe(handed);
}

/**
 * Takes a document that was written just now, about twice a second, and asks for it until a search finds it. The pause
 * varies, so that it does not keep step with the refreshes.
 */
async function searchSamples(store: string): Promise<never> {
  let seen: Write | undefined;
  for (;;) {
    await delay(200 + Math.random() * 600);
    const newest = writes.at(-1);
    if (newest !== undefined && newest !== seen) searches.push(searchFor(store, newest));
    seen = newest;
  }
}

async function searchFor(store: string, { body }: Write): Promise<void> {
  const document = lastDocument(Buffer.concat(body).toString());
  if (document === null) return;
  const { index, id, rawRecord } = document;
  const search = `${store}/${index}/_search?filter_path=hits.total.value`;
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ size: 0, query: { ids: { values: [id] } } }),
  };
  const until = nowMs() + givesUpAfterMs;
  while (nowMs() < until) {
    const answer = await fetch(search, init).then((one) => one.text());
    if (answer.includes('"value":1')) {
      found.push({ rawRecord, atMs: nowMs() });
      return;
    }
    await delay(searchEveryMs);
  }
}

async function start(store: string, search: boolean): Promise<void> {
  const server = createServer((request, response) => watch(new URL(store), request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (search) void searchSamples(store);
}

answerWith(async (question): Promise<WatchAnswer> => {
  const asked = question as WatchQuestion;
  if ('start' in asked) await start(asked.start.url, asked.start.search);
  await Promise.all(searches.splice(0));
  const written = writes.flatMap(({ path, body, atMs }) =>
    rawRecordsOf(path, Buffer.concat(body).toString()).map((rawRecord) => ({ rawRecord, atMs })),
  );
  const answer = { url, written, found };
  [writes, found] = [[], []];
  return answer;
});
