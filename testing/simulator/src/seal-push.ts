import { createHash } from 'node:crypto';
import { echatEnvelope, encryptEchat, signEchat } from './echat-encrypt.ts';
import type { PlainPush, Push } from './push.ts';
import type { Random } from './random.ts';
import type { SimulatedSource } from './simulated-sources.ts';
import { encryptSobotContent, encryptSobotRecord, signSobot } from './sobot-encrypt.ts';

/** What a vendor takes from its own machine when it sends. */
export interface SealingContext {
  /** Epoch milliseconds: signatures carry it, and gateways refuse stale ones. */
  readonly now: () => number;
  /** For nonces and Echat's random prefix. */
  readonly random: Random;
}

/** Signs and encrypts a document as its source's vendor does, at the time of the call. */
export function sealPush(plain: PlainPush, source: SimulatedSource, context: SealingContext): Push {
  const body = plain.presealed ? plain.text : encryptText(plain, source, context.random);
  return {
    id: plain.id,
    vendor: plain.vendor,
    sourceId: plain.sourceId,
    dataType: plain.dataType,
    ...addressOf(plain, source, context),
    body: Buffer.from(body),
    payloadHash: createHash('sha256').update(plain.text).digest('hex'),
    records: plain.records,
    presealed: plain.presealed,
    sealAgain: () => sealPush(plain, source, context),
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

function encryptText(plain: PlainPush, source: SimulatedSource, random: Random): string {
  const key = source.encryptionKey;
  if (key === undefined) return plain.text;
  if (plain.vendor === 'echat') {
    return echatEnvelope(encryptEchat(Buffer.from(plain.text), key, source.appId, random.bytes(16)));
  }
  const encrypt = plain.dataType === 'calllog' ? encryptSobotRecord : encryptSobotContent;
  let sealed = '';
  let done = 0;
  for (const { start, end } of plain.secretParts) {
    sealed += `${plain.text.slice(done, start)}"${encrypt(plain.text.slice(start, end), key)}"`;
    done = end;
  }
  return sealed + plain.text.slice(done);
}

function addressOf(
  plain: PlainPush,
  source: SimulatedSource,
  { now, random }: SealingContext,
): Pick<Push, 'path' | 'headers'> {
  const secret = source.pathSecret === undefined ? '' : `/${encodeURIComponent(source.pathSecret)}`;
  const path = `/v1/${plain.vendor}/${encodeURIComponent(source.id)}${secret}`;
  return plain.vendor === 'echat'
    ? addressEchat(path, plain.dataType, source, String(Math.floor(now() / 1000)), random.digits(10))
    : addressSobot(path, source, plain.companyId ?? source.companyIds[0], String(now()), random.digits(12));
}

function addressEchat(
  path: string,
  dataType: string,
  source: SimulatedSource,
  timestamp: string,
  nonce: string,
): Pick<Push, 'path' | 'headers'> {
  const key = source.signingKey;
  const query = new URLSearchParams({
    ...(key === undefined ? {} : { timestamp, nonce, signature: signEchat(key, timestamp, nonce) }),
    dataType,
  });
  return { path: `${path}?${query.toString()}`, headers: { 'content-type': 'text/xml; charset=utf-8' } };
}

function addressSobot(
  path: string,
  source: SimulatedSource,
  companyId: string | undefined,
  timestampMs: string,
  randomCode: string,
): Pick<Push, 'path' | 'headers'> {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const key = source.signingKey;
  if (key === undefined || companyId === undefined) return { path, headers };
  return {
    path,
    headers: {
      ...headers,
      'x-log-timestamp': timestampMs,
      'x-log-randomcode': randomCode,
      'x-log-sign': signSobot(companyId, timestampMs, randomCode, key),
    },
  };
}
