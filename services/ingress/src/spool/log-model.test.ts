import fc from 'fast-check';
import { SpoolRun } from '../../testing/spool/log-run.ts';

/** What can happen to a spool; each one is done by a method of `SpoolRun` and checked against its model. */
class Step implements fc.AsyncCommand<object, SpoolRun> {
  readonly text: string;
  readonly act: (run: SpoolRun) => Promise<void> | void;
  constructor(text: string, act: (run: SpoolRun) => Promise<void> | void) {
    this.text = text;
    this.act = act;
  }
  check = () => true;
  run = async (_: object, real: SpoolRun) => {
    await this.act(real);
    real.checkState();
  };
  toString = () => this.text;
}

const crashes = fc.constantFrom('machine' as const, 'process' as const);
const sizes = fc.array(fc.oneof(fc.nat(40), fc.nat(1_500), fc.nat(4_000)), { minLength: 1, maxLength: 6 });
const answers = fc.array(fc.oneof(fc.constant(15), fc.nat(15)), { maxLength: 6 });
const faults = fc.constantFrom(
  ...(['write', 'sync', 'open', 'truncate', 'remove', 'syncFolder', 'rename', 'read', 'close'] as const),
);

const steps = [
  sizes.map((all) => new Step(`append(${all.join()})`, (run) => run.append(all))),
  sizes.map((all) => new Step(`append(${all.join()})`, (run) => run.append(all))),
  answers.map((masks) => new Step(`drain(${masks.join()})`, (run) => run.drain(masks))),
  fc
    .tuple(sizes, answers)
    .map(
      ([all, masks]) =>
        new Step(`append(${all.join()}) during drain(${masks.join()})`, (run) =>
          run.drain(masks, () => run.append(all)),
        ),
    ),
  fc.constant(new Step('restart', (run) => run.restart())),
  crashes.map((kind) => new Step(`crash(${kind})`, (run) => run.crash(kind))),
  fc
    .tuple(fc.nat(30), crashes)
    .map(([after, kind]) => new Step(`crashAfter(${after},${kind})`, (run) => run.crashAfter(after, kind))),
  fc
    .tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
    .map(([where, mask]) => new Step(`corrupt(${where},${mask})`, (run) => run.corrupt(where, mask))),
  fc
    .tuple(faults, fc.nat(2), fc.constantFrom('EIO', 'EROFS', 'ENOSPC'))
    .map(
      ([operation, skip, code]) =>
        new Step(`fail(${operation},${skip},${code})`, (run) => run.fail(operation, skip, code)),
    ),
  fc.nat(3_000).map((room) => new Step(`diskFull(${room})`, (run) => run.diskFull(room))),
  fc
    .integer({ min: 1, max: 200 })
    .map((bytes) => new Step(`shortWrites(${bytes})`, (run) => run.shortWrites(bytes))),
  fc.constant(new Step('heal', (run) => run.heal())),
];

/** FUZZ_RUNS sets how many runs; each is a fresh disk and up to 40 steps. */
test('whatever happens: spooled is delivered at least once and in order, or was damaged and is kept', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands(steps, { size: 'max', maxCommands: 40 }),
      fc.integer(),
      async (commands, seed) => {
        const run = new SpoolRun(seed);
        await fc.asyncModelRun(() => ({ model: {}, real: run }), commands);
        await run.finish();
      },
    ),
    // A caller that is never answered is a failure, too: with the steps that lead there.
    { numRuns: Number(process.env.FUZZ_RUNS ?? 300), timeout: 20_000 },
  );
}, 600_000);
