import type { RebuildFact } from './facts.ts';
import { persistently } from './persistent-store.ts';

function sayTo(said: string[]): (line: string, fact: RebuildFact) => void {
  return (line, fact) => {
    expect(fact).toEqual({ of: 'warning', text: line });
    said.push(line);
  };
}

/** Fails with each of these reasons in turn. */
function failing(...reasons: string[]): () => Promise<string> {
  return () => {
    const reason = reasons.shift();
    return reason === undefined ? Promise.resolve('done') : Promise.reject(new Error(reason));
  };
}

test('work is tried again, and each reason why it failed is said once', async () => {
  const said: string[] = [];
  const result = await persistently(failing('refused', 'refused', 'silent'), { say: sayTo(said) });
  expect(result).toBe('done');
  expect(said).toEqual([
    'A request to the store failed, and is tried again: refused',
    'A request to the store failed, and is tried again: silent',
  ]);
});

test('the last failure is thrown, and not said', async () => {
  const said: string[] = [];
  const work = persistently(failing('refused', 'silent'), { say: sayTo(said), attempts: 2 });
  await expect(work).rejects.toThrow('silent');
  expect(said).toEqual(['A request to the store failed, and is tried again: refused']);
});

test('nothing is tried again after the signal is aborted', async () => {
  const said: string[] = [];
  const work = persistently(failing('refused'), { say: sayTo(said), signal: AbortSignal.abort() });
  await expect(work).rejects.toThrow('refused');
  expect(said).toEqual([]);
});
