import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { useNormalize } from '../../../testing/golden-source.ts';
import { parseStaffPage } from './parse.ts';

const normalize = useNormalize();
const run = (payload: Buffer) => normalize('echat', 'staffAction', payload);

/** Every text of an event, numbers as they would be written. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsOf);
  return value === null || value === undefined
    ? []
    : [typeof value === 'string' ? value : JSON.stringify(value)];
}

function expectNothingLost(payload: Buffer): void {
  const parsed = parseStaffPage(payload, 'staffAction');
  if (parsed.outcome === 'undecodable') throw new Error(parsed.detail);
  const { events, rejected } = run(payload);
  expect(rejected).toEqual([]);
  expect(events).toHaveLength(parsed.records.length);
  parsed.records.forEach(({ fields }, index) => {
    const kept = new Set(textsOf(events[index]?.value));
    // A number is kept as a number: " 0" is 0.
    const isKept = (value: string): boolean =>
      kept.has(value) || (value.trim() !== '' && kept.has(String(Number(value))));
    expect(fields.rest().filter(({ value }) => !isKept(value))).toEqual([]);
  });
}

test.each(['each-kind', 'odd-elements', 'wrong-clocks'])('fixture %s: no value is lost', (name) => {
  const file = join(import.meta.dirname, `../../fixtures/staffAction-${name}/input.json`);
  expectNothingLost(readFileSync(file));
});

test('no value of any action is lost', () => {
  const action = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.record(
      {
        id: fc.uuid(),
        action: fc.constantFrom('pushVisitorEvent', 'onReceiveMsg', 'unheard of', ''),
        card: fc.jsonValue(),
        message: fc.record({ msgType: fc.integer(), content: fc.string({ unit: 'binary' }) }),
        sign: fc.oneof(fc.integer(), fc.double(), fc.string()),
        changed: fc.array(fc.string()),
        staffId: fc.string(),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 4 }), (actions) =>
      expectNothingLost(Buffer.from(JSON.stringify({ page: 'p', staff: '7', batch: { sdk: '1', actions } }))),
    ),
    { numRuns: 200 },
  );
});
