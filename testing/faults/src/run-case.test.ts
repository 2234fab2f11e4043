import { NotRun, type CaseContext, type FaultCase, type Finding } from './fault-case.ts';
import { runCase } from './run-case.ts';
import { watchMemory } from './system/memory.ts';

const fine: Finding = {
  ...{ acknowledged: 1, lost: 0, duplicatesBefore: 3, duplicatesAfter: 0 },
  ...{ recoverySeconds: null, problems: [] },
};

function run(work: (context: CaseContext) => Promise<Finding>, say: string[] = []) {
  const one: FaultCase = { name: 'x', group: 'whole', fault: '', expectation: '', run: work };
  const endpoints = { kafkaBrokers: [], registryUrl: '', clickhouseUrl: '', elasticsearchUrl: '' };
  return runCase(one, {
    endpoints: { ...endpoints, provider: 'native' },
    ...{ seed: '1', scale: 'short', say: (line: string) => void say.push(line) },
  });
}

test.each<[string, Partial<Finding>, string]>([
  ['nothing wrong', {}, ''],
  ['a loss', { lost: 2 }, '2 lost.'],
  ['a second copy', { duplicatesAfter: 1 }, '1 visible more than once.'],
  ['a problem', { problems: ['It smells.'] }, 'It smells.'],
])('%s', async (_what, change, reason) => {
  const outcome = await run(() => Promise.resolve({ ...fine, ...change }));
  expect(outcome).toMatchObject({ outcome: reason === '' ? 'pass' : 'fail', reason });
});

test('what a case throws fails it, but for what the machine does not allow', async () => {
  expect(await run(() => Promise.reject(new Error('broken')))).toMatchObject({
    ...{ finding: null, outcome: 'fail', reason: 'broken' },
  });
  expect(await run(() => Promise.reject(new NotRun('It needs root.')))).toMatchObject({
    ...{ finding: null, outcome: 'not-run', reason: 'It needs root.' },
  });
});

test('what a case opened is closed behind it, the last first, whatever closing says', async () => {
  const [closed, said]: [string[], string[]] = [[], []];
  const outcome = await run((context) => {
    context.onEnd(() => Promise.resolve(void closed.push('first')));
    context.onEnd(() => Promise.reject(new Error('stuck')));
    context.onEnd(() => Promise.resolve(void closed.push('last')));
    return Promise.reject(new Error('broken'));
  }, said);
  expect(outcome.outcome).toBe('fail');
  expect(closed).toEqual(['last', 'first']);
  expect(said).toEqual(['while cleaning up: Error: stuck']);
});

test('memory is that of all processes together, and of the largest', () => {
  const own = { name: 'own', pid: () => process.pid };
  const { togetherMb, largest } = watchMemory(() => [
    { name: 'none', pid: () => undefined },
    own,
    own,
  ]).stop();
  // Where there is no /proc both are 0.
  expect(Math.abs(togetherMb - 2 * largest.mb)).toBeLessThanOrEqual(2);
  expect(largest.name).toBe(largest.mb > 0 ? 'own' : 'none');
});
