import { fuzz } from './fuzz.ts';
import { parseOptions } from './options.ts';

jest.setTimeout(180_000);

test('50,000 changed pushes: nothing throws, gets lost, or goes beyond its budget', async () => {
  const report = await fuzz({ seed: 'npm test', from: 0, bodies: 50_000, seconds: 150 }, () => undefined);
  expect(report.failures).toEqual([]);
  expect(report.bodies).toBe(50_000);
  // It did reach both what is taken and what is kept.
  expect(report.events).toBeGreaterThan(1_000);
  expect([...report.outcomes.keys()]).toEqual(expect.arrayContaining(['published', 'dead-lettered']));
  expect([...report.reasons.keys()]).toEqual(
    expect.arrayContaining(['NOT_XML', 'NOT_JSON', 'UNDECRYPTABLE', 'TOO_LARGE']),
  );
});

test('a body of a run can be repeated by itself', async () => {
  const one = { seed: 'again', from: 7, bodies: 1, seconds: 10 };
  const [first, second] = [await fuzz(one, () => undefined), await fuzz(one, () => undefined)];
  expect([first.bodies, [...first.outcomes], [...first.reasons]]).toEqual([
    1,
    [...second.outcomes],
    [...second.reasons],
  ]);
});

test.each([['--bodies', 'many'], ['--from', '-1'], ['--what']])('%s %s is refused', (...args) => {
  expect(() => parseOptions(args)).toThrow();
});
