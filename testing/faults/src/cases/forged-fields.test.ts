import { forgedMark } from '@sluice/vendors/testing/vendor-attacks';
import { forgeriesIn } from './forged-fields.ts';
import { attackersWith } from '../system/attackers.ts';
import { partitionsThatEndAt } from './hostile-push.ts';
import { textsTyped } from './typed-texts.ts';

let textsFor: (field: string) => string[];
let typed: string;
beforeAll(async () => {
  textsFor = await textsTyped();
  typed = textsFor('comment')[0]!;
});

async function problemsOf(record: object): Promise<string[]> {
  const records = (async function* () {
    await Promise.resolve();
    yield JSON.stringify(record);
  })();
  return forgeriesIn('the store', records, new Set([typed]));
}

test('a text that is the text is no forgery, in a field of its own or within a transcript', async () => {
  await expect(problemsOf({ comment: typed, transcript: `Ella: ${typed}\n` })).resolves.toEqual([]);
});

test('a forged value is found in whatever field it stands, and so is a text that was cut', async () => {
  const problems = await problemsOf({
    comment: typed,
    staff: [{ id: forgedMark }],
    name: typed.slice(0, -3),
  });
  expect(problems).toHaveLength(2);
  expect(problems[0]).toContain('staff.0.id');
});

test('what a sender named itself may stand among the attributes, and verify nobody', async () => {
  const attributes = [{ name: 'gateway.staff', value: forgedMark }];
  await expect(problemsOf({ comment: typed, attributes })).resolves.toEqual([]);
  await expect(problemsOf({ comment: typed, staff_verified: true })).resolves.toHaveLength(1);
});

test('a text that is nowhere is missed', async () => {
  await expect(problemsOf({ comment: 'another' })).resolves.toHaveLength(1);
});

test('no text occurs twice, and each has the mark', async () => {
  const attackers = await attackersWith('typedTexts');
  const texts = new Set(attackers.flatMap(({ attack }) => attack(textsFor)).map((one) => one.typed));
  expect([...texts].filter((text) => !text.includes(forgedMark))).toEqual([]);
  expect(texts.size).toBeGreaterThan(50);
});

test('a partition ends at a hostile push when no ordinary one is behind it', () => {
  const probeOf = (payloadHash: string) => ({
    ...{ name: '', expect: 'acknowledged' as const, request: { path: '', body: Buffer.alloc(0) } },
    push: { sourceId: 's', vendor: 'acme', dataType: 'chatEnd', payloadHash },
  });
  const at = (...positions: string[]) => ({
    vendor: 'acme',
    dataType: 'chatEnd',
    positions: new Set(positions),
  });
  const raw = new Map([
    ['s/h1', at('t/0/5')],
    ['s/h2', at('t/1/10')],
    ['s/o', at('t/0/9', 't/1/9')],
  ]);
  expect(partitionsThatEndAt(raw, [probeOf('h1'), probeOf('h2')], [probeOf('o')])).toEqual(['t/1']);
});
