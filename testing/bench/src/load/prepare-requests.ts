import type { PlainPush, Push } from '@sluice/simulator/push';
import { seededRandom } from '@sluice/simulator/random';
import { sealPushes } from '@sluice/simulator/seal-push';
import { simulatedSources } from '@sluice/vendors/simulators';
import { generateTraffic } from '@sluice/simulator/traffic';

/** What a push weighs before it is encrypted, in bytes: about a chat's start with its visitor. */
export const payloadBytes = 4096;
/** Distinct pushes of one run; they go round. */
export const distinctPushes = 2_000;

/** A whole HTTP/1.1 request. */
export interface PreparedRequest {
  readonly bytes: Buffer;
  /** As the raw record has it. */
  readonly payloadHash: string;
}

/**
 * Whole HTTP/1.1 requests, ready for a socket: the vendor's own documents filled up to `payloadBytes`, encrypted and
 * signed now.
 * @param sourceId the source of the file that pushes
 * @param count distinct pushes
 */
export async function prepareRequests(
  sourcesFile: string,
  sourceId: string,
  port: number,
  seed: string,
  count: number = distinctPushes,
): Promise<PreparedRequest[]> {
  const sources = (await simulatedSources(sourcesFile)).filter(({ id }) => id === sourceId);
  const traffic = generateTraffic({ sources, seed, run: seed, now: Date.now });
  const pushes = sealPushes(filledUp(traffic, count), sources, {
    now: Date.now,
    random: seededRandom(seed),
  });
  return Array.from(pushes, (push) => ({ bytes: requestOf(push, port), payloadHash: push.payloadHash }));
}

function* filledUp(traffic: Iterable<PlainPush>, count: number): Generator<PlainPush, void> {
  const end = '</xml>';
  const [open, close] = ['<benchFiller>', '</benchFiller>'];
  let left = count;
  for (const push of traffic) {
    if (left === 0) return;
    const missing = payloadBytes - Buffer.byteLength(push.text) - open.length - close.length;
    const at = push.text.lastIndexOf(end);
    if (missing < 0 || at < 0) continue;
    const text = `${push.text.slice(0, at)}${open}${'x'.repeat(missing)}${close}${push.text.slice(at)}`;
    // What is encrypted grows by the filler, and with it what is encrypted behind it moves.
    const moved = (offset: number): number =>
      offset > at ? offset + text.length - push.text.length : offset;
    const secretParts = push.secretParts.map(({ start, end }) => ({ start: moved(start), end: moved(end) }));
    yield { ...push, text, secretParts };
    left -= 1;
  }
}

function requestOf({ path, headers, body }: Push, port: number): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    ...lines,
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}
