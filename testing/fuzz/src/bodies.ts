import type { PlainPush } from '@sluice/simulator/push';
import { seededRandom, type Random } from '@sluice/simulator/random';
import { partsOf, withCiphertexts } from '@sluice/simulator/seal-push';
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
  /** As it is in the body: the ciphertext as a text, or the same as `plain`. */
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
  const { staffBatch } = account.simulated.simulator;
  if (staffBatch && account.source.staff !== null && random.chance(0.4)) {
    const body = mutate(Buffer.from(staffBatch(random, madeAt)), random);
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
    const body = mutate(envelopeOf(push, seal(push, account, partsOf(push), random), account), random);
    return { account, kind: 'push', dataType, body, parts: null };
  }
  const changed = partsOf(push).map((part) => mutate(part, random));
  const parts = seal(push, account, changed, random);
  return { account, kind: 'push', dataType, body: envelopeOf(push, parts, account), parts };
}

function seal(push: PlainPush, { simulated }: Account, parts: readonly Buffer[], random: Random): Part[] {
  const { encrypt } = simulated.simulator;
  if (encrypt === null) throw new Error(`${simulated.vendor} encrypts nothing.`);
  return parts.map((plain) => ({ plain, sent: Buffer.from(encrypt(plain, push, simulated, random)) }));
}

/** The body with its parts at their places. */
function envelopeOf(push: PlainPush, parts: readonly Part[], { simulated }: Account): Buffer {
  const ciphertexts = parts.map(({ sent }) => sent.toString());
  return Buffer.from(withCiphertexts(push, ciphertexts, simulated));
}
