import { isDeepStrictEqual } from 'node:util';
import { frameHeaderBytes, segmentHeaderBytes } from '../../src/spool/frame.ts';
import { recordOfBody } from '../../src/spool/record-body.ts';
import { openLog, type SpoolLog } from '../../src/spool/log.ts';
import { folder, idOf, quarantineOf, recordOf, segmentsOf, smallLimits } from './open-log.ts';
import { createSimulatedDisk, diskError, type Crash, type Operation } from './simulated-disk.ts';
import { must, SpoolModel } from './log-model.ts';

/** A spool on a disk that breaks, and next to it the model: what was answered, for each record. */
export class SpoolRun {
  readonly #model = new SpoolModel();
  readonly #random: () => number;
  readonly #disk;
  #spool: SpoolLog | null = null;
  #broken = false;
  /** A disk that refuses to sync while it is opened can give back bytes that were cut. */
  #openedBroken = false;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.#disk = createSimulatedDisk(this.#random);
  }

  async append(sizes: readonly number[]): Promise<void> {
    await this.#using(async (spool) => {
      const waitingBytes = sizes.reduce((sum, size) => sum + size + 300, 0);
      await Promise.all(
        sizes.map(async (size) => {
          const id = this.#model.append(size);
          const before = spool.state().bytes;
          const { outcome } = await spool.append(recordOf(id, size));
          this.#model.answer(id, outcome);
          if (outcome === 'failed') must(this.#broken, `append ${id} failed on a disk that works`);
          const { maxBytes, maxWaitingBytes } = smallLimits;
          const reached = before + 2 * waitingBytes > maxBytes || waitingBytes > maxWaitingBytes;
          if (outcome === 'full') must(reached, `append ${id} was full with room`);
        }),
      );
    });
  }

  /** Each mask says which records of a batch are taken; after the last one nothing is. */
  async drain(masks: readonly number[], meanwhile?: () => Promise<void>): Promise<void> {
    await this.#using(async (spool) => {
      const open = [...masks];
      const { outcome } = await spool.drain(async (batch) => {
        const mask = open.shift() ?? 0;
        this.#model.offer(batch);
        if (meanwhile && open.length === masks.length - 1) await meanwhile();
        const taken = batch.filter((_, index) => (mask >> index) & 1);
        // A dead process hands nothing over.
        if (this.#spool !== spool) return [];
        this.#model.take(batch, taken);
        return taken;
      });
      if (outcome === 'failed') must(this.#broken, 'a drain failed on a disk that works');
    });
  }

  async restart(): Promise<void> {
    await this.#using((spool) => spool.close());
    this.#died();
  }

  crash(kind: Crash): void {
    this.#disk.crash(kind);
    this.#died();
  }

  crashAfter(operations: number, kind: Crash): void {
    this.#disk.crashAfter(operations, kind);
  }

  /** Flips bits of one synced byte of a segment, or of the cursor. */
  corrupt(where: number, mask: number): void {
    const paths = [...segmentsOf(this.#disk), `${folder}/cursor`].filter((path) =>
      this.#disk.files.has(path),
    );
    const path = paths[where % Math.max(1, paths.length)];
    const file = path === undefined ? undefined : this.#disk.files.get(path);
    const length = Math.min(file?.cache.length ?? 0, file?.durableBytes() ?? 0);
    if (file === undefined || length === 0) return;
    const at = Math.floor(this.#random() * length);
    const hit = path?.endsWith('cursor') ? null : recordAt(file.pristine(), at);
    if (hit !== null) this.#model.damage(hit);
    file.flip(at, mask);
  }

  fail(operation: Operation, skip: number, code: string): void {
    this.#broken = true;
    let left = skip;
    this.#disk.before = (each) => {
      if (each === operation && left-- <= 0) throw diskError(code);
    };
  }

  diskFull(room: number): void {
    this.#broken = true;
    this.#disk.capacityBytes = this.#segmentBytes() + room;
  }

  shortWrites(bytes: number): void {
    this.#disk.maxWriteBytes = bytes;
  }

  heal(): void {
    this.#broken = false;
    this.#disk.before = () => undefined;
    this.#disk.capacityBytes = Infinity;
    this.#disk.maxWriteBytes = Infinity;
  }

  /** The bound, after every step. */
  checkState(): void {
    must(
      this.#openedBroken || this.#segmentBytes() <= smallLimits.maxBytes,
      `${this.#segmentBytes()} bytes are more than the bound`,
    );
    const state = this.#spool?.state();
    if (state) must(state.bytes >= this.#segmentBytes(), 'there is more on the disk than the spool knows of');
  }

  /** Heals everything, drains to the end, and holds what came out against what was answered. */
  async finish(): Promise<void> {
    this.heal();
    this.#disk.crashAfter(Infinity, 'process');
    await this.#using(async (spool) => {
      must((await spool.probe()).outcome === 'spooled', 'the spool did not heal');
    });
    for (let round = 0; round < 3; round++) await this.drain(Array<number>(10_000).fill(15));
    const lost = this.#model.lost();
    if (lost.length > 0) must(quarantineOf(this.#disk).length > 0, 'what was damaged is not kept');
    await this.#using((spool) => {
      const { bytes, records, oldestAppendedAtMs, quarantined, lastFailure } = spool.state();
      must(
        isDeepStrictEqual([bytes, records, oldestAppendedAtMs, lastFailure], [0, 0, null, null]),
        `not empty: ${JSON.stringify(spool.state())}`,
      );
      must(quarantined === quarantineOf(this.#disk).length, 'the count of the quarantine is wrong');
      return Promise.resolve();
    });
    must(segmentsOf(this.#disk).length === 0, 'a drained segment is still there');
  }

  /** Acts on the spool, opened if it is not; a crash in between ends it, and what was out stays open. */
  async #using(act: (spool: SpoolLog) => Promise<void>): Promise<void> {
    const spool = await this.#opened();
    if (spool === null) return;
    await this.#unlessCrashed(act(spool));
  }

  async #opened(): Promise<SpoolLog | null> {
    if (this.#spool) return this.#spool;
    const files = this.#disk.boot();
    this.#openedBroken ||= this.#broken;
    const opened = await this.#unlessCrashed(openLog({ folder, files, limits: smallLimits, nowMs: () => 1 }));
    if (opened?.outcome === 'refused') must(this.#broken, opened.reason);
    this.#spool = opened?.outcome === 'opened' ? opened.log : null;
    return this.#spool;
  }

  async #unlessCrashed<T>(work: Promise<T>): Promise<T | null> {
    const crashed = this.#disk.crashed().then(() => null);
    const done = await Promise.race([work.then((value) => ({ value })), crashed]);
    if (done === null) this.#died();
    return done?.value ?? null;
  }

  #died(): void {
    this.#spool = null;
    this.#model.die();
  }

  #segmentBytes(): number {
    return segmentsOf(this.#disk).reduce(
      (sum, path) => sum + (this.#disk.files.get(path)?.cache.length ?? 0),
      0,
    );
  }
}

/** Whose frame this byte is in, read by walking the frames as they were written; null for a segment's header. */
function recordAt(content: Buffer, at: number): number | null {
  for (let start = segmentHeaderBytes; start + frameHeaderBytes <= content.length;) {
    const body = start + frameHeaderBytes;
    const end = body + content.readUInt32BE(start + 8);
    const record = recordOfBody(content.subarray(body, end));
    // Behind what was synced a crash leaves pieces; there is nothing whole after them.
    if (record === null || !Number.isInteger(idOf(record))) return null;
    if (at >= start && at < end) return idOf(record);
    start = end;
  }
  return null;
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
