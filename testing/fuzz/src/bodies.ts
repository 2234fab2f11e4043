import { echatEnvelope, encryptEchat } from '@sluice/simulator/echat-encrypt';
import type { PlainPush } from '@sluice/simulator/push';
import { seededRandom, type Random } from '@sluice/simulator/random';
import { encryptSobotContent, encryptSobotRecord } from '@sluice/simulator/sobot-encrypt';
import { generateTraffic } from '@sluice/simulator/traffic';
import { samplePushes } from '@sluice/simulator/vendor-samples';
import { mutate } from './mutate.ts';
import type { Account } from './sources.ts';

/** A body as it is sent, and what of it must be found again. */
export interface FuzzedBody {
  readonly account: Account;
  /** `staff-page` is a batch of a page of the account. */
  readonly kind: 'push' | 'staff-page';
  readonly dataType: string;
  readonly body: Buffer;
  /**
   * The parts that it was made of: each must be in what is kept, in one form or the other, unless the whole body is.
   * Null where the ciphertext itself was changed.
   */
  readonly parts: readonly Part[] | null;
}

interface Part {
  readonly plain: Buffer;
  /** As it stands in the body: the ciphertext as a text, or the same as `plain`. */
  readonly sent: Buffer;
}

const generated = 400;
/** Any moment: documents are made as of then. */
const madeAt = Date.UTC(2026, 10, 1);

/** Documents that bodies are made of: generated ones and the vendors' samples. */
export type Corpus = ReadonlyMap<Account, readonly PlainPush[]>;

export function createCorpus(accounts: readonly Account[]): Corpus {
  return new Map(
    accounts.map((account) => {
      const { simulated } = account;
      const pushes = samplePushes(simulated).filter(({ presealed }) => !presealed);
      const traffic = generateTraffic({
        sources: [simulated],
        seed: 'corpus',
        run: 'fuzz',
        now: () => madeAt,
      });
      for (const push of traffic) {
        if (pushes.length >= generated) break;
        pushes.push(push);
      }
      return [account, pushes] as const;
    }),
  );
}

/** The body of a number: the same for one seed, on every machine. */
export function bodyOf(corpus: Corpus, seed: string, number: number): FuzzedBody {
  const random = seededRandom(`${seed}/${number}`);
  const [account, pushes] = random.pick([...corpus]);
  if (account.source.vendor === 'echat' && account.source.staff !== null && random.chance(0.4)) {
    const body = mutate(Buffer.from(staffBatch(random)), random);
    return {
      account,
      kind: 'staff-page',
      dataType: 'staffAction',
      body,
      parts: [{ plain: body, sent: body }],
    };
  }
  const push = random.pick(pushes);
  const { dataType } = push;
  const { encryptionKey } = account.simulated;
  if (encryptionKey === undefined) {
    const body = mutate(Buffer.from(push.text), random);
    return { account, kind: 'push', dataType, body, parts: [{ plain: body, sent: body }] };
  }
  if (random.chance(0.4)) {
    const body = mutate(envelopeOf(push, seal(push, account, partsOf(push), random)), random);
    return { account, kind: 'push', dataType, body, parts: null };
  }
  const changed = partsOf(push).map((part) => mutate(part, random));
  const parts = seal(push, account, changed, random);
  return { account, kind: 'push', dataType, body: envelopeOf(push, parts), parts };
}

/** What of a document is encrypted: all of an Echat document, one or more parts of Sobot's. */
function partsOf({ vendor, text, secretParts }: PlainPush): Buffer[] {
  if (vendor === 'echat') return [Buffer.from(text)];
  return secretParts.map(({ start, end }) => Buffer.from(text.slice(start, end)));
}

function seal(push: PlainPush, { simulated }: Account, parts: readonly Buffer[], random: Random): Part[] {
  const { encryptionKey = '', appId } = simulated;
  const encrypt = (part: Buffer): string => {
    if (push.vendor === 'echat') return encryptEchat(part, encryptionKey, appId, random.bytes(16));
    return push.dataType === 'calllog'
      ? encryptSobotRecord(part, encryptionKey)
      : encryptSobotContent(part, encryptionKey);
  };
  return parts.map((plain) => ({ plain, sent: Buffer.from(encrypt(plain)) }));
}

/** The body with its parts at their places. */
function envelopeOf({ vendor, text, secretParts }: PlainPush, parts: readonly Part[]): Buffer {
  if (vendor === 'echat') return Buffer.from(echatEnvelope(parts[0]?.sent.toString() ?? ''));
  let [sealed, done] = ['', 0];
  secretParts.forEach(({ start, end }, index) => {
    sealed += `${text.slice(done, start)}"${parts[index]?.sent.toString() ?? ''}"`;
    done = end;
  });
  return Buffer.from(sealed + text.slice(done));
}

const actions = ['connected', 'visitor-selected', 'card-pushed', 'text-sent', 'file-sent', 'contact-updated'];

function staffBatch(random: Random): string {
  const action = () => ({
    id: random.digits(12),
    action: random.pick(actions),
    result: random.pick(['done', 'failed', 'sent']),
    at: madeAt + random.integer(0, 1_000_000),
    session: random.digits(8),
    staffId: random.digits(4),
    visitorId: `web${random.digits(6)}`,
    conversationId: `1_${random.digits(7)}`,
    card: { eventId: random.digits(5), title: '订单', content: 'a > b', memo: '' },
    message: { msgType: 1, content: '您好', fileSize: 12 },
    changed: ['name', 'phone'],
  });
  return JSON.stringify({ sdk: '1.0.0', actions: Array.from({ length: random.integer(0, 5) }, action) });
}
