import { createHash } from 'node:crypto';
import type { PlainPush, Push } from './push.ts';
import type { Random } from './random.ts';
import type { SealingContext, SimulatedSource } from './vendor-simulator.ts';

/** Signs and encrypts a document as its source's vendor does, at the time of the call. */
export function sealPush(plain: PlainPush, source: SimulatedSource, context: SealingContext): Push {
  const body = Buffer.from(plain.presealed ? plain.text : encryptText(plain, source, context.random));
  return pushOf(plain, { body, payload: plain.text }, source, context, () =>
    sealPush(plain, source, context),
  );
}

/**
 * A body as it stands, which is its own payload, signed as its source's vendor does at the time of the call.
 * @param plain what the vendor says of the body
 */
export function signBody(
  plain: PlainPush,
  body: Buffer,
  source: SimulatedSource,
  context: SealingContext,
): Push {
  return pushOf(plain, { body, payload: body }, source, context, () =>
    signBody(plain, body, source, context),
  );
}

function pushOf(
  plain: PlainPush,
  { body, payload }: { readonly body: Buffer; readonly payload: string | Buffer },
  source: SimulatedSource,
  context: SealingContext,
  sealAgain: () => Push,
): Push {
  const { simulator } = source;
  const { query, headers } = simulator.sign(plain, body, source, context);
  return {
    id: plain.id,
    vendor: plain.vendor,
    sourceId: plain.sourceId,
    dataType: plain.dataType,
    path: pathOf(source, query),
    headers,
    body,
    payloadHash: createHash('sha256').update(payload).digest('hex'),
    records: plain.records,
    presealed: plain.presealed,
    isAcknowledged: (answer) => simulator.isAcknowledged(answer),
    sealAgain,
  };
}

/** Seals one by one, when the next is asked for, so that signatures are fresh however long the run takes. */
export function* sealPushes(
  plains: Iterable<PlainPush>,
  sources: readonly SimulatedSource[],
  context: SealingContext,
): Generator<Push, void> {
  const byId = new Map(sources.map((source) => [source.id, source]));
  for (const plain of plains) {
    const source = byId.get(plain.sourceId);
    if (source === undefined)
      throw new Error(`A push names the source ${plain.sourceId}, which is not among the sources.`);
    yield sealPush(plain, source, context);
  }
}

/** The parts that a document's vendor encrypts, as they stand before that. */
export function partsOf({ text, secretParts }: PlainPush): Buffer[] {
  return secretParts.map(({ start, end }) => Buffer.from(text.slice(start, end)));
}

/** The body with ciphertexts instead of its parts. */
export function withCiphertexts(
  { text, secretParts }: PlainPush,
  ciphertexts: readonly string[],
  { simulator }: SimulatedSource,
): string {
  let sealed = '';
  let done = 0;
  secretParts.forEach(({ start, end }, index) => {
    sealed += text.slice(done, start) + simulator.writeCiphertext(ciphertexts[index] ?? '');
    done = end;
  });
  return sealed + text.slice(done);
}

function encryptText(plain: PlainPush, source: SimulatedSource, random: Random): string {
  const { encrypt } = source.simulator;
  if (source.encryptionKey === undefined) return plain.text;
  if (encrypt === null) throw new Error(`${source.vendor} encrypts nothing, but ${source.id} has a key.`);
  if (plain.secretParts.length === 0)
    throw new Error(`A push for ${source.id} names no part to encrypt, and the source encrypts.`);
  const ciphertexts = partsOf(plain).map((part) => encrypt(part, plain, source, random));
  return withCiphertexts(plain, ciphertexts, source);
}

function pathOf(source: SimulatedSource, query: Readonly<Record<string, string>>): string {
  const secret = source.pathSecret === undefined ? '' : `/${encodeURIComponent(source.pathSecret)}`;
  const path = `/v1/${source.vendor}/${encodeURIComponent(source.id)}${secret}`;
  const parameters = new URLSearchParams(query).toString();
  return parameters === '' ? path : `${path}?${parameters}`;
}
