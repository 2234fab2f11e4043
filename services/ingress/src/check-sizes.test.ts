import { compareSizes } from './check-sizes.ts';

const mib = 1024 * 1024;
const raw = (bytes: number) => ({ topic: 's.raw.shop', bytes });
const deadLetters = (bytes: number) => ({ topic: 's.dead-letter', bytes });

test.each([
  ['the default sizes', mib, raw(2 * mib), deadLetters(8 * mib)],
  [
    'topics that were raised to 8 MiB, and a request limit of 4 MiB',
    4 * mib,
    raw(8 * mib),
    deadLetters(8 * mib),
  ],
  ['topics of Kafka’s own size, and a lower request limit', 983_040, raw(1_048_588), deadLetters(1_048_588)],
  ['topics whose settings Kafka does not show', 4 * mib, null, null],
])('nothing to say of %s', (_name, requestBytes, ofRaw, ofDeadLetters) => {
  expect(compareSizes(requestBytes, ofRaw, ofDeadLetters)).toEqual({ problems: [], warnings: [] });
});

test('a raw topic that takes less is a warning with both numbers that help', () => {
  expect(compareSizes(4 * mib, raw(2 * mib), deadLetters(8 * mib))).toEqual({
    problems: [],
    warnings: [
      'A push of up to 4194304 bytes does not fit s.raw.shop (max.message.bytes 2097152): raise max.message.bytes of the ' +
        'topic to 4259840, or lower SLUICE_REQUEST_LIMIT_BYTES to 2031616. Until then a larger push becomes a dead letter.',
    ],
  });
});

test('a dead-letter topic that takes less is a problem', () => {
  const { problems, warnings } = compareSizes(8 * mib, raw(16 * mib), deadLetters(8 * mib));
  expect([problems, warnings]).toEqual([[expect.stringContaining('does not fit s.dead-letter')], []]);
});
