import { rawTopicOf } from '@sluice/schemas/topics';
import { first, second } from '../../testing/vendors.ts';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';
import { jsonLines, startSluice } from '../../testing/run-sluice.ts';

jest.setTimeout(180_000);

const rating = (id: string, score: number, suggest: string): string =>
  `<xml><chatRecordId>${id}</chatRecordId><chatScore>${score}</chatScore><scoreSuggest><![CDATA[${suggest}]]></scoreSuggest></xml>`;

interface Shown {
  place: string;
  at: string;
  source: string;
  vendor: string;
  dataType: string;
  type: string;
  content: unknown;
}

let stream: TestStream;
const tailing = (...args: string[]) => startSluice(['tail', ...args, ...stream.place]);
const shown = async (...args: string[]): Promise<Shown[]> => {
  const { code, stdout, stderr } = await tailing(...args, '--no-follow', '--json').ended;
  expect([code, stderr]).toEqual([0, '']);
  return jsonLines(stdout);
};

beforeAll(async () => {
  stream = await createTestStream();
  await stream.push(first, 'chatScore', rating('1_1', 5, '很满意'));
  await stream.push(first, 'chatScore', rating('1_2', 1, '要\u001b[31m退款'));
  await stream.push(first, 'chatScore', '<xml');
  await stream.push(second, 'msg', '{"type":"msg","content":[{"msgid":"m1","cid":"c1","msg":"您好"}]}');
  await stream.start('normalizer');
  await stream.settled();
});
afterAll(() => stream.remove());

test('raw payloads, events and dead letters are shown decoded, several topics at a time', async () => {
  const all = await shown(
    rawTopicOf(first),
    rawTopicOf(second),
    'rating',
    'message.v1',
    'dead-letter',
    '--last',
    '9',
  );
  const byTopic = (name: string) => all.filter(({ place }) => place.startsWith(`${name}/`));
  expect(
    byTopic(rawTopicOf(first))
      .map(({ content }) => content)
      .sort(),
  ).toEqual([rating('1_1', 5, '很满意'), rating('1_2', 1, '要\u001b[31m退款'), '<xml'].sort());
  expect(byTopic('rating.v1').map(({ type, dataType, source }) => [source, dataType, type])).toEqual([
    [`shop-${first}`, 'chatScore', 'rating.given'],
    [`shop-${first}`, 'chatScore', 'rating.given'],
  ]);
  expect(byTopic('message.v1')).toMatchObject([{ vendor: second, content: { text: '您好' } }]);
  expect(byTopic('dead-letter')).toMatchObject([
    { type: 'NORMALIZER NOT_XML', source: `shop-${first}`, content: { payload: '<xml' } },
  ]);
});

test('filters let through what they say, and a limit ends it', async () => {
  const ofOne = await shown('rating', '--last', '9', '--contains', '退款');
  expect(ofOne).toMatchObject([{ content: { conversation_id: '1_2' } }]);
  expect(await shown('rating', 'message', '--last', '9', '--source', `shop-${second}`)).toHaveLength(1);
  expect(
    await shown(rawTopicOf(first), rawTopicOf(second), '--last', '9', '--data-type', 'msg'),
  ).toHaveLength(1);
  expect(await shown(rawTopicOf(first), '--since', '1h', '--limit', '2')).toHaveLength(2);
  expect(await shown(rawTopicOf(first))).toEqual([]);
});

test('it follows what comes, a line each, until Ctrl-C', async () => {
  const running = tailing('rating', '--last', '9');
  await running.printed(/1_1/);
  await stream.push(first, 'chatScore', rating('1_3', 4, '还行'));
  await running.printed(/1_3/);
  running.process.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines)
    expect(line).toMatch(
      /^\d{4}-.*Z {2}rating\.v1\/\d+\/\d+ {2}shop-\w+ {2}chatScore {2}rating\.given {2}\{/,
    );
  // What a terminal obeys is shown as its escape.
  expect(stdout).not.toContain('\u001b');
});

test.each([
  [['ratting'], /There is no topic ratting: it must be one of /, 64],
  [
    ['rating', '--stream', 'test_nothing'],
    /^test_nothing\.rating\.v1 cannot be read from .* \(--brokers, --stream\)/,
    1,
  ],
])('%j is refused with an error', async (args, message, wanted) => {
  const { code, stdout, stderr } = await startSluice(['tail', ...stream.place, ...args]).ended;
  expect(code).toBe(wanted);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
});
